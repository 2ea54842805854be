import { randomBytes } from 'node:crypto'
import { costlyWork } from '../../../shared/costly-work.ts'
import type { Realm } from '../../realms/realm.ts'
import { textMember } from '../credential.ts'
import { argon2Hash } from './argon2-hash.ts'
import type { HashingQueue } from './hashing-queue.ts'
import type { DeriveKey } from './hashing-thread.ts'
import type { HashedPassword, PasswordHash } from './password-hash.ts'
import { type PasswordPolicy, passwordPolicyOf } from './password-policy.ts'
import { pbkdf2Hashes } from './pbkdf2-hash.ts'

/** Every algorithm by name: adding one is a file and a line here. */
const algorithms = new Map<string, PasswordHash>(
  [argon2Hash, ...pbkdf2Hashes].map((hash) => [hash.algorithm, hash]),
)

/** Hashing as realms ask for it, through the bounded queue. */
export class PasswordHashes {
  readonly #queue: HashingQueue

  constructor(queue: HashingQueue) {
    this.#queue = queue
  }

  /**
   * @param from the client's address; empty for the server's own work
   * @throws HashingQueueFull
   */
  hash(realm: Pick<Realm, 'settings'>, password: string, from: string): Promise<HashedPassword> {
    const policy = passwordPolicyOf(realm)
    return this.#counted(from, (deriveKey) =>
      preferred(policy).hash(deriveKey, password, policy.hashIterations),
    )
  }

  /** @throws HashingQueueFull. An unknown algorithm never verifies. */
  async verify(password: string, stored: HashedPassword, from: string): Promise<boolean> {
    const algorithm = algorithmOf(stored)
    if (algorithm === undefined) return false
    return this.#counted(from, (deriveKey) => algorithm.verify(deriveKey, password, stored))
  }

  /** @returns how a stored hash was made, for metrics; undefined for an unknown algorithm */
  parameters(stored: HashedPassword): { algorithm: string; strength: string } | undefined {
    const algorithm = algorithmOf(stored)
    if (algorithm === undefined) return undefined
    return { algorithm: algorithm.algorithm, strength: algorithm.strength(stored) }
  }

  /** Takes as long as a check by the realm's present parameters and tells nothing. @throws HashingQueueFull */
  async verifyNothing(realm: Realm, password: string, from: string): Promise<void> {
    const policy = passwordPolicyOf(realm)
    const algorithm = preferred(policy)
    const stored = await algorithm.hash(anyKey, '', policy.hashIterations)
    await this.#counted(from, (deriveKey) => algorithm.verify(deriveKey, password, stored))
  }

  /** @returns whether the realm's policy would hash a password differently than this one was */
  needsRehash(realm: Realm, stored: HashedPassword): boolean {
    const policy = passwordPolicyOf(realm)
    const algorithm = preferred(policy)
    if (textMember(stored.credentialData, 'algorithm') !== algorithm.algorithm) return true
    return !algorithm.isCurrent(stored, policy.hashIterations)
  }

  #counted<T>(from: string, work: (deriveKey: DeriveKey) => Promise<T>): Promise<T> {
    return this.#queue.run(async (deriveKey) => {
      const result = await work(deriveKey)
      costlyWork.passwordHash.publish(undefined)
      return result
    }, from)
  }
}

function algorithmOf(stored: HashedPassword): PasswordHash | undefined {
  return algorithms.get(textMember(stored.credentialData, 'algorithm') ?? '')
}

function preferred(policy: PasswordPolicy): PasswordHash {
  return algorithms.get(policy.hashAlgorithm ?? argon2Hash.algorithm) ?? argon2Hash
}

/** A hash of no password: it is only ever compared, so that its making need not take the time of a real one. */
async function anyKey(derivation: Parameters<DeriveKey>[0]): Promise<Buffer> {
  const { algorithm } = derivation
  return randomBytes(algorithm === 'argon2' ? derivation.options.outputLen : derivation.hashBytes)
}
