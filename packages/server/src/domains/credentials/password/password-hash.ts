import type { Credential } from '../credential.ts'
import type { DeriveKey } from './hashing-thread.ts'

/** What a password credential stores. */
export type HashedPassword = Pick<Credential, 'secretData' | 'credentialData'>

/** One way in which passwords are stored, under the name that credentials use. */
export interface StoredHash {
  readonly algorithm: string
  /** @returns whether the parameters that a credential names are known, complete and within bounds */
  isComputable(stored: HashedPassword): boolean
  /** @returns whether the stored hash takes much longer than a hash usually does */
  isCostly(stored: HashedPassword): boolean
  /** @returns whether `password` gives the stored hash, which is computable */
  verify(deriveKey: DeriveKey, password: string, stored: HashedPassword): Promise<boolean>
  /** For metrics, as Keycloak writes it: `Argon2id-1.3[m=7168,t=5,p=1]`, and of pbkdf2 the iterations. */
  strength(stored: HashedPassword): string
}

/** One way to hash passwords anew, which the policy `hashAlgorithm` may name. */
export interface PasswordHash extends StoredHash {
  /** Hashes with new salt. @param iterations of the policy `hashIterations`; undefined = the algorithm's default */
  hash(
    deriveKey: DeriveKey,
    password: string,
    iterations: number | undefined,
  ): Promise<HashedPassword>
  /** @returns whether a new hash takes much longer than one usually does. @param iterations as of `hash` */
  isCostlyPolicy(iterations: number | undefined): boolean
  /** @returns whether a new hash by this algorithm would have the same parameters as the stored one */
  isCurrent(stored: HashedPassword, iterations: number | undefined): boolean
}

/** Bytes of a new salt, as Keycloak makes them. */
export const saltBytes = 16
