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
import type { SessionRoutes } from './session-routes.ts'

/** Bytes of the id by which a browser is known during logins. */
const browserIdBytes = 24
/** The id, and behind a dot the node at which the browser stays. */
const authSessionShape = /^([\w-]{20,100})(?:\.([^\s;,"]{1,255}))?$/

/** One request of a browser that signs in, and the cookies that its answer will set. */
export interface LoginVisit {
  readonly realm: Realm
  readonly browser: BrowserRequest
  readonly cookies: LoginCookies
  /** Binds login state to the browser (cookie AUTH_SESSION_ID). */
  readonly browserId: string
  /** Whether the browser brought that cookie. */
  readonly browserKnown: boolean
  /** The node that the cookie is to name. */
  readonly route: string | undefined
  /** The SSO session of the browser, valid now; null after signing out in this request. */
  signedIn: SignedIn | null
}

export interface LoginVisitsDeps {
  readonly identityTokens: IdentityTokens
  readonly sessions: Pick<Sessions, 'valid'>
  readonly users: Pick<Users, 'byId'>
  readonly clock: Clock
  readonly routes: SessionRoutes
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
    const { routes } = this.#deps
    const sent = browser.cookies.get(cookieNames.authSessionId) ?? ''
    const [, id, named] = authSessionShape.exec(sent) ?? []
    const cookies = new LoginCookies(realm, browser)
    const browserId = id ?? randomBase64Url(browserIdBytes)
    const stays = named !== undefined && routes.leadsSomewhere(named)
    const route = stays ? named : routes.own
    // Its node left meanwhile, or it began before nodes were named: it belongs to this one now.
    if (id !== undefined && route !== named) cookies.authSession(browserId, route)
    return {
      realm,
      browser,
      cookies,
      browserId,
      browserKnown: id !== undefined,
      route,
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
