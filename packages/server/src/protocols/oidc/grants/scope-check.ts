import type { EffectiveAccess } from '../../../domains/tokens/effective-access.ts'
import { OAuthError } from '../oauth-error.ts'

/** @throws OAuthError 400 when the client asked for something that is none of its scopes */
export function requireValidScope(access: EffectiveAccess, scope: string | undefined): void {
  if (access.invalidScopes.length > 0) {
    throw new OAuthError(400, 'invalid_scope', `Invalid scopes: ${scope}`, {
      eventError: 'invalid_request',
    })
  }
}
