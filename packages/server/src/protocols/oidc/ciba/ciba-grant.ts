import type { Consents } from '../../../domains/flows/consents/consents.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { User } from '../../../domains/users/user.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type { Grant, GrantRequest } from '../grants/grant.ts'
import { issueForSession } from '../grants/session-tokens.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { cibaPolicyOf } from './ciba-policy.ts'
import type { CibaRequest, CibaRequests } from './ciba-requests.ts'

export interface CibaGrantDeps extends Pick<OidcDeps, 'sessions' | 'tokens' | 'users' | 'clock'> {
  readonly cibaRequests: CibaRequests
  readonly consents: Pick<Consents, 'all' | 'grant'>
}

const refused = (error: string, description: string, eventError = error) =>
  new OAuthError(400, error, description, { eventError })

/** A client asks whether its user has authenticated elsewhere (OpenID Connect CIBA Core §10.1). */
export class CibaGrant implements Grant {
  readonly type = 'urn:openid:params:grant-type:ciba'
  readonly eventType = 'AUTHREQID_TO_TOKEN'
  readonly #deps: CibaGrantDeps

  constructor(deps: CibaGrantDeps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form } = request
    if (!cibaPolicyOf(realm, client).enabled) {
      throw refused('invalid_grant', 'Client not allowed OIDC CIBA Grant', 'not_allowed')
    }
    const authReqId = form.get('auth_req_id')
    if (authReqId === null) {
      throw refused('invalid_request', 'Missing parameter: auth_req_id', 'invalid_code')
    }
    await this.#requireGranted(request, authReqId)
    const taken = await this.#deps.cibaRequests.take(realm, authReqId)
    if (taken === null) throw refused('invalid_grant', 'Invalid auth_req_id')
    const user = await this.#userOf(request, taken)
    return await this.#signIn(request, user, taken)
  }

  /** @throws OAuthError with what the client has to do (OpenID Connect CIBA Core §11) */
  async #requireGranted({ realm, client }: GrantRequest, authReqId: string): Promise<void> {
    const { cibaRequests, clock } = this.#deps
    const waiting = await cibaRequests.byRequestId(realm, authReqId)
    if (waiting === null || waiting.clientUuid !== client.id) {
      throw refused('invalid_grant', 'Invalid Auth Req ID')
    }
    if (waiting.expiresAt <= clock.now()) {
      throw refused('expired_token', 'authentication timed out')
    }
    const { intervalSeconds } = cibaPolicyOf(realm, client)
    // A client that was told (CIBA Core §10.2) comes at once, whenever it asked before.
    const wasTold = waiting.ping !== null && waiting.status !== 'pending'
    if (!wasTold && !(await cibaRequests.mayPoll(realm, authReqId, intervalSeconds))) {
      throw refused('slow_down', 'too early to access')
    }
    if (waiting.status === 'denied') throw refused('access_denied', 'not authorized')
    if (waiting.status === 'granted') return
    throw refused(
      'authorization_pending',
      "The authorization request is still pending as the end-user hasn't yet been authenticated.",
    )
  }

  async #userOf({ realm, event }: GrantRequest, { userId }: CibaRequest): Promise<User> {
    const user = await this.#deps.users.byId(realm.id, userId)
    if (!user) throw refused('invalid_grant', 'Could not identify user', 'username_missing')
    event.userId = user.id
    if (!user.enabled) throw refused('invalid_grant', 'User disabled', 'user_disabled')
    if (user.requiredActions.length > 0) {
      throw refused('invalid_grant', 'Account is not fully set up', 'resolve_required_actions')
    }
    return user
  }

  async #signIn(request: GrantRequest, user: User, { scope }: CibaRequest): Promise<IssuedTokens> {
    const { realm, client, places, ipAddress, event } = request
    const { sessions, tokens, consents, clock } = this.#deps
    if (client.representation.consentRequired) {
      const { scopes } = await tokens.access({ realm, client, user, scope })
      const items = consents.all(client, scopes.scopes)
      await consents.grant(
        client,
        user.id,
        items.map(({ name }) => name),
      )
    }
    const started = await sessions.start({
      realm,
      user,
      client,
      ipAddress,
      sessionNotes: { AUTH_TIME: String(epochSeconds(clock)) },
      clientNotes: { iss: places.frontend, scope },
    })
    if (started.outcome !== 'started') {
      throw refused('invalid_grant', 'User session is not found', 'user_session_not_found')
    }
    event.details['consent'] = 'consent_granted'
    event.details['code_id'] = started.session.id
    return await issueForSession(this.#deps, request, { ...started, user, grant: 'ci' })
  }
}
