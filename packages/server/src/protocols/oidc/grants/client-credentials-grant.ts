import { transientSession } from '../../../domains/tokens/access-tokens.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { requireValidScope } from './scope-check.ts'

const refused = (status: number, error: string, description: string) =>
  new OAuthError(status, error, description, { eventError: 'invalid_client' })

/** A client's own token (RFC 6749 §4.4). Nothing is written, and in the steady state nothing is read either. */
export class ClientCredentialsGrant implements Grant {
  readonly type = 'client_credentials'
  readonly eventType = 'CLIENT_LOGIN'
  readonly #deps: Pick<OidcDeps, 'users' | 'tokens' | 'clock'>

  constructor(deps: Pick<OidcDeps, 'users' | 'tokens' | 'clock'>) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form, places, ipAddress, event } = request
    if (client.representation.publicClient) {
      throw refused(
        401,
        'unauthorized_client',
        'Public client not allowed to retrieve service account',
      )
    }
    const user = client.representation.serviceAccountsEnabled
      ? await this.#deps.users.serviceAccountOf(realm.id, client.id)
      : null
    if (!user) {
      throw refused(401, 'unauthorized_client', 'Client not enabled to retrieve service account')
    }
    event.userId = user.id
    event.details['username'] = user.username
    if (!user.enabled) {
      throw new OAuthError(401, 'invalid_request', `User '${user.username}' disabled`, {
        eventError: 'user_disabled',
      })
    }
    const scope = form.get('scope') ?? undefined
    const notes = { clientHost: ipAddress, clientAddress: ipAddress, client_id: client.clientId }
    return await this.#deps.tokens.issue({
      realm,
      client,
      user,
      scope,
      places,
      session: transientSession(this.#deps.clock.now(), notes),
      grant: 'cc',
      withRefreshToken: false,
      reuseId: null,
      check: (access) => requireValidScope(access, scope),
    })
  }
}
