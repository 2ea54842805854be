import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { allowAnyOrigin, registerPreflight } from '../cross-origin.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { placesOf } from '../realm-request.ts'
import { type ProviderCapabilities, providerMetadata } from './provider-metadata.ts'
import type { PublishedRealms } from './published-realms.ts'

export interface DiscoveryDeps extends Pick<OidcDeps, 'urls'> {
  readonly published: PublishedRealms
  readonly capabilities: ProviderCapabilities
}

const cacheControl = 'no-cache, must-revalidate, no-transform, no-store'
/** Documents kept per realm: one per name under which the server is seen. */
const documentsPerRealmMax = 20

const paths = [
  '/realms/:realm/.well-known/openid-configuration',
  '/realms/:realm/.well-known/oauth-authorization-server',
  // RFC 8414 §3.1 puts the well-known part before the path of the issuer.
  '/.well-known/oauth-authorization-server/realms/:realm',
]

/** Discovery documents. They are written once per realm snapshot and name of the server. */
export function registerDiscovery(app: FastifyInstance, deps: DiscoveryDeps): void {
  const documents = new WeakMap<Realm, Map<string, string>>()
  const documentOf = (realm: Realm, frontend: string, backend: string): string => {
    let ofRealm = documents.get(realm)
    if (!ofRealm) {
      ofRealm = new Map()
      documents.set(realm, ofRealm)
    }
    const key = `${frontend} ${backend}`
    let document = ofRealm.get(key)
    if (document === undefined) {
      document = JSON.stringify(providerMetadata(realm, frontend, backend, deps.capabilities))
      if (ofRealm.size >= documentsPerRealmMax) ofRealm.clear()
      ofRealm.set(key, document)
    }
    return document
  }
  const answer = (request: FastifyRequest, reply: FastifyReply, realm: Realm): void => {
    const frontend = issuerOf(placesOf(deps, request, realm), realm)
    const backend = issuerOf({ frontend: deps.urls.backend(request) }, realm)
    allowAnyOrigin(request, reply)
    reply.header('cache-control', cacheControl)
    sendJson(reply, documentOf(realm, frontend, backend))
  }
  for (const path of paths) {
    app.get(path, (request, reply) =>
      deps.published.serve(request, (realm) => answer(request, reply, realm)),
    )
    registerPreflight(app, path, 'GET')
  }
}
