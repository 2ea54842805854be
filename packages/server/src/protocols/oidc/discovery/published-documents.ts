import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { KeyRing } from '../../../domains/keys/key-ring.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { writeJson } from '../../../http/json-answer.ts'
import { type SeenRequest, seen } from '../../../http/seen-request.ts'
import { placesOf } from '../../../login/request-places.ts'
import { anyOriginHeaders } from '../cross-origin.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { type ProviderCapabilities, providerMetadata } from './provider-metadata.ts'
import { type PublishedDocument, PublishedPaths } from './published-paths.ts'
import type { PublishedRealms } from './published-realms.ts'
import { umaMetadata } from './uma-metadata.ts'

export interface PublishedDocumentsDeps extends Pick<OidcDeps, 'urls' | 'keys'> {
  readonly published: PublishedRealms
  readonly capabilities: ProviderCapabilities
  /** Of the server, without a slash at the end. */
  readonly relativePath: string
}

const cacheControl: Readonly<Record<PublishedDocument, string>> = {
  metadata: 'no-cache, must-revalidate, no-transform, no-store',
  keys: 'no-cache',
  uma: 'no-cache, must-revalidate, no-transform, no-store',
}
/** Metadata kept per realm: one text per name under which the server is seen. */
const textsPerRealmMax = 20

/**
 * Metadata (OpenID Connect Discovery §4, RFC 8414 §3) and public keys (RFC 7517 §5) of realms. A text is written once per
 * realm snapshot and name of the server; what it costs to answer with it is being sent, so that documents of known realms do
 * without the router (docs/decisions/0017-known-documents-are-sent-without-the-router.md).
 */
export class PublishedDocuments {
  readonly #deps: PublishedDocumentsDeps
  readonly #paths: PublishedPaths
  readonly #metadata = new WeakMap<Realm, Map<string, string>>()
  readonly #keys = new WeakMap<KeyRing, string>()

  constructor(deps: PublishedDocumentsDeps) {
    this.#deps = deps
    this.#paths = new PublishedPaths(deps.relativePath)
  }

  /**
   * Answers a request for a document of a realm that is known here, at once.
   * @returns the matched route, or undefined: then the router answers
   */
  answer(request: IncomingMessage, response: ServerResponse): string | undefined {
    if (request.method !== 'GET') return undefined
    const path = this.#paths.read(request.url ?? '')
    if (path === undefined || !this.#serves(path)) return undefined
    const realm = this.#deps.published.known(path.realm)
    if (realm === undefined) return undefined
    try {
      this.write(path.document, realm, seen(request), response)
    } catch {
      // The router's endpoint comes to the same error, and says what the client is told.
      return undefined
    }
    return path.route
  }

  /** Whether a request is for a document of a realm that was read here before. */
  mayAnswer({ url = '', method }: IncomingMessage): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false
    const path = this.#paths.read(url)
    return path !== undefined && this.#serves(path) && this.#deps.published.wasRead(path.realm)
  }

  #serves({ document }: { readonly document: PublishedDocument }): boolean {
    return document !== 'uma' || this.#deps.capabilities.uma
  }

  /**
   * Writes the whole answer.
   * @throws HttpError 400 where the request names a host that cannot be one
   */
  write(
    document: PublishedDocument,
    realm: Realm,
    request: SeenRequest,
    response: ServerResponse,
  ): void {
    const text =
      document === 'keys' ? this.#keysOf(realm) : this.#metadataOf(realm, request, document)
    const headers: OutgoingHttpHeader[] = ['cache-control', cacheControl[document]]
    headers.push(...anyOriginHeaders(request.headers))
    writeJson(response, headers, text)
  }

  #keysOf(realm: Realm): string {
    const ring = this.#deps.keys.ring(realm)
    let text = this.#keys.get(ring)
    if (text === undefined) {
      text = JSON.stringify({ keys: ring.publicJwks })
      this.#keys.set(ring, text)
    }
    return text
  }

  #metadataOf(realm: Realm, request: SeenRequest, document: 'metadata' | 'uma'): string {
    const { urls, capabilities } = this.#deps
    const places = placesOf(this.#deps, request, realm)
    const frontend = issuerOf(places, realm)
    // A realm's own address is that of its back channel too, unless that follows the request.
    const behind = urls.backend(request)
    const followsFrontend = behind === urls.frontend(request)
    const backend = issuerOf({ frontend: followsFrontend ? places.frontend : behind }, realm)
    let ofRealm = this.#metadata.get(realm)
    if (!ofRealm) {
      ofRealm = new Map()
      this.#metadata.set(realm, ofRealm)
    }
    const key = `${document} ${frontend} ${backend}`
    let text = ofRealm.get(key)
    if (text === undefined) {
      const metadata = providerMetadata(realm, frontend, backend, capabilities)
      const shown = document === 'uma' ? umaMetadata(metadata, frontend, backend) : metadata
      text = JSON.stringify(shown)
      if (ofRealm.size >= textsPerRealmMax) ofRealm.clear()
      ofRealm.set(key, text)
    }
    return text
  }
}
