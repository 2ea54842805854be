import { newUuid } from '../../shared/random.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserSession } from '../sessions/session.ts'
import { sessionMaxAt } from '../sessions/session-lifetimes.ts'
import type { SessionId, UserId } from '../typed-ids.ts'
import { issuedAt, notBefore } from './not-before.ts'
import type { Tokens } from './tokens.ts'

/** Keycloak's `typ` of the token in the cookie KEYCLOAK_IDENTITY. */
const identityType = 'Serialized-ID'

/** What the cookie says; the session decides whether it still counts. */
export interface Identity {
  readonly sessionId: SessionId
  readonly userId: UserId
}

/** The token in the cookie KEYCLOAK_IDENTITY: it names the SSO session of a browser. */
export class IdentityTokens {
  readonly #tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'>

  constructor(deps: { readonly tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'> }) {
    this.#tokens = deps.tokens
  }

  /**
   * @param issuer `…/realms/{realm}` as the browser sees it
   * @param nowSeconds since the epoch
   */
  issue(realm: Realm, session: UserSession, issuer: string, nowSeconds: number): Promise<string> {
    const claims = {
      exp: Math.floor(sessionMaxAt(realm, session) / 1000),
      iat: nowSeconds,
      jti: newUuid(),
      iss: issuer,
      sub: session.userId,
      sid: session.id,
    }
    return this.#tokens.signInternal(realm, claims, identityType)
  }

  /** @returns null for anything but a token that this realm issued, under this name, that has not expired and
   *   that the realm has not revoked */
  verify(realm: Realm, token: string, issuer: string, nowSeconds: number): Identity | null {
    const claims = this.#tokens.verifyInternal(realm, token, identityType)
    if (claims === null || claims['iss'] !== issuer) return null
    if (issuedAt(claims) < notBefore(realm, null, null)) return null
    const { exp, sid, sub } = claims as { exp?: unknown; sid?: unknown; sub?: unknown }
    if (typeof exp !== 'number' || exp <= nowSeconds) return null
    if (typeof sid !== 'string' || typeof sub !== 'string') return null
    return { sessionId: sid, userId: sub }
  }
}
