import { createHash } from 'node:crypto'
import { signatureAlgorithm } from '../keys/signature-algorithm.ts'

/** @returns the left half of the hash that belongs to the id token's algorithm: `at_hash`, `c_hash`, `s_hash` (OIDC Core §3.1.3.6) */
export function leftHalfHash(algorithm: string, value: string): string {
  const hash = signatureAlgorithm(algorithm)?.hash ?? 'sha512'
  const digest = createHash(hash).update(value).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}
