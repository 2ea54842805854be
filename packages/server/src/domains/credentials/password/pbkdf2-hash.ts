import { randomBytes, timingSafeEqual } from 'node:crypto'
import { numberMember, textMember } from '../credential.ts'
import type { KeyDerivation } from './hashing-thread.ts'
import { type PasswordHash, saltBytes } from './password-hash.ts'
import { pbkdf2IterationsMax } from './password-rules.ts'

/** Longest hash in bytes that an imported credential may have. */
const hashBytesMax = 1024

interface Pbkdf2Variant {
  /** Keycloak's name of the hash provider. */
  readonly algorithm: string
  /** Node's name of the HMAC's digest. */
  readonly digest: string
  readonly iterations: number
  /** Rounds that take about 30 ms. */
  readonly usualIterationsMax: number
  /** Bytes of a new hash; stored ones are checked at their own length. */
  readonly hashBytes: number
}

/** PBKDF2 (RFC 8018 §5.2). */
function pbkdf2Hash(variant: Pbkdf2Variant): PasswordHash {
  const { algorithm, digest } = variant
  const iterationsOf = (stored: { credentialData: Readonly<Record<string, unknown>> }): number =>
    numberMember(stored.credentialData, 'hashIterations', variant.iterations)
  const derivation = (
    password: string,
    salt: Buffer,
    iterations: number,
    hashBytes: number,
  ): KeyDerivation => ({ algorithm: 'pbkdf2', password, salt, iterations, hashBytes, digest })
  return {
    algorithm,

    async hash(deriveKey, password, iterations = variant.iterations) {
      const salt = randomBytes(saltBytes)
      const value = await deriveKey(derivation(password, salt, iterations, variant.hashBytes))
      return {
        secretData: {
          value: value.toString('base64'),
          salt: salt.toString('base64'),
          additionalParameters: {},
        },
        credentialData: { hashIterations: iterations, algorithm, additionalParameters: {} },
      }
    },

    async verify(deriveKey, password, stored) {
      const expected = Buffer.from(textMember(stored.secretData, 'value') ?? '', 'base64')
      const salt = Buffer.from(textMember(stored.secretData, 'salt') ?? '', 'base64')
      const iterations = iterationsOf(stored)
      const actual = await deriveKey(derivation(password, salt, iterations, expected.length))
      return timingSafeEqual(actual, expected)
    },

    isComputable(stored) {
      const bytes = Buffer.from(textMember(stored.secretData, 'value') ?? '', 'base64').length
      const iterations = iterationsOf(stored)
      return (
        bytes > 0 &&
        bytes <= hashBytesMax &&
        Number.isInteger(iterations) &&
        iterations >= 1 &&
        iterations <= pbkdf2IterationsMax
      )
    },

    isCostly: (stored) => iterationsOf(stored) > variant.usualIterationsMax,

    isCostlyPolicy: (iterations = variant.iterations) => iterations > variant.usualIterationsMax,

    isCurrent(stored, iterations = variant.iterations) {
      const bytes = Buffer.from(textMember(stored.secretData, 'value') ?? '', 'base64').length
      return (
        textMember(stored.credentialData, 'algorithm') === algorithm &&
        iterationsOf(stored) === iterations &&
        bytes === variant.hashBytes
      )
    },

    strength: (stored) => String(iterationsOf(stored)),
  }
}

/** The three variants, with Keycloak's numbers of iterations and lengths. */
export const pbkdf2Hashes: readonly PasswordHash[] = [
  pbkdf2Hash({
    algorithm: 'pbkdf2-sha512',
    digest: 'sha512',
    iterations: 210_000,
    usualIterationsMax: 60_000,
    hashBytes: 64,
  }),
  pbkdf2Hash({
    algorithm: 'pbkdf2-sha256',
    digest: 'sha256',
    iterations: 600_000,
    usualIterationsMax: 100_000,
    hashBytes: 32,
  }),
  pbkdf2Hash({
    algorithm: 'pbkdf2',
    digest: 'sha1',
    iterations: 1_300_000,
    usualIterationsMax: 60_000,
    hashBytes: 64,
  }),
]
