import type { JSONWebKeySet, JWK } from 'jose'

/** @returns the JWK set (RFC 7517 §5) of a text. @throws Error when it is none */
export function keySetOf(text: string): JSONWebKeySet {
  const keys = (JSON.parse(text) as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) throw new Error('this is no JWK set')
  const objects = keys.filter(
    (key) => key !== null && typeof key === 'object' && typeof key.kty === 'string',
  )
  // Symmetric and private keys have no place in what is public.
  return { keys: objects.filter(({ kty, d }) => kty !== 'oct' && d === undefined) as JWK[] }
}
