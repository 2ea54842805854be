import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { cookieSecurity, serializeCookie } from '../../../http/cookies.ts'

/** @returns the `Set-Cookie` value that remembers in which language a user who just signed in reads */
export function localeCookie(realm: Realm, places: ServerPlaces, locale: string): string {
  const prefix = new URL(places.frontend).pathname.replace(/\/$/, '')
  const path = `${prefix}/realms/${encodeURIComponent(realm.name)}/`
  const attributes = { path, httpOnly: true, ...cookieSecurity(places.frontend) }
  return serializeCookie('KEYCLOAK_LOCALE', locale, attributes)
}
