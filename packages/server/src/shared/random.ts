import { randomBytes, randomUUID } from 'node:crypto'

/** Most random bytes, or characters, that one call gives: a key of 512 bytes is the longest thing made of them. */
const randomBytesMax = 1_024

/** @returns a random (version 4) UUID, the form of realm, user, client, role and group ids. */
export function newUuid(): string {
  return randomUUID()
}

/** @returns `bytes` random bytes as base64url without padding; 18 bytes give the 24 characters of a session id. */
export function randomBase64Url(bytes: number): string {
  return takeRandom(bytes).toString('base64url')
}

/**
 * @returns random bytes of the runtime's own source, which keeps no state here that an argument could move
 * @throws RangeError unless `bytes` is a whole number from 1 to 1,024
 */
export function takeRandom(bytes: number): Buffer {
  return randomBytes(requireLength(bytes))
}

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * @param length number of characters
 * @returns random letters and digits (62 symbols, unbiased): the form of generated client secrets.
 * @throws RangeError as `takeRandom`
 */
export function randomAlphanumeric(length: number): string {
  requireLength(length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += alphanumeric[byte % 62]
    }
  }
  return text
}

function requireLength(length: number): number {
  if (!Number.isInteger(length) || length < 1 || length > randomBytesMax) {
    throw new RangeError(`random bytes are given from 1 to ${randomBytesMax}, not ${length}`)
  }
  return length
}
