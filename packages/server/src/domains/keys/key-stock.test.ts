import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { KeyStock } from './key-stock.ts'

/** The stock is filled by a thread that gives way to everything else: beside other tests it may have to wait for long. */
async function filled(stock: KeyStock, size: number): Promise<void> {
  for (let waited = 0; waited < 2_000 && stock.size < size; waited += 1) await pause(50)
  expect(stock.size).toBe(size)
}

it('fills up to its bound behind whoever asks, and gives every pair once', {
  timeout: 150_000,
}, async () => {
  await using stock = new KeyStock()
  stock.restock()
  stock.restock()
  await filled(stock, 8)
  const taken = await Promise.all(Array.from({ length: 10 }, () => stock.take(2_048)))
  // The thread has begun to fill it again.
  expect(stock.size).toBeLessThan(8)
  const parts = taken.map((pair) => pair.publicKey.export({ format: 'jwk' }).n)
  expect(new Set(parts).size).toBe(10)
  for (const pair of taken) expect(pair.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2_048)
})

it('makes other sizes when they are asked for', async () => {
  await using stock = new KeyStock()
  const pair = await stock.take(1_024)
  expect(pair.privateKey.asymmetricKeyDetails?.modulusLength).toBe(1_024)
})
