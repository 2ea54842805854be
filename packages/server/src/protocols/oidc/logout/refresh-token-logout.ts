import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { SessionId } from '../../../domains/typed-ids.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { requireOwnIssuer } from '../require-own-issuer.ts'

/** Which session a refresh token belongs to. */
export interface RefreshTokenOwner {
  readonly sessionId: SessionId
  readonly offline: boolean
  readonly claims: Claims
}

/**
 * Reads the refresh token of a client that logs its user out. A session that has ended already is no error.
 * @throws OAuthError 400
 */
export function refreshTokenOwner(
  { tokens }: Pick<OidcDeps, 'tokens'>,
  realm: Realm,
  client: Client,
  places: ServerPlaces,
  text: string,
): RefreshTokenOwner {
  const claims = tokens.verifyInternal(realm, text, ['Refresh', 'Offline'])
  if (!claims) throw new OAuthError(400, 'invalid_grant', 'Invalid refresh token')
  requireOwnIssuer(claims, places, realm)
  if (claims['azp'] !== client.clientId) {
    throw new OAuthError(
      400,
      'invalid_grant',
      "Invalid refresh token. Token client and authorized client don't match",
    )
  }
  return { sessionId: String(claims['sid']), offline: claims['typ'] === 'Offline', claims }
}
