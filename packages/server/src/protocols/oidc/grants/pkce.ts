import { createHash } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'

/** RFC 7636 §4.1: 43 to 128 unreserved characters. */
const verifierShape = /^[A-Za-z0-9._~-]{43,128}$/

/** What is wrong with a code verifier: text and Keycloak's error code of the event. */
export interface PkceProblem {
  readonly description: string
  readonly eventError: string
}

/**
 * Compares a code verifier with the challenge of the authorization request (RFC 7636 §4.6).
 * @returns null when it fits, or when neither was sent and the client needs none
 */
export function pkceProblem(
  client: Client,
  notes: Readonly<Record<string, string>>,
  verifier: string | null,
): PkceProblem | null {
  const challenge = notes['code_challenge']
  const enforced = Boolean(client.representation.attributes?.['pkce.code.challenge.method'])
  if (verifier === null) {
    if (challenge === undefined && !enforced) return null
    return {
      description: 'PKCE code verifier not specified',
      eventError: 'code_verifier_missing',
    }
  }
  if (challenge === undefined) {
    return {
      description: 'PKCE code verifier specified but challenge not present in authorization',
      eventError: 'invalid_code_verifier',
    }
  }
  if (!verifierShape.test(verifier)) {
    return {
      description: 'PKCE verification failed: Invalid code verifier',
      eventError: 'invalid_code_verifier',
    }
  }
  const hashed = notes['code_challenge_method'] === 'S256'
  const actual = hashed ? createHash('sha256').update(verifier).digest('base64url') : verifier
  if (actual === challenge) return null
  return {
    description: 'PKCE verification failed: Code mismatch',
    eventError: 'pkce_verification_failed',
  }
}
