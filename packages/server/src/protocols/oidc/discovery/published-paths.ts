import { decodedPart } from '../../../http/path-part.ts'

/** What anybody may read of a realm. */
export type PublishedDocument = 'metadata' | 'keys'

/** Which document is asked for, and of which realm. */
export interface PublishedPath {
  readonly document: PublishedDocument
  /** Name of the realm; empty where it cannot be decoded. */
  readonly realm: string
  /** The path as metrics name it. */
  readonly template: string
}

const places: readonly (Omit<PublishedPath, 'realm'> & { readonly pattern: string })[] = [
  {
    document: 'metadata',
    template: '/realms/{realm}/.well-known/{alias}',
    pattern: String.raw`/realms/([^/?]+)/\.well-known/(?:openid-configuration|oauth-authorization-server)`,
  },
  {
    document: 'keys',
    template: '/realms/{realm}/protocol/{protocol}/certs',
    pattern: '/realms/([^/?]+)/protocol/openid-connect/certs',
  },
  {
    document: 'metadata',
    // RFC 8414 §3.1 puts the well-known part before the path of the issuer.
    template: '/.well-known/oauth-authorization-server/realms/{realm}',
    pattern: String.raw`/\.well-known/oauth-authorization-server/realms/([^/?]+)`,
  },
]

/** Recognises the paths of register-discovery.ts and register-certs.ts without asking the router. */
export class PublishedPaths {
  readonly #places: readonly (Omit<PublishedPath, 'realm'> & { readonly pattern: RegExp })[]

  /** @param relativePath of the server, without a slash at the end */
  constructor(relativePath: string) {
    const root = relativePath.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    this.#places = places.map((place) => ({
      ...place,
      pattern: new RegExp(String.raw`^${root}${place.pattern}/?(?:\?|$)`),
    }))
  }

  /** @param url path and query as they came; @returns undefined for any other path */
  read(url: string): PublishedPath | undefined {
    for (const { pattern, document, template } of this.#places) {
      const name = pattern.exec(url)?.[1]
      if (name !== undefined) return { document, realm: decodedPart(name), template }
    }
    return undefined
  }
}
