import { createCipheriv, timingSafeEqual } from 'node:crypto'
import { textMember } from '../credential.ts'
import type { HashedPassword, StoredHash } from './password-hash.ts'

/** bcrypt's rounds are a power of two; 13 are about a second of a core. */
const bcryptCostMax = 13
/** About 30 ms. */
const bcryptCostUsual = 8
const scryptBytesMax = 256 * 1024 * 1024
const scryptBytesUsual = 16 * 1024 * 1024
const scryptParallelismMax = 16
const phpassLogMax = 20
const phpassLogUsual = 13
const hashBytesMax = 1024

const text = (stored: HashedPassword, name: string): string =>
  textMember(stored.secretData, name) ?? ''
const bytes = (stored: HashedPassword, name: string): Buffer =>
  Buffer.from(text(stored, name), 'base64')

/** @returns first value of one of `additionalParameters`, of the part that may be shown or of the secret one */
function parameter(stored: HashedPassword, part: keyof HashedPassword, name: string): string {
  const parameters = stored[part]['additionalParameters'] as Record<string, unknown> | undefined
  const value = parameters?.[name]
  return String(Array.isArray(value) ? value[0] : (value ?? ''))
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

function isSame(actual: Buffer, expected: Buffer): boolean {
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

/** `value` is the whole text, `$2b$10$…`, also with 2a and 2y. */
const bcryptPattern = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
const bcryptCost = (stored: HashedPassword) =>
  Number(bcryptPattern.exec(text(stored, 'value'))?.[1] ?? Number.NaN)

const bcrypt: StoredHash = {
  algorithm: 'bcrypt',
  isComputable: (stored) => isBetween(bcryptCost(stored), 4, bcryptCostMax),
  isCostly: (stored) => bcryptCost(stored) > bcryptCostUsual,
  strength: (stored) => String(bcryptCost(stored)),
  async verify(deriveKey, password, stored) {
    const hash = text(stored, 'value')
    const [right] = await deriveKey({ algorithm: 'bcrypt', password, hash })
    return right === 1
  },
}

interface ScryptParameters {
  readonly cost: number
  readonly blockSize: number
  readonly parallelism: number
}

const scryptBytes = ({ cost, blockSize }: ScryptParameters) => 128 * cost * blockSize

function isScryptBounded(parameters: ScryptParameters): boolean {
  const { cost, blockSize, parallelism } = parameters
  return (
    isBetween(Math.log2(cost), 1, 30) &&
    isBetween(blockSize, 1, 64) &&
    isBetween(parallelism, 1, scryptParallelismMax) &&
    scryptBytes(parameters) * parallelism <= scryptBytesMax
  )
}

const scryptParameters = (stored: HashedPassword): ScryptParameters => ({
  cost: Number(parameter(stored, 'credentialData', 'N')),
  blockSize: Number(parameter(stored, 'credentialData', 'r')),
  parallelism: Number(parameter(stored, 'credentialData', 'p') || 1),
})

/** RFC 7914. */
const scrypt: StoredHash = {
  algorithm: 'scrypt',
  isComputable: (stored) =>
    isScryptBounded(scryptParameters(stored)) &&
    isBetween(bytes(stored, 'value').length, 16, hashBytesMax),
  isCostly: (stored) => scryptBytes(scryptParameters(stored)) > scryptBytesUsual,
  strength: (stored) => String(scryptParameters(stored).cost),
  async verify(deriveKey, password, stored) {
    const expected = bytes(stored, 'value')
    const actual = await deriveKey({
      algorithm: 'scrypt',
      password,
      salt: bytes(stored, 'salt'),
      hashBytes: expected.length,
      ...scryptParameters(stored),
    })
    return isSame(actual, expected)
  },
}

const firebaseParameters = (stored: HashedPassword): ScryptParameters => ({
  cost: 2 ** Number(parameter(stored, 'credentialData', 'memCost')),
  blockSize: Number(parameter(stored, 'credentialData', 'rounds')),
  parallelism: 1,
})
const signerKey = (stored: HashedPassword) =>
  Buffer.from(parameter(stored, 'secretData', 'signerKey'), 'base64')

/** Firebase's variant: the key that scrypt gives encrypts the project's signer key. */
const firebaseScrypt: StoredHash = {
  algorithm: 'firebase-scrypt',
  isComputable: (stored) =>
    isScryptBounded(firebaseParameters(stored)) &&
    isBetween(signerKey(stored).length, 16, hashBytesMax) &&
    bytes(stored, 'value').length === signerKey(stored).length,
  isCostly: (stored) => scryptBytes(firebaseParameters(stored)) > scryptBytesUsual,
  strength: (stored) => String(firebaseParameters(stored).cost),
  async verify(deriveKey, password, stored) {
    const separator = parameter(stored, 'credentialData', 'saltSeparator')
    const salt = Buffer.concat([bytes(stored, 'salt'), Buffer.from(separator, 'base64')])
    const parameters = firebaseParameters(stored)
    const key = await deriveKey({
      algorithm: 'scrypt',
      password,
      salt,
      hashBytes: 32,
      ...parameters,
    })
    const actual = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signerKey(stored))
    return isSame(actual, bytes(stored, 'value'))
  },
}

const sshaPattern = /^\{SSHA(256|384|512)?\}([A-Za-z0-9+/]+={0,2})$/
const sshaBytes: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }

function sshaParts(stored: HashedPassword) {
  const [, bits, encoded = ''] = sshaPattern.exec(text(stored, 'value')) ?? []
  const digest = bits === undefined ? 'sha1' : `sha${bits}`
  const all = Buffer.from(encoded, 'base64')
  const length = sshaBytes[digest] ?? 0
  return { digest, expected: all.subarray(0, length), salt: all.subarray(length) }
}

/** Salted SHA of LDAP directories: `value` is the whole text, `{SSHA}…`, `{SSHA256}…`, `{SSHA512}…`. */
const ssha: StoredHash = {
  algorithm: 'ssha',
  isComputable: (stored) => {
    const { digest, expected, salt } = sshaParts(stored)
    return expected.length === sshaBytes[digest] && isBetween(salt.length, 1, hashBytesMax)
  },
  isCostly: () => false,
  strength: (stored) => sshaParts(stored).digest,
  async verify(deriveKey, password, stored) {
    const { digest, expected, salt } = sshaParts(stored)
    return isSame(await deriveKey({ algorithm: 'ssha', password, salt, digest }), expected)
  },
}

/** phpass's own 64 characters, in the order of their values. */
const phpassDigits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const phpassPattern = /^\$[PH]\$([./A-Za-z0-9])([./A-Za-z0-9]{8})([./A-Za-z0-9]{22})$/
const phpassLog = (stored: HashedPassword) =>
  phpassDigits.indexOf(phpassPattern.exec(text(stored, 'value'))?.[1] ?? ' ')

/** The portable hashes of phpass (WordPress, phpBB): `value` is the whole text, `$P$…` or `$H$…`. */
const phpass: StoredHash = {
  algorithm: 'phpass',
  isComputable: (stored) => isBetween(phpassLog(stored), 7, phpassLogMax),
  isCostly: (stored) => phpassLog(stored) > phpassLogUsual,
  strength: (stored) => String(2 ** phpassLog(stored)),
  async verify(deriveKey, password, stored) {
    const [, , salt = '', encoded = ''] = phpassPattern.exec(text(stored, 'value')) ?? []
    const iterations = 2 ** phpassLog(stored)
    const key = await deriveKey({ algorithm: 'phpass', password, salt, iterations })
    return isSame(Buffer.from(phpassText(key)), Buffer.from(encoded))
  },
}

/** Base 64 from the lowest bits up. */
function phpassText(key: Buffer): string {
  let written = ''
  for (let at = 0; at < key.length; at += 3) {
    const value = (key[at] ?? 0) | ((key[at + 1] ?? 0) << 8) | ((key[at + 2] ?? 0) << 16)
    const digits = Math.min(4, Math.ceil(((key.length - at) * 8) / 6))
    for (let digit = 0; digit < digits; digit++) {
      written += phpassDigits.charAt((value >> (6 * digit)) & 63)
    }
  }
  return written
}

/** Hashes of other programs: they verify as they came and are replaced at the next login; none is ever made. */
export const importedHashes: readonly StoredHash[] = [bcrypt, scrypt, firebaseScrypt, ssha, phpass]
