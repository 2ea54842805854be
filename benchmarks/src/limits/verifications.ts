import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'

/** Keycloak's defaults: Argon2id (2) version 1.3 (1), 7 MiB, five passes, one lane. */
const parameters = {
  algorithm: 2,
  version: 1,
  memoryCost: 7168,
  timeCost: 5,
  parallelism: 1,
}
/** Verifications in flight: one for each core. More of them evict each other's memory from the caches and are slower. */
const atOnce = availableParallelism()

/** Argon2id verifications per second of the cores that this process may use; printed by `node verifications.js <seconds>`. */
async function verificationsPerSecond(seconds: number): Promise<number> {
  const hashed = await hash('password-of-person', parameters)
  const begin = performance.now()
  const end = begin + seconds * 1000
  let verifications = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await verify(hashed, 'password-of-person')
      verifications += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return verifications / ((performance.now() - begin) / 1000)
}

console.log(await verificationsPerSecond(Number(process.argv[2] ?? '2')))
