import { describe, expect, it } from 'vitest'
import { HashingQueue } from './hashing-queue.ts'
import { HashingQueueFull } from './hashing-queue-full.ts'

const from = (address: string) => ({ realm: 'acme', from: address })

describe('HashingQueue', () => {
  it('runs a bounded number at a time, in order, and refuses beyond the bound', async () => {
    const queue = new HashingQueue({ threads: 1, waitingMax: 2 })
    const done: number[] = []
    const release: (() => void)[] = []
    const job = (number: number) =>
      queue.run(async () => {
        await new Promise<void>((resolve) => release.push(resolve))
        done.push(number)
      }, from('192.0.2.1'))
    const jobs = [job(1), job(2), job(3)]
    expect(queue.waiting).toBe(2)
    await expect(job(4)).rejects.toBeInstanceOf(HashingQueueFull)
    for (let number = 1; number <= 3; number++) {
      release.shift()?.()
      await jobs[number - 1]
    }
    expect(done).toEqual([1, 2, 3])
    expect(queue.waiting).toBe(0)
  })

  it('lets an address that waits for many give way to others', async () => {
    const queue = new HashingQueue({ threads: 1, waitingMax: 2 })
    const done: string[] = []
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const job = (name: string, address: string) =>
      queue.run(async () => {
        await gate
        done.push(name)
      }, from(address))
    const storm = '2001:db8:1:2::7'
    const running = job('running', storm)
    const first = job('first', storm)
    const last = job('last', '2001:db8:1:2:ffff::8').catch((error: unknown) => error)
    const other = job('other', '2001:db8:1:3::1')
    expect(await last).toBeInstanceOf(HashingQueueFull)
    release()
    await Promise.all([running, first, other])
    expect(done).toEqual(['running', 'first', 'other'])
  })

  it('gives its turn back when work fails', async () => {
    const queue = new HashingQueue({ threads: 1, waitingMax: 0 })
    await expect(queue.run(() => Promise.reject(new Error('broken')), from(''))).rejects.toThrow(
      'broken',
    )
    await expect(queue.run(() => Promise.resolve('next'), from(''))).resolves.toBe('next')
  })

  it('keeps nobody waiting behind costly hashes', async () => {
    const queue = new HashingQueue({ threads: 1, waitingMax: 2 })
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const costly = queue.run(() => gate, { realm: 'hostile', from: '' }, true)
    await expect(queue.run(() => Promise.resolve('usual'), from(''))).resolves.toBe('usual')
    release()
    await costly
  })
})
