import type { Client } from '../clients/client.ts'
import { redirectOrigin } from '../clients/redirect-origin.ts'

/** Where this server is seen, for clients whose root URL is given relative to it. No URL ends with a slash. */
export interface ServerPlaces {
  /** Of the realm's frontend: `https://login.example.com`. */
  readonly frontend: string
  readonly admin: string
}

/** @returns a client's root URL with Keycloak's placeholders filled in; empty when it has none */
export function resolvedRootUrl(client: Client, places: ServerPlaces): string {
  return (client.representation.rootUrl ?? '')
    .replace('${authBaseUrl}', places.frontend)
    .replace('${authAdminUrl}', places.admin)
}

/**
 * The origins that may read answers from a browser (CORS) and stand in `allowed-origins`: the client's web origins, where
 * `+` stands for the origins of its redirect URIs. `*` is kept as it is.
 */
export function validWebOrigins(client: Client, places: ServerPlaces): string[] {
  const { webOrigins = [], redirectUris = [] } = client.representation
  const origins = new Set<string>()
  for (const origin of webOrigins) {
    if (origin !== '+') {
      origins.add(origin)
      continue
    }
    const root = resolvedRootUrl(client, places) || places.frontend
    for (const uri of redirectUris) {
      const resolved = redirectOrigin(uri.startsWith('/') ? root : uri)
      if (resolved) origins.add(resolved)
    }
  }
  return [...origins]
}
