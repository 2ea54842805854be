import { ClientPolicyRefusal } from '../client-policy-refusal.ts'

/** Signature algorithms that the FAPI profiles allow (FAPI 1.0 Advanced §8.6, FAPI 2.0 Security Profile §5.4.1). */
export const fapiAlgorithms: readonly string[] = [
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
]

/** What a client gets where no algorithm is chosen. */
export const defaultFapiAlgorithm = 'PS256'

/** @throws ClientPolicyRefusal */
export function requireFapiAlgorithm(algorithm: unknown): void {
  if (fapiAlgorithms.includes(String(algorithm))) return
  throw new ClientPolicyRefusal('invalid_request', 'not allowed signature algorithm.')
}

/** @returns the header `alg` of a JWT, unverified; undefined for what is no JWT */
export function algorithmOf(text: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString())
    return typeof header?.alg === 'string' ? header.alg : undefined
  } catch {
    return undefined
  }
}
