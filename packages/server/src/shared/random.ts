import { randomBytes, randomFillSync, randomUUID } from 'node:crypto'

/** Random bytes that are drawn at once: a call for a few takes 6 µs whatever their number, and a login needs ten of them. */
const storeBytes = 2_048
/** One call for more than this is made directly. */
const takenBytesMax = 64

/** @returns a random (version 4) UUID, the form of realm, user, client, role and group ids. */
export function newUuid(): string {
  return randomUUID()
}

/** @returns `bytes` random bytes as base64url without padding; 18 bytes give the 24 characters of a session id. */
export function randomBase64Url(bytes: number): string {
  return takeRandom(bytes).toString('base64url')
}

/** @returns random bytes that nobody else gets, as Node's `randomBytes` */
export const takeRandom = randomStore()

/**
 * Draws many bytes at once and gives each of them out once; what is given out is wiped here. State of the module, as Node
 * keeps it for `randomUUID`: there is no more than one source of randomness in a process.
 */
function randomStore(): (bytes: number) => Buffer {
  const store = Buffer.alloc(storeBytes)
  let taken = storeBytes
  return (bytes) => {
    if (bytes > takenBytesMax) return randomBytes(bytes)
    if (taken + bytes > storeBytes) {
      randomFillSync(store)
      taken = 0
    }
    const begin = taken
    taken += bytes
    const given = Buffer.from(store.subarray(begin, taken))
    store.fill(0, begin, taken)
    return given
  }
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
