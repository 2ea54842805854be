import type { Realm } from '../../domains/realms/realm.ts'
import type { Claims } from '../../domains/tokens/token-context.ts'
import { issuerOf } from '../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../domains/tokens/web-origins.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * A token is good under the address of the server under which it was issued. Whoever reaches the server by two names has to
 * be told which one is wrong.
 * @throws OAuthError 400 with the issuer that this request would have
 */
export function requireOwnIssuer(claims: Claims, places: ServerPlaces, realm: Realm): void {
  const issuer = issuerOf(places, realm)
  if (claims['iss'] === issuer) return
  throw new OAuthError(400, 'invalid_grant', `Invalid token issuer. Expected '${issuer}'`, {
    eventError: 'invalid_token',
  })
}
