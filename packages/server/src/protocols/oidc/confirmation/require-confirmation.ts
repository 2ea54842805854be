import { boundTo, type Confirmation, confirms } from '../../../domains/tokens/confirmation.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { OAuthError } from '../oauth-error.ts'

/**
 * RFC 9449 §5, RFC 8705 §7.1: a bound refresh token is for the holder of the same key or certificate.
 * @throws OAuthError 400 with Keycloak's reasons
 */
export function requireConfirmation(confirmation: Confirmation, claims: Claims): void {
  if (confirms(confirmation, claims)) return
  const { jkt, x5t } = boundTo(claims) ?? {}
  if (jkt === undefined || (x5t !== undefined && x5t !== confirmation.x5t)) {
    throw invalidGrant(
      'Client certificate missing, or its thumbprint and one in the refresh token did NOT match',
    )
  }
  throw invalidGrant(
    confirmation.jkt === undefined
      ? 'DPoP proof is missing'
      : "DPoP confirmation doesn't match DPoP proof",
  )
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError(400, 'invalid_grant', description, { eventError: 'invalid_token' })
}
