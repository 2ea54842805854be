import type { Client } from '../../../domains/clients/client.ts'
import type { Organizations } from '../../../domains/organizations/organizations.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { EffectiveAccess } from '../../../domains/tokens/effective-access.ts'
import { asksInvalidScopes } from '../../../domains/tokens/invalid-scopes.ts'
import { OAuthError } from '../oauth-error.ts'

/** @throws OAuthError 400 when the client asks for something that is none of its scopes */
export async function requireValidScope(
  organizations: Pick<Organizations, 'hasAlias'>,
  realm: Realm,
  client: Client,
  scope: string | undefined,
): Promise<void> {
  if (await asksInvalidScopes(organizations, realm, client, scope)) {
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
