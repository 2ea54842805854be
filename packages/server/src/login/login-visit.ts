import type { SignedIn } from '../domains/flows/engine/step.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Sessions } from '../domains/sessions/sessions.ts'
import type { IdentityTokens } from '../domains/tokens/identity-tokens.ts'
import { notBefore } from '../domains/tokens/not-before.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../domains/tokens/web-origins.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserRequest } from '../http/browser-request.ts'
import { type Clock, epochSeconds } from '../shared/clock.ts'
import { randomBase64Url } from '../shared/random.ts'
import { cookieNames, LoginCookies } from './login-cookies.ts'

/** Bytes of the id by which a browser is known during logins. */
const browserIdBytes = 24
const browserIdShape = /^[\w-]{20,100}$/

/** One request of a browser that signs in, and the cookies that its answer will set. */
export interface LoginVisit {
  readonly realm: Realm
  readonly browser: BrowserRequest
  readonly cookies: LoginCookies
  /** Binds login state to the browser (cookie AUTH_SESSION_ID). */
  readonly browserId: string
  /** Whether the browser brought that cookie. */
  readonly browserKnown: boolean
  /** The SSO session of the browser, valid now; null after signing out in this request. */
  signedIn: SignedIn | null
}

export interface LoginVisitsDeps {
  readonly identityTokens: IdentityTokens
  readonly sessions: Pick<Sessions, 'valid'>
  readonly users: Pick<Users, 'byId'>
  readonly clock: Clock
}

/** Reads what the cookies of a browser prove. */
export class LoginVisits {
  readonly #deps: LoginVisitsDeps

  constructor(deps: LoginVisitsDeps) {
    this.#deps = deps
  }

  async open(realm: Realm, browser: BrowserRequest): Promise<LoginVisit> {
    return { ...this.unread(realm, browser), signedIn: await this.#signedIn(realm, browser) }
  }

  /** As if the browser were not signed in: for pages that do not depend on it. */
  unread(realm: Realm, browser: BrowserRequest): LoginVisit {
    const sent = browser.cookies.get(cookieNames.authSessionId)
    const browserKnown = sent !== undefined && browserIdShape.test(sent)
    return {
      realm,
      browser,
      cookies: new LoginCookies(realm, browser),
      browserId: browserKnown ? sent : randomBase64Url(browserIdBytes),
      browserKnown,
      signedIn: null,
    }
  }

  /** The cookie only names the session: whether it is valid, and its user enabled, is read now. */
  async #signedIn(realm: Realm, browser: BrowserRequest): Promise<SignedIn | null> {
    const { identityTokens, sessions, users, clock } = this.#deps
    const cookie = browser.cookies.get(cookieNames.identity)
    if (cookie === undefined || cookie === '') return null
    const issuer = issuerOf({ frontend: browser.frontendUrl }, realm)
    const identity = identityTokens.verify(realm, cookie, issuer, epochSeconds(clock))
    if (identity === null) return null
    const session = await sessions.valid(realm, identity.sessionId, false)
    if (session === null || session.userId !== identity.userId) return null
    const user = await users.byId(realm.id, session.userId)
    if (user === null || !user.enabled) return null
    if (notBefore(realm, null, user) > Math.floor(session.startedAt / 1000)) return null
    return { session, user }
  }
}

/** @returns where clients see this server in this request */
export function placesOf({ browser }: Pick<LoginVisit, 'browser'>): ServerPlaces {
  return { frontend: browser.frontendUrl, admin: browser.adminUrl }
}
