import type { Credential } from '../credential.ts'
import type { DeriveKey } from './hashing-thread.ts'

/** What a password credential stores. */
export type HashedPassword = Pick<Credential, 'secretData' | 'credentialData'>

/** One way to hash passwords, under the name that credentials and the policy `hashAlgorithm` use. */
export interface PasswordHash {
  readonly algorithm: string
  /** Hashes with new salt. @param iterations of the policy `hashIterations`; undefined = the algorithm's default */
  hash(
    deriveKey: DeriveKey,
    password: string,
    iterations: number | undefined,
  ): Promise<HashedPassword>
  /** @returns whether the parameters that a credential names are known, complete and within bounds */
  isComputable(stored: HashedPassword): boolean
  /** @returns whether the stored hash takes much longer than a hash usually does */
  isCostly(stored: HashedPassword): boolean
  /** The same for a new hash. @param iterations as of `hash` */
  isCostlyPolicy(iterations: number | undefined): boolean
  /** @returns whether `password` gives the stored hash, which is computable */
  verify(deriveKey: DeriveKey, password: string, stored: HashedPassword): Promise<boolean>
  /** @returns whether a new hash by this algorithm would have the same parameters as the stored one */
  isCurrent(stored: HashedPassword, iterations: number | undefined): boolean
  /** For metrics, as Keycloak writes it: `Argon2id-1.3[m=7168,t=5,p=1]`, and of pbkdf2 the iterations. */
  strength(stored: HashedPassword): string
}

/** Bytes of a new salt, as Keycloak makes them. */
export const saltBytes = 16
