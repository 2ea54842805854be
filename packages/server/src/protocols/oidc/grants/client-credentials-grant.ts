import { transientSession } from '../../../domains/tokens/access-tokens.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { User } from '../../../domains/users/user.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { requireOfflineAllowed, requireValidScope } from './scope-check.ts'
import { issueForSession } from './session-tokens.ts'

const refused = (status: number, error: string, description: string) =>
  new OAuthError(status, error, description, { eventError: 'invalid_client' })

/**
 * A client's own token (RFC 6749 §4.4). Nothing is written, and in the steady state nothing is read either, unless the client
 * is set up for a refresh token (`client_credentials.use_refresh_token`).
 */
export class ClientCredentialsGrant implements Grant {
  readonly type = 'client_credentials'
  readonly eventType = 'CLIENT_LOGIN'
  readonly #deps: Pick<OidcDeps, 'users' | 'organizations' | 'tokens' | 'sessions' | 'clock'>

  constructor(deps: Pick<OidcDeps, 'users' | 'organizations' | 'tokens' | 'sessions' | 'clock'>) {
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
    if (!client.representation.serviceAccountsEnabled) {
      throw refused(401, 'unauthorized_client', 'Client not enabled to retrieve service account')
    }
    const user = await this.#deps.users.serviceAccountOf(realm.id, client.id)
    if (!user) {
      throw refused(
        401,
        'invalid_request',
        'The associated service account for the client does not exist',
      )
    }
    event.userId = user.id
    event.details['username'] = user.username
    if (!user.enabled) {
      throw new OAuthError(401, 'invalid_request', `User '${user.username}' disabled`, {
        eventError: 'user_disabled',
      })
    }
    const scope = form.get('scope') ?? undefined
    await requireValidScope(this.#deps.organizations, realm, client, scope)
    const notes = { clientHost: ipAddress, clientAddress: ipAddress, client_id: client.clientId }
    if (client.representation.attributes?.['client_credentials.use_refresh_token'] === 'true') {
      return await this.#issueForSession(request, user, notes)
    }
    return await this.#deps.tokens.issue({
      realm,
      client,
      user,
      scope,
      places,
      confirmation: request.confirmation,
      session: transientSession(this.#deps.clock.now(), notes),
      grant: 'cc',
      withRefreshToken: false,
      reuseId: null,
      check: requireOfflineAllowed,
    })
  }

  /** Where the client wants a refresh token, there has to be a session that it belongs to. */
  async #issueForSession(
    request: GrantRequest,
    user: User,
    sessionNotes: Readonly<Record<string, string>>,
  ): Promise<IssuedTokens> {
    const { realm, client, places, ipAddress } = request
    const scope = request.form.get('scope')
    const started = await this.#deps.sessions.start({
      realm,
      user,
      client,
      ipAddress,
      sessionNotes,
      clientNotes: { iss: places.frontend, ...(scope === null ? {} : { scope }) },
    })
    // The service account was changed or disabled in the same moment.
    if (started.outcome !== 'started')
      throw refused(401, 'unauthorized_client', 'Client not enabled to retrieve service account')
    const first = { ...started, user, grant: 'cc', withRefreshToken: true } as const
    return await issueForSession(this.#deps, request, first)
  }
}
