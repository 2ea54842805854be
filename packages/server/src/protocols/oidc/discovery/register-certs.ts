import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { KeyRing } from '../../../domains/keys/key-ring.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { allowAnyOrigin, registerPreflight } from '../cross-origin.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { PublishedRealms } from './published-realms.ts'

const path = '/realms/:realm/protocol/openid-connect/certs'

/** `GET …/certs`: the realm's public keys as a JWK set (RFC 7517 §5), written once per realm snapshot. */
export function registerCerts(
  app: FastifyInstance,
  deps: Pick<OidcDeps, 'keys'> & { readonly published: PublishedRealms },
): void {
  const documents = new WeakMap<KeyRing, string>()
  const answer = (request: FastifyRequest, reply: FastifyReply, realm: Realm): void => {
    const ring = deps.keys.ring(realm)
    let document = documents.get(ring)
    if (document === undefined) {
      document = JSON.stringify({ keys: ring.publicJwks })
      documents.set(ring, document)
    }
    allowAnyOrigin(request, reply)
    reply.header('cache-control', 'no-cache')
    sendJson(reply, document)
  }
  app.get(path, (request, reply) =>
    deps.published.serve(request, (realm) => answer(request, reply, realm)),
  )
  registerPreflight(app, path, 'GET')
}
