import type { FastifyInstance } from 'fastify'
import { registerPreflight } from '../cross-origin.ts'
import type { PublishedDocuments } from './published-documents.ts'
import { publishedRoutes } from './published-paths.ts'
import type { PublishedRealms } from './published-realms.ts'

/** Metadata and public keys of realms that have to be read first; those of others never come to the router. */
export function registerPublished(
  app: FastifyInstance,
  deps: { readonly published: PublishedRealms; readonly documents: PublishedDocuments },
): void {
  for (const { route, document } of publishedRoutes) {
    app.get(route, (request, reply) =>
      deps.published.serve(request, (realm) => {
        deps.documents.write(document, realm, request, reply.raw)
        reply.hijack()
      }),
    )
    registerPreflight(app, route, 'GET')
  }
}
