import type { FastifyInstance } from 'fastify'
import { registerPreflight } from '../cross-origin.ts'
import type { PublishedDocuments } from './published-documents.ts'
import type { PublishedRealms } from './published-realms.ts'

const paths = [
  '/realms/:realm/.well-known/openid-configuration',
  '/realms/:realm/.well-known/oauth-authorization-server',
  // RFC 8414 §3.1 puts the well-known part before the path of the issuer.
  '/.well-known/oauth-authorization-server/realms/:realm',
]

/** Discovery documents of realms that have to be read first; those of others never come to the router. */
export function registerDiscovery(
  app: FastifyInstance,
  deps: { readonly published: PublishedRealms; readonly documents: PublishedDocuments },
): void {
  for (const path of paths) {
    app.get(path, (request, reply) =>
      deps.published.serve(request, (realm) => {
        deps.documents.write('metadata', realm, request, reply.raw)
        reply.hijack()
      }),
    )
    registerPreflight(app, path, 'GET')
  }
}
