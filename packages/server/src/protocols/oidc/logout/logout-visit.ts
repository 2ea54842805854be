import type { Realm } from '../../../domains/realms/realm.ts'
import type { UserSession } from '../../../domains/sessions/session.ts'
import type { Sessions } from '../../../domains/sessions/sessions.ts'
import type { IdentityTokens } from '../../../domains/tokens/identity-tokens.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { cookieSecurity, serializeCookie } from '../../../http/cookies.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { randomBase64Url } from '../../../shared/random.ts'

const identityCookie = 'KEYCLOAK_IDENTITY'
const sessionCookie = 'KEYCLOAK_SESSION'
const browserCookie = 'AUTH_SESSION_ID'
export const localeCookie = 'KEYCLOAK_LOCALE'
const detachedCookie = 'KC_STATE_CHECKER'
const detachedSeconds = 300
const browserIdBytes = 24
const browserIdShape = /^[\w-]{20,100}$/

/** A browser that wants to log out, and the cookies that its answer sets. */
export interface LogoutVisit {
  /** The SSO session that its cookie names, if it is valid. */
  readonly session: UserSession | null
  /** Binds the confirmation page to this browser. */
  readonly browserId: string
  readonly browserCookie: string
  /** Cookies that end the browser's part of the session; none when it brought none. */
  readonly endingCookies: readonly string[]
  /** @returns the cookie that keeps what a final page says */
  readonly detachedCookie: (sealed: string) => string
}

export interface LogoutVisitDeps {
  readonly identityTokens: IdentityTokens
  readonly sessions: Pick<Sessions, 'valid'>
  readonly clock: Clock
}

/** Reads what a browser's cookies say about its session. */
export async function openLogoutVisit(
  deps: LogoutVisitDeps,
  realm: Realm,
  places: ServerPlaces,
  cookies: ReadonlyMap<string, string>,
): Promise<LogoutVisit> {
  const { pathname } = new URL(places.frontend)
  const prefix = pathname.replace(/\/$/, '')
  const path = `${prefix}/realms/${encodeURIComponent(realm.name)}/`
  const attributes = { path, httpOnly: true, ...cookieSecurity(places.frontend) }
  const sent = cookies.get(browserCookie)
  const browserId = sent && browserIdShape.test(sent) ? sent : randomBase64Url(browserIdBytes)
  const expired = { ...attributes, maxAgeSeconds: 0 }
  const brief = { ...attributes, sameSite: 'Strict', maxAgeSeconds: detachedSeconds } as const
  return {
    session: await sessionOf(deps, realm, places, cookies.get(identityCookie)),
    browserId,
    browserCookie: serializeCookie(browserCookie, browserId, attributes),
    detachedCookie: (sealed) => serializeCookie(detachedCookie, sealed, brief),
    endingCookies: cookies.has(identityCookie)
      ? [identityCookie, sessionCookie].map((name) => serializeCookie(name, '', expired))
      : [],
  }
}

async function sessionOf(
  { identityTokens, sessions, clock }: LogoutVisitDeps,
  realm: Realm,
  places: ServerPlaces,
  cookie: string | undefined,
): Promise<UserSession | null> {
  if (!cookie) return null
  const issuer = issuerOf(places, realm)
  const identity = identityTokens.verify(realm, cookie, issuer, epochSeconds(clock))
  return identity && (await sessions.valid(realm, identity.sessionId, false))
}
