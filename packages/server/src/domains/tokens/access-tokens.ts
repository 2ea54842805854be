import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import type { Clients } from '../clients/clients.ts'
import type { Keys } from '../keys/keys.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserSession } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { revokedTokenId } from '../sessions/single-use-objects.ts'
import type { User } from '../users/user.ts'
import type { Users } from '../users/users.ts'
import { type Confirmation, confirms, unconfirmed } from './confirmation.ts'
import { parseToken, type UnverifiedToken } from './json-web-token.ts'
import { issuedAt, notBefore } from './not-before.ts'
import { ProvedSignatures } from './proved-signatures.ts'
import type { Claims, TokenSession } from './token-context.ts'

/** Why a token is refused. */
export type TokenRefusal =
  | 'malformed'
  | 'bad-signature'
  | 'wrong-issuer'
  | 'wrong-type'
  | 'not-active'
  | 'stale'
  | 'revoked'
  | 'not-confirmed'
  | 'unknown-client'
  | 'client-disabled'
  | 'unknown-user'
  | 'user-disabled'
  | 'no-session'
  | 'no-client-session'

/** A token that was issued here and is good now. */
export interface VerifiedToken {
  readonly claims: Claims
  readonly client: Client
  readonly user: User
  /** The session as mappers want it; transient for service accounts. */
  readonly session: TokenSession
}

export type TokenVerdict =
  | { readonly valid: true; readonly token: VerifiedToken }
  | { readonly valid: false; readonly reason: TokenRefusal; readonly claims?: Claims }

export interface AccessTokensDeps {
  readonly keys: Keys
  readonly clients: Clients
  readonly users: Users
  readonly sessions: Sessions
  readonly clock: Clock
}

/** Verifies tokens that this server issued: signature, time, issuer, revocation, user, client, session. One read of SQL. */
export class AccessTokens {
  readonly #deps: AccessTokensDeps
  readonly #signatures = new ProvedSignatures()

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps
  }

  /**
   * @param issuer `iss` that this realm's tokens have for this request (see issuerOf)
   * @param types accepted values of the claim `typ`; default: access tokens
   * @param holder what the sender of a bound token has proved; `whoever` where nothing is granted by the token
   * @param from `copy` where the answer only tells something: an owner's copy of the session will do (cluster.md §7, R1)
   */
  async verify(
    realm: Realm,
    issuer: string,
    text: string,
    types: readonly string[] = ['Bearer'],
    from: 'store' | 'copy' = 'store',
    holder: Confirmation | 'whoever' = unconfirmed,
  ): Promise<TokenVerdict> {
    const token = parseToken(text)
    if (!token) return refused('malformed')
    const key = this.#deps.keys.ring(realm).byKid(token.header.kid ?? '')
    if (!key || !this.#signatures.isSignedBy(key, text, token)) return refused('bad-signature')
    const problem = this.#checkClaims(realm, issuer, token, types)
    if (problem) return refused(problem, token.claims)
    if (holder !== 'whoever' && !confirms(holder, token.claims)) {
      return refused('not-confirmed', token.claims)
    }
    return await this.#checkState(realm, token.claims, from)
  }

  /**
   * Reads a token that this realm signed, without asking whether its session, client and user are there.
   * @param typ accepted value of the claim `typ`
   * @param evenExpired whether one counts whose time is over: it says who somebody is, and lets nobody in
   * @returns null for anything else
   */
  signedClaims(
    realm: Realm,
    issuer: string,
    text: string,
    typ: string,
    evenExpired = false,
  ): Claims | null {
    const token = parseToken(text)
    const key = token && this.#deps.keys.ring(realm).byKid(token.header.kid ?? '')
    if (!token || !key || !this.#signatures.isSignedBy(key, text, token)) return null
    const problem = this.#checkClaims(realm, issuer, token, [typ])
    const good = problem === null || (evenExpired && problem === 'not-active')
    return good ? token.claims : null
  }

  #checkClaims(
    realm: Realm,
    issuer: string,
    { claims }: UnverifiedToken,
    types: readonly string[],
  ): TokenRefusal | null {
    const now = epochSeconds(this.#deps.clock)
    if (claims['iss'] !== issuer) return 'wrong-issuer'
    if (!types.includes(String(claims['typ']))) return 'wrong-type'
    const exp = claims['exp']
    if (exp !== undefined && !(typeof exp === 'number' && exp > now)) return 'not-active'
    if (typeof claims['nbf'] === 'number' && claims['nbf'] > now) return 'not-active'
    return issuedAt(claims) < notBefore(realm, null, null) ? 'stale' : null
  }

  async #checkState(realm: Realm, claims: Claims, from: 'store' | 'copy'): Promise<TokenVerdict> {
    const { clients, users, sessions } = this.#deps
    const client = await clients.byClientId(realm.id, String(claims['azp'] ?? ''))
    if (!client) return refused('unknown-client', claims)
    if (!client.enabled) return refused('client-disabled', claims)
    if (issuedAt(claims) < notBefore(realm, client, null)) return refused('stale', claims)
    const sid = typeof claims['sid'] === 'string' ? claims['sid'] : null
    const jti = typeof claims['jti'] === 'string' ? claims['jti'] : null
    const question = {
      sessionId: sid,
      offline: isOffline(claims),
      clientUuid: client.id,
      objectId: jti === null ? null : revokedTokenId(jti),
    }
    const answer =
      from === 'copy'
        ? await sessions.lookUpCopy(realm, client, question)
        : await sessions.lookUp(question)
    if (answer.objectPresent) return refused('revoked', claims)
    const { session, clientSession } = sessions.validOf(realm, client, answer)
    if (sid !== null && !session) return refused('no-session', claims)
    if (sid !== null && !clientSession && !standsAlone(claims)) {
      return refused('no-client-session', claims)
    }
    const userId = session?.userId ?? (typeof claims['sub'] === 'string' ? claims['sub'] : null)
    const user =
      userId === null
        ? await users.serviceAccountOf(realm.id, client.id)
        : await users.byId(realm.id, userId)
    if (!user) return refused('unknown-user', claims)
    if (!user.enabled) return refused('user-disabled', claims)
    if (issuedAt(claims) < notBefore(realm, client, user)) return refused('stale', claims)
    const now = this.#deps.clock.now()
    const part = clientSession ?? { startedAt: now, lastAccess: now, notes: {} }
    const known = session ? tokenSessionOf(session, part) : transientSession(now, {})
    return { valid: true, token: { claims, client, user, session: known } }
  }
}

function refused(reason: TokenRefusal, claims?: Claims): TokenVerdict {
  return claims ? { valid: false, reason, claims } : { valid: false, reason }
}

/** Offline tokens say so by their type; access tokens of offline sessions by the first letters of their id. */
export function isOffline(claims: Claims): boolean {
  return claims['typ'] === 'Offline' || /^(?:of|ft)/.test(String(claims['jti'] ?? ''))
}

/** The client has no part in the session but such a token, which ends with the session (Keycloak's kinds `nt` and `ft`). */
function standsAlone(claims: Claims): boolean {
  return /^(?:nt|ft)/.test(String(claims['jti'] ?? ''))
}

/** @returns a stored session as mappers want it */
export function tokenSessionOf(
  session: UserSession,
  clientSession: TokenSession['client'],
): TokenSession {
  return {
    id: session.id,
    transient: false,
    offline: session.offline,
    rememberMe: session.rememberMe,
    startedAt: session.startedAt,
    lastAccess: session.lastAccess,
    notes: session.notes,
    client: clientSession,
  }
}

/** @returns a session that no row holds, starting now (ms since the epoch): service accounts */
export function transientSession(
  now: number,
  notes: Readonly<Record<string, string>>,
  clientNotes: Readonly<Record<string, string>> = {},
): TokenSession {
  return {
    id: '',
    transient: true,
    offline: false,
    rememberMe: false,
    startedAt: now,
    lastAccess: now,
    notes,
    client: { startedAt: now, lastAccess: now, notes: clientNotes },
  }
}
