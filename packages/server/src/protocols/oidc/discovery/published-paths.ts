import { decodedPart } from '../../../http/path-part.ts'

/** What anybody may read of a realm. */
export type PublishedDocument = 'metadata' | 'keys' | 'uma'

/** Where it is read: a route as the router writes it, with `:realm` in it. */
export interface PublishedRoute {
  readonly route: string
  readonly document: PublishedDocument
}

/** Every place of a document; the router and `PublishedPaths` go by this list. */
export const publishedRoutes: readonly PublishedRoute[] = [
  { document: 'metadata', route: '/realms/:realm/.well-known/openid-configuration' },
  { document: 'metadata', route: '/realms/:realm/.well-known/oauth-authorization-server' },
  // RFC 8414 §3.1 puts the well-known part before the path of the issuer.
  { document: 'metadata', route: '/.well-known/oauth-authorization-server/realms/:realm' },
  { document: 'uma', route: '/realms/:realm/.well-known/uma2-configuration' },
  { document: 'keys', route: '/realms/:realm/protocol/openid-connect/certs' },
]

/** One of these places, in the path of a request. */
export interface PublishedPath extends PublishedRoute {
  /** Name of the realm; empty where it cannot be decoded. */
  readonly realm: string
}

/** Recognises the paths of documents without asking the router. */
export class PublishedPaths {
  readonly #places: readonly (PublishedRoute & { readonly pattern: RegExp })[]

  /** @param relativePath of the server, without a slash at the end */
  constructor(relativePath: string) {
    this.#places = publishedRoutes.map((place) => {
      const path = literal(relativePath + place.route).replace(':realm', '([^/?]+)')
      return { ...place, pattern: new RegExp(String.raw`^${path}/?(?:\?|$)`) }
    })
  }

  /** @param url path and query as they came; @returns undefined for any other path */
  read(url: string): PublishedPath | undefined {
    for (const { pattern, document, route } of this.#places) {
      const name = pattern.exec(url)?.[1]
      if (name !== undefined) return { document, route, realm: decodedPart(name) }
    }
    return undefined
  }
}

/** @returns a pattern of just this text */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
