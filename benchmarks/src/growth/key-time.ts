import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { processorMicros } from '../server/process-usage.ts'

/** How many RSA keys a realm begins with: one to sign with, one to decrypt with. */
const rsaKeysOfRealm = 2
/** How long it takes to find a prime differs from one to the next: a mean of fewer means little. */
const samples = 60

/** Processor time, in milliseconds, that the RSA keys of one new realm cost on this machine; the others cost nothing. */
export async function keysOfRealmMs(): Promise<number> {
  const generate = promisify(generateKeyPair)
  const before = processorMicros(process.pid)
  for (let sample = 0; sample < samples; sample++) await generate('rsa', { modulusLength: 2048 })
  return ((processorMicros(process.pid) - before) / samples / 1_000) * rsaKeysOfRealm
}
