import { jwtVerify, SignJWT } from 'jose'
import { newUuid } from '../../shared/random.ts'
import type { Keys } from '../keys/keys.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserSession } from './session.ts'
import { sessionMaxAt } from './session-lifetimes.ts'

const algorithm = 'HS512'
/** Keycloak's `typ` of the token in the cookie KEYCLOAK_IDENTITY. */
const identityType = 'Serialized-ID'

/** What the cookie says; the session decides whether it still counts. */
export interface Identity {
  readonly sessionId: string
  readonly userId: string
}

/** The token in the cookie KEYCLOAK_IDENTITY: it names the SSO session of a browser. */
export class IdentityTokens {
  readonly #keys: Pick<Keys, 'signingKey' | 'ring'>

  constructor(deps: { readonly keys: Pick<Keys, 'signingKey' | 'ring'> }) {
    this.#keys = deps.keys
  }

  /** @param issuer `…/realms/{realm}` as the browser sees it */
  async issue(
    realm: Realm,
    session: UserSession,
    issuer: string,
    nowSeconds: number,
  ): Promise<string> {
    const key = await this.#keys.signingKey(realm, algorithm)
    return new SignJWT({ typ: identityType, sid: session.id })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: key.kid })
      .setIssuer(issuer)
      .setSubject(session.userId)
      .setJti(newUuid())
      .setIssuedAt(nowSeconds)
      .setExpirationTime(Math.floor(sessionMaxAt(realm, session) / 1000))
      .sign(key.privateKey)
  }

  /** @returns null for anything but a token that this realm issued, under this name, and that has not expired */
  async verify(
    realm: Realm,
    token: string,
    issuer: string,
    nowSeconds: number,
  ): Promise<Identity | null> {
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = this.#keys.ring(realm).byKid(kid ?? '')
          if (key === undefined || key.type !== 'OCT') throw new Error('unknown key')
          return key.privateKey
        },
        { algorithms: [algorithm], issuer, currentDate: new Date(nowSeconds * 1000) },
      )
      const { sid, sub, typ } = payload
      if (typ !== identityType || typeof sid !== 'string' || sub === undefined) return null
      return { sessionId: sid, userId: sub }
    } catch {
      return null
    }
  }
}
