import type { DirectGrant } from '../../../domains/flows/direct-grant.ts'
import { levelNote } from '../../../domains/tokens/authentication-level.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { User } from '../../../domains/users/user.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { localeCookie } from './locale-cookie.ts'
import { requireValidScope } from './scope-check.ts'
import { issueForSession } from './session-tokens.ts'

/** A user that changes while signing in is read again this often. */
const attemptsMax = 3

export interface PasswordGrantDeps
  extends Pick<OidcDeps, 'sessions' | 'tokens' | 'users' | 'organizations'> {
  readonly directGrant: Pick<DirectGrant, 'authenticate'>
}

/** Resource owner password credentials (RFC 6749 §4.3) through the realm's direct grant flow. */
export class PasswordGrant implements Grant {
  readonly type = 'password'
  readonly eventType = 'LOGIN'
  readonly #deps: PasswordGrantDeps

  constructor(deps: PasswordGrantDeps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form, ipAddress, event } = request
    event.details['auth_method'] = 'openid-connect'
    const username = form.get('username')
    if (username !== null) event.details['username'] = username
    if (!client.representation.directAccessGrantsEnabled) {
      throw new OAuthError(
        400,
        'unauthorized_client',
        'Client not allowed for direct access grants',
        { eventError: 'not_allowed' },
      )
    }
    if (client.representation.consentRequired) {
      throw new OAuthError(400, 'invalid_client', 'Client requires user consent', {
        eventError: 'consent_denied',
      })
    }
    const scope = form.get('scope') ?? undefined
    await requireValidScope(this.#deps.organizations, realm, client, scope)
    const answer = await this.#deps.directGrant.authenticate(realm, client, form, {
      ipAddress,
      serverUrl: request.places.frontend,
      certificate: request.certificate,
    })
    if (answer.outcome === 'refused') {
      if (answer.userId !== null) event.userId = answer.userId
      throw new OAuthError(answer.status, answer.error, answer.description, {
        eventError: answer.eventError,
        eventTellsReason: false,
      })
    }
    const clientNotes: Record<string, string> = { iss: request.places.frontend }
    if (scope !== undefined) clientNotes['scope'] = scope
    if (answer.loa >= 0) clientNotes[levelNote] = String(answer.loa)
    const issued = await this.#signIn(request, answer.user, clientNotes)
    const locale = answer.user.attributes['locale']?.[0]
    if (locale && realm.settings.internationalizationEnabled) {
      request.cookies.push(localeCookie(realm, request.places, locale))
    }
    return issued
  }

  async #signIn(
    request: GrantRequest,
    authenticated: User,
    clientNotes: Readonly<Record<string, string>>,
  ): Promise<IssuedTokens> {
    const { realm, client, ipAddress } = request
    let user: User | null = authenticated
    for (let attempt = 0; attempt < attemptsMax && user?.enabled; attempt += 1) {
      const started = await this.#deps.sessions.start({
        realm,
        user,
        client,
        ipAddress,
        clientNotes,
        sessionNotes: {},
      })
      if (started.outcome === 'started') {
        return await issueForSession(this.#deps, request, { ...started, user, grant: 'ro' })
      }
      if (started.outcome === 'locked') {
        const event = { eventError: 'user_temporarily_disabled' }
        throw new OAuthError(400, 'invalid_grant', 'Invalid user credentials', event)
      }
      user = await this.#deps.users.byId(realm.id, user.id)
    }
    throw new OAuthError(400, 'invalid_grant', 'Account disabled', { eventError: 'user_disabled' })
  }
}
