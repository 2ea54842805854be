import type { Realm } from '../domains/realms/realm.ts'
import type { ServerPlaces } from '../domains/tokens/web-origins.ts'
import type { SeenRequest } from '../http/seen-request.ts'
import { ownFrontendUrl, type ServerUrls } from '../http/server-urls.ts'

/** @returns where clients see this server, for this request and realm: a realm may have a frontend URL of its own */
export function placesOf(
  { urls }: { readonly urls: ServerUrls },
  request: SeenRequest,
  realm: Realm,
): ServerPlaces {
  const own = ownFrontendUrl(realm.settings.attributes['frontendUrl'])
  return { frontend: own ?? urls.frontend(request), admin: urls.admin(request) }
}
