import { randomBytes, randomUUID } from 'node:crypto'

/** @returns a random (version 4) UUID, the form of realm, user, client, role and group ids. */
export function newUuid(): string {
  return randomUUID()
}

/** @returns `bytes` random bytes as base64url without padding; 18 bytes give the 24 characters of a session id. */
export function randomBase64Url(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * @param length number of characters
 * @returns random letters and digits (62 symbols, unbiased): the form of generated client secrets.
 */
export function randomAlphanumeric(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += alphanumeric[byte % 62]
    }
  }
  return text
}
