import { randomBytes } from 'node:crypto'
import { costlyWork } from '../../../shared/costly-work.ts'
import type { Realm } from '../../realms/realm.ts'
import { textMember } from '../credential.ts'
import { argon2Hash } from './argon2-hash.ts'
import type { HashedFor, HashingQueue } from './hashing-queue.ts'
import type { DeriveKey } from './hashing-thread.ts'
import { importedHashes } from './imported-hash.ts'
import type { HashedPassword, PasswordHash, StoredHash } from './password-hash.ts'
import { type PasswordPolicy, passwordPolicyOf } from './password-policy.ts'
import { pbkdf2Hashes } from './pbkdf2-hash.ts'

/** Every algorithm of new hashes by name: adding one is a file and a line here. */
const algorithms = new Map<string, PasswordHash>(
  [argon2Hash, ...pbkdf2Hashes].map((hash) => [hash.algorithm, hash]),
)

/** Every algorithm of stored hashes by name. */
const storedAlgorithms = new Map<string, StoredHash>([
  ...algorithms,
  ...importedHashes.map((hash) => [hash.algorithm, hash] as const),
])

/** @returns whether a password can be compared with a hash; false for an unknown algorithm or parameters out of bounds */
export function isComparable(stored: HashedPassword): boolean {
  return algorithmOf(stored)?.isComputable(stored) === true
}

/** Hashing as realms ask for it, through the bounded queue. */
export class PasswordHashes {
  readonly #queue: HashingQueue

  constructor(queue: HashingQueue) {
    this.#queue = queue
  }

  /** @throws HashingQueueFull */
  hash(
    realm: Pick<Realm, 'settings'>,
    password: string,
    asker: HashedFor,
  ): Promise<HashedPassword> {
    const policy = passwordPolicyOf(realm)
    const algorithm = preferred(policy)
    const costly = algorithm.isCostlyPolicy(policy.hashIterations)
    return this.#counted(asker, costly, (deriveKey) =>
      algorithm.hash(deriveKey, password, policy.hashIterations),
    )
  }

  /**
   * A hash of an unknown algorithm, or one whose parameters are out of bounds, never verifies; it takes as long as a new
   * one, so that the time tells nothing.
   * @throws HashingQueueFull
   */
  async verify(
    realm: Realm,
    password: string,
    stored: HashedPassword,
    asker: HashedFor,
  ): Promise<boolean> {
    const algorithm = algorithmOf(stored)
    if (!algorithm?.isComputable(stored)) {
      await this.verifyNothing(realm, password, asker)
      return false
    }
    return await this.#counted(asker, algorithm.isCostly(stored), (deriveKey) =>
      algorithm.verify(deriveKey, password, stored),
    )
  }

  /** @returns whether a password can be compared with it; false for an unknown algorithm or parameters out of bounds */
  canCompare(stored: HashedPassword): boolean {
    return isComparable(stored)
  }

  /** @returns how a stored hash was made, for metrics; undefined for an unknown algorithm */
  parameters(stored: HashedPassword): { algorithm: string; strength: string } | undefined {
    const algorithm = algorithmOf(stored)
    if (algorithm === undefined) return undefined
    return { algorithm: algorithm.algorithm, strength: algorithm.strength(stored) }
  }

  /** Takes as long as a check by the realm's present parameters and tells nothing. @throws HashingQueueFull */
  async verifyNothing(realm: Realm, password: string, asker: HashedFor): Promise<void> {
    const policy = passwordPolicyOf(realm)
    const algorithm = preferred(policy)
    const stored = await algorithm.hash(anyKey, '', policy.hashIterations)
    const costly = algorithm.isCostly(stored)
    await this.#counted(asker, costly, (deriveKey) => algorithm.verify(deriveKey, password, stored))
  }

  /** @returns whether the realm's policy would hash a password differently than this one was */
  needsRehash(realm: Realm, stored: HashedPassword): boolean {
    const policy = passwordPolicyOf(realm)
    const algorithm = preferred(policy)
    if (textMember(stored.credentialData, 'algorithm') !== algorithm.algorithm) return true
    return !algorithm.isCurrent(stored, policy.hashIterations)
  }

  #counted<T>(
    asker: HashedFor,
    costly: boolean,
    work: (deriveKey: DeriveKey) => Promise<T>,
  ): Promise<T> {
    return this.#queue.run(
      async (deriveKey) => {
        const result = await work(deriveKey)
        costlyWork.passwordHash.publish(undefined)
        return result
      },
      asker,
      costly,
    )
  }
}

function algorithmOf(stored: HashedPassword): StoredHash | undefined {
  return storedAlgorithms.get(textMember(stored.credentialData, 'algorithm') ?? '')
}

function preferred(policy: PasswordPolicy): PasswordHash {
  return algorithms.get(policy.hashAlgorithm ?? argon2Hash.algorithm) ?? argon2Hash
}

/** A hash of no password: it is only ever compared, so that its making need not take the time of a real one. */
async function anyKey(derivation: Parameters<DeriveKey>[0]): Promise<Buffer> {
  const { algorithm } = derivation
  if (algorithm === 'argon2') return randomBytes(derivation.options.outputLen)
  return randomBytes('hashBytes' in derivation ? derivation.hashBytes : 32)
}
