import { createHash, type KeyObject } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const hashedBytes = 30
const bitsPerLetter = 5
const lettersPerGroup = 4

/** @returns the id by which registries know a public key: base32 of the first 240 bits of its SHA-256, in groups of four */
export function dockerKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(der).digest().subarray(0, hashedBytes)
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = Array.from(
    { length: bits.length / bitsPerLetter },
    (_, at) =>
      alphabet[Number.parseInt(bits.slice(at * bitsPerLetter, (at + 1) * bitsPerLetter), 2)],
  ).join('')
  return letters.replaceAll(new RegExp(`(.{${lettersPerGroup}})(?!$)`, 'g'), '$1:')
}
