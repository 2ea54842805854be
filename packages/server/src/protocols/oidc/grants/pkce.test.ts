import { describe, expect, it } from 'vitest'
import type { Client } from '../../../domains/clients/client.ts'
import { pkceProblem } from './pkce.ts'

const client = (attributes: Record<string, string> = {}) =>
  ({ representation: { attributes } }) as unknown as Client
// RFC 7636 appendix B
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const hashed = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

describe('PKCE', () => {
  it('accepts the verifier of the challenge, hashed or plain', () => {
    expect(pkceProblem(client(), hashed, verifier)).toBeNull()
    expect(pkceProblem(client(), { code_challenge: verifier }, verifier)).toBeNull()
    expect(pkceProblem(client(), {}, null)).toBeNull()
  })

  it.each([
    [hashed, null, 'code_verifier_missing'],
    [{}, verifier, 'invalid_code_verifier'],
    [hashed, 'short', 'invalid_code_verifier'],
    [hashed, `${verifier}x`, 'pkce_verification_failed'],
    // A hashed challenge must not pass as a plain one.
    [
      { ...hashed, code_challenge_method: 'S256' },
      hashed.code_challenge,
      'pkce_verification_failed',
    ],
  ])('refuses %j with %j', (notes, given, eventError) => {
    expect(pkceProblem(client(), notes as Record<string, string>, given)?.eventError).toBe(
      eventError,
    )
  })

  it('is needed where the client demands it', () => {
    const strict = client({ 'pkce.code.challenge.method': 'S256' })
    expect(pkceProblem(strict, {}, null)?.eventError).toBe('code_verifier_missing')
  })
})
