import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { EffectiveAccess } from '../../../domains/tokens/effective-access.ts'
import { requestedScopes } from '../../../domains/tokens/granted-scopes.ts'
import { OAuthError } from '../oauth-error.ts'

/** @throws OAuthError 400 when the client asks for something that is none of its scopes */
export function requireValidScope(realm: Realm, client: Client, scope: string | undefined): void {
  if (requestedScopes(realm, client, scope).invalid.length > 0) {
    throw new OAuthError(400, 'invalid_scope', `Invalid scopes: ${scope}`, {
      eventError: 'invalid_request',
    })
  }
}

/** @throws OAuthError 400 when `offline_access` was asked for by a user, or for a client, that may not have it */
export function requireOfflineAllowed({ scopes }: EffectiveAccess): void {
  if (scopes.offlineRefused) {
    throw new OAuthError(400, 'not_allowed', 'Offline tokens not allowed for the user or client')
  }
}
