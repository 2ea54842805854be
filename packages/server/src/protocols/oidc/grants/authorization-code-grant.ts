import { hasFeature } from '../../../domains/realms/realm-features.ts'
import type { AuthorizationCode } from '../../../domains/sessions/session.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import { effectiveClient } from '../client-policies/effective-client.ts'
import { confirmationBy } from '../client-policies/grant-policies.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { pkceProblem } from './pkce.ts'
import { issueForSession } from './session-tokens.ts'

const invalidGrant = (description: string, eventError: string) =>
  new OAuthError(400, 'invalid_grant', description, { eventError })

/** Exchanges a code (RFC 6749 §4.1.3): one writing transaction. */
export class AuthorizationCodeGrant implements Grant {
  readonly type = 'authorization_code'
  readonly eventType = 'CODE_TO_TOKEN'
  readonly #deps: Pick<OidcDeps, 'sessions' | 'tokens' | 'users'>

  constructor(deps: Pick<OidcDeps, 'sessions' | 'tokens' | 'users'>) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form, event } = request
    const text = form.get('code')
    if (text === null) {
      throw new OAuthError(400, 'invalid_request', 'Missing parameter: code', {
        eventError: 'invalid_code',
      })
    }
    const sessionId = text.split('.')[1]
    if (sessionId !== undefined) {
      event.sessionId = sessionId
      event.details['code_id'] = sessionId
    }
    let problem: OAuthError | null = null
    let asked = new URLSearchParams()
    const redeemed = await this.#deps.sessions.redeem(realm, text, client, (code) => {
      problem = this.#check(request, code)
      asked = new URLSearchParams(code.notes)
      return problem === null ? null : problem.message
    })
    switch (redeemed.outcome) {
      case 'redeemed':
        break
      case 'expired':
        throw invalidGrant('Code is expired', 'expired_code')
      case 'session-gone':
        throw invalidGrant('Session not active', 'user_session_not_found')
      case 'mismatch':
        throw problem ?? invalidGrant('Code not valid', 'invalid_code')
      default:
        throw invalidGrant('Code not valid', 'invalid_code')
    }
    const user = await this.#deps.users.byId(realm.id, redeemed.session.userId)
    if (!user) throw invalidGrant('User not found', 'user_not_found')
    if (!user.enabled) throw invalidGrant('User disabled', 'user_disabled')
    const { scope } = redeemed.clientSession.notes
    const effects = await request.enforce('TOKEN_REQUEST', { scope, parameters: asked })
    const effective = { ...request, client: effectiveClient(client, effects) }
    const confirmation = confirmationBy(request.confirmation, effects)
    const first = { ...redeemed, user, grant: 'ac' } as const
    return await issueForSession(this.#deps, { ...effective, confirmation }, first)
  }

  /** Runs after the code is consumed: whatever is wrong, it cannot be tried again. */
  #check(
    { realm, client, form, confirmation }: GrantRequest,
    code: AuthorizationCode,
  ): OAuthError | null {
    if (code.redirectUri !== null && code.redirectUri !== form.get('redirect_uri')) {
      return invalidGrant('Incorrect redirect_uri', 'invalid_redirect_uri')
    }
    if (code.clientUuid !== client.id) {
      return invalidGrant(
        'Auth error: Found different client_id in clientSession',
        'invalid_client',
      )
    }
    if (client.representation.standardFlowEnabled === false) {
      return invalidGrant('Client not allowed to exchange code', 'invalid_client')
    }
    const thumbprint = hasFeature(realm, 'DPOP') ? code.notes['dpop_jkt'] : undefined
    if (thumbprint !== undefined && thumbprint !== confirmation.jkt) {
      // RFC 9449 §10: the code is for the key that the request named.
      const missing = confirmation.jkt === undefined
      const description = missing
        ? 'DPoP Proof missing'
        : 'DPoP Proof public key thumbprint does not match dpop_jkt'
      return new OAuthError(400, 'invalid_request', description, {
        eventError: 'invalid_dpop_proof',
      })
    }
    const pkce = pkceProblem(client, code.notes, form.get('code_verifier'))
    return pkce && invalidGrant(pkce.description, pkce.eventError)
  }
}
