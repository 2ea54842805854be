import { createHash } from 'node:crypto'
import type { Realm } from '../domains/realms/realm.ts'
import type { UserSession } from '../domains/sessions/session.ts'
import { sessionCookieValue } from '../domains/sessions/session-cookie-value.ts'
import { sessionMaxAt } from '../domains/sessions/session-lifetimes.ts'
import type { UserId } from '../domains/typed-ids.ts'
import type { BrowserRequest } from '../http/browser-request.ts'
import { cookieSecurity, serializeCookie } from '../http/cookies.ts'

/** Keycloak's names of the cookies of a login. */
export const cookieNames = {
  authSessionId: 'AUTH_SESSION_ID',
  authSessionHash: 'KC_AUTH_SESSION_HASH',
  restart: 'KC_RESTART',
  identity: 'KEYCLOAK_IDENTITY',
  session: 'KEYCLOAK_SESSION',
  rememberMe: 'KEYCLOAK_REMEMBER_ME',
  locale: 'KEYCLOAK_LOCALE',
  detached: 'KC_STATE_CHECKER',
  /** Not one of Keycloak's: the way to sign in that was chosen last. */
  method: 'KC_LAST_METHOD',
} as const

/** Seconds for which scripts of other tabs can see that a login goes on. */
const authSessionHashSeconds = 60
/** Seconds for which a remembered name or method is kept: a year. */
const rememberMeSeconds = 31_536_000
/** Browsers drop cookies longer than 4,096 bytes with name and attributes. */
const cookieLengthMax = 3_900

/** Seconds for which a page that belongs to no tab can be shown again. */
const detachedSeconds = 300

interface Options {
  readonly httpOnly: boolean
  readonly sameSite?: 'Strict'
  readonly maxAgeSeconds?: number
}

/** Makes the `Set-Cookie` values of one answer, with the attributes that the browser's view of the server asks for. */
export class LoginCookies {
  readonly #path: string
  readonly #security: ReturnType<typeof cookieSecurity>
  readonly #values = new Map<string, string>()

  constructor(realm: Pick<Realm, 'name'>, browser: Pick<BrowserRequest, 'frontendUrl'>) {
    const { pathname } = new URL(browser.frontendUrl)
    const name = encodeURIComponent(realm.name)
    this.#path = `${pathname === '/' ? '' : pathname}/realms/${name}/`
    this.#security = cookieSecurity(browser.frontendUrl)
  }

  /** In the order in which they were first set; of two with one name the last. */
  get values(): string[] {
    return [...this.#values.values()]
  }

  /** @param route the node at which the browser is to stay; undefined = any */
  authSession(browserId: string, route: string | undefined): void {
    const value = route === undefined ? browserId : `${browserId}.${route}`
    this.#set(cookieNames.authSessionId, value, { httpOnly: true })
    const hash = createHash('sha384').update(browserId).digest('base64url')
    this.#set(cookieNames.authSessionHash, hash, {
      httpOnly: false,
      maxAgeSeconds: authSessionHashSeconds,
    })
  }

  restart(sealed: string): void {
    if (sealed.length > cookieLengthMax) this.expire(cookieNames.restart)
    else this.#set(cookieNames.restart, sealed, { httpOnly: true })
  }

  /** What the last page that belongs to no tab says. */
  detached(sealed: string): void {
    this.#set(cookieNames.detached, sealed, {
      httpOnly: true,
      sameSite: 'Strict',
      maxAgeSeconds: detachedSeconds,
    })
  }

  locale(tag: string): void {
    this.#set(cookieNames.locale, tag, { httpOnly: true })
  }

  /** Proves the SSO session from now on. A remembered one outlives the browser's own session. */
  signedIn(realm: Realm, session: UserSession, identity: string): void {
    const lastsSeconds = Math.floor((sessionMaxAt(realm, session) - session.startedAt) / 1000)
    this.#set(cookieNames.identity, identity, {
      httpOnly: true,
      ...(session.rememberMe ? { maxAgeSeconds: lastsSeconds } : {}),
    })
    this.#set(cookieNames.session, sessionCookieValue(session.id), {
      httpOnly: false,
      maxAgeSeconds: lastsSeconds,
    })
  }

  rememberUsername(username: string | null): void {
    if (username === null) this.expire(cookieNames.rememberMe)
    else {
      const value = `username:${encodeURIComponent(username)}`
      this.#set(cookieNames.rememberMe, value, { httpOnly: true, maxAgeSeconds: rememberMeSeconds })
    }
  }

  /** The type of credential that a user has chosen among others; several people may use a browser. */
  method(userId: UserId, type: string): void {
    const value = `${type}.${shortHash(userId)}`
    this.#set(cookieNames.method, value, { httpOnly: true, maxAgeSeconds: rememberMeSeconds })
  }

  signedOut(): void {
    this.expire(cookieNames.identity)
    this.expire(cookieNames.session)
  }

  /** Without further attributes, as Keycloak does: name and path are what tells cookies apart. */
  expire(name: string): void {
    this.#values.set(name, `${name}=;Version=1;Path=${this.#path};Max-Age=0`)
  }

  #set(name: string, value: string, options: Options): void {
    const attributes = { path: this.#path, ...this.#security, ...options }
    this.#values.set(name, serializeCookie(name, value, attributes))
  }
}

/** @returns the type of credential that the user has chosen last in this browser; null where it was not this user */
export function rememberedMethod(
  cookies: ReadonlyMap<string, string>,
  userId: UserId,
): string | null {
  const [type = '', hash = ''] = (cookies.get(cookieNames.method) ?? '').split('.')
  return type !== '' && hash === shortHash(userId) ? type : null
}

/** Tells users apart, no more. */
function shortHash(userId: UserId): string {
  return createHash('sha256').update(userId).digest('base64url').slice(0, 12)
}

/** @returns the name that the remember-me cookie holds */
export function rememberedUsername(cookies: ReadonlyMap<string, string>): string | null {
  const value = cookies.get(cookieNames.rememberMe)
  if (value === undefined || !value.startsWith('username:')) return null
  try {
    return decodeURIComponent(value.slice('username:'.length))
  } catch {
    return null
  }
}
