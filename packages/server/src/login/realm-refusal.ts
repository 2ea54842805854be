import type { Realm } from '../domains/realms/realm.ts'
import { requiresHttps } from '../http/requires-https.ts'

/** Why nobody may use a realm like this. */
export type RealmRefusal = 'https-required' | 'realm-disabled'

/**
 * Whether a realm may be used from where a request comes. The only place that knows; each protocol words its answer.
 * @param secure whether the request came by HTTPS, as its sender sees it
 */
export function realmRefusal(
  { enabled, settings }: Pick<Realm, 'enabled' | 'settings'>,
  { secure, ipAddress }: { readonly secure: boolean; readonly ipAddress: string },
): RealmRefusal | null {
  if (!secure && requiresHttps(settings.sslRequired, ipAddress)) return 'https-required'
  return enabled ? null : 'realm-disabled'
}
