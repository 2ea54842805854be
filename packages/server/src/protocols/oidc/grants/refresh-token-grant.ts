import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SessionWithClient } from '../../../domains/sessions/sessions.ts'
import { tokenSessionOf } from '../../../domains/tokens/access-tokens.ts'
import type { EffectiveAccess } from '../../../domains/tokens/effective-access.ts'
import { issuedAt, notBefore } from '../../../domains/tokens/not-before.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import { newUuid } from '../../../shared/random.ts'
import { requireConfirmation } from '../confirmation/require-confirmation.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { requireOwnIssuer } from '../require-own-issuer.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { type ChainRules, useRefreshToken } from './refresh-chain.ts'
import { requireValidScope } from './scope-check.ts'

/** How often a compare-and-set is tried when others use the same session at the same time. */
const attemptsMax = 5

/**
 * Realm attribute: for how many seconds after its first use a refresh token gives the same successor again, so that an answer
 * that was lost on its way, or two tabs at once, sign nobody out. 0 switches it off.
 */
const graceAttribute = 'refreshTokenGracePeriod'
const graceSecondsDefault = 10
const graceSecondsMax = 300

type Deps = Pick<OidcDeps, 'sessions' | 'tokens' | 'users' | 'clock' | 'organizations'>

const invalidGrant = (description: string, eventError = 'invalid_token') =>
  new OAuthError(400, 'invalid_grant', description, { eventError })

/** New tokens for a refresh token (RFC 6749 §6): one read, and a touch that is written later. */
export class RefreshTokenGrant implements Grant {
  readonly type = 'refresh_token'
  readonly eventType = 'REFRESH_TOKEN'
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form, places, event } = request
    const claims = this.#readToken(request)
    event.sessionId = String(claims['sid'])
    event.details['refresh_token_id'] = String(claims['jti'])
    event.details['refresh_token_type'] = String(claims['typ'])
    const stored = await this.#session(realm, client, claims)
    const user = await this.#deps.users.byId(realm.id, stored.session.userId)
    if (!user) throw invalidGrant('Invalid refresh token', 'user_not_found')
    event.userId = user.id
    if (!user.enabled) throw invalidGrant('User disabled', 'user_disabled')
    if (issuedAt(claims) < notBefore(realm, client, user)) throw invalidGrant('Stale token')
    const tokenScope = String(claims['scope'] ?? '')
    const scope = await this.#narrowed(realm, client, tokenScope, form.get('scope'))
    const { revokeRefreshToken } = realm.settings
    const reuseId = String(claims['reuse_id'] ?? '')
    const refreshTokenId = revokeRefreshToken
      ? await this.#advance(realm, client, stored, claims, reuseId)
      : undefined
    this.#deps.sessions.touch(stored.session, client.id)
    const now = this.#deps.clock.now()
    const session = tokenSessionOf(
      { ...stored.session, lastAccess: now },
      { ...stored.clientSession, lastAccess: now },
    )
    return await this.#deps.tokens.issue({
      realm,
      client,
      user,
      places,
      scope,
      session,
      grant: 'rt',
      nonce: undefined,
      withRefreshToken: client.representation.attributes?.['use.refresh.tokens'] !== 'false',
      refreshScope: tokenScope,
      reuseId: revokeRefreshToken ? reuseId : null,
      refreshTokenId,
      confirmation: request.confirmation,
      check: requireOfflineStillAllowed,
      authorization: claims['authorization'],
    })
  }

  /** @throws OAuthError 400 for names that are no scope of the client */
  async #narrowed(
    realm: Realm,
    client: Client,
    tokenScope: string,
    asked: string | null,
  ): Promise<string> {
    if (asked === null || asked.trim() === '') return tokenScope
    await requireValidScope(this.#deps.organizations, realm, client, asked)
    return narrowedScope(tokenScope, asked)
  }

  #readToken(request: GrantRequest): Claims {
    const { realm, client, form, places, event } = request
    const text = form.get('refresh_token')
    if (text === null) {
      throw new OAuthError(400, 'invalid_request', 'No refresh token', {
        eventError: 'invalid_token',
      })
    }
    const claims = this.#deps.tokens.verifyInternal(realm, text, ['Refresh', 'Offline'])
    if (!claims) throw invalidGrant('Invalid refresh token')
    if (typeof claims['sub'] === 'string') event.userId = claims['sub']
    requireOwnIssuer(claims, places, realm)
    requireConfirmation(request.confirmation, claims)
    const exp = claims['exp']
    if (exp !== undefined && !(Number(exp) > epochSeconds(this.#deps.clock))) {
      throw invalidGrant('Token is not active')
    }
    if (issuedAt(claims) < notBefore(realm, client, null)) throw invalidGrant('Stale token')
    if (claims['azp'] !== client.clientId) {
      throw invalidGrant("Invalid refresh token. Token client and authorized client don't match")
    }
    return claims
  }

  async #session(realm: Realm, client: Client, claims: Claims): Promise<SessionWithClient> {
    const offline = claims['typ'] === 'Offline'
    const sessionId = String(claims['sid'])
    const found = await this.#deps.sessions.validFor(realm, client, sessionId, offline)
    const { session, clientSession } = found
    if (!session) {
      await this.#refuseDisabled(realm, claims['sub'])
      throw invalidGrant(offline ? 'Offline user session not found' : 'Session not active')
    }
    if (!clientSession) throw invalidGrant("Session doesn't have required client")
    return { session, clientSession }
  }

  /** Disabling a user ends the sessions: what the client should know is why. */
  async #refuseDisabled(realm: Realm, sub: unknown): Promise<void> {
    const user = typeof sub === 'string' ? await this.#deps.users.byId(realm.id, sub) : null
    if (user?.enabled === false) throw invalidGrant('User disabled', 'user_disabled')
  }

  /**
   * Moves the chain on by compare-and-set; a token used too often ends what the client has of the session.
   * @returns `jti` of the token that comes next
   */
  async #advance(
    realm: Realm,
    client: Client,
    found: SessionWithClient,
    claims: Claims,
    reuseId: string,
  ): Promise<string> {
    const token = { id: String(claims['jti']), reuseId, issuedAt: Number(claims['iat']) }
    const successor = newUuid()
    const rules = chainRules(realm)
    let { session, clientSession } = found
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { refreshChains } = clientSession
      const used = useRefreshToken(refreshChains, token, successor, rules, this.#deps.clock.now())
      if (used.outcome === 'repeated') return used.successor
      if (used.outcome === 'refused') {
        await this.#deps.sessions.endClientSession(session.id, session.offline, client.id)
        throw invalidGrant(used.problem)
      }
      if (await this.#deps.sessions.setRefreshChains(clientSession, used.chains)) {
        return used.successor
      }
      const again = await this.#session(realm, client, claims)
      session = again.session
      clientSession = again.clientSession
    }
    throw invalidGrant('Stale token')
  }
}

function chainRules({ settings }: Realm): ChainRules {
  const text = settings.attributes[graceAttribute]
  const seconds = text === undefined || text === '' ? graceSecondsDefault : Number(text)
  const valid = Number.isInteger(seconds) && seconds >= 0
  const graceSeconds = valid ? Math.min(seconds, graceSecondsMax) : 0
  return { reusesMax: settings.refreshTokenMaxReuse, graceMs: graceSeconds * 1_000 }
}

/** The right to offline access may have been taken away since the token was issued. */
function requireOfflineStillAllowed({ scopes }: EffectiveAccess): void {
  if (scopes.offlineRefused) {
    throw invalidGrant('Offline session invalid because offline access not granted anymore')
  }
}

/** What of a token's scope is asked for again; nothing can be added that it does not have. */
function narrowedScope(tokenScope: string, asked: string): string {
  const wanted = new Set([...asked.split(' '), 'offline_access'])
  return tokenScope
    .split(' ')
    .filter((name) => wanted.has(name))
    .join(' ')
}
