import type { FastifyInstance } from 'fastify'
import { registerPreflight } from '../cross-origin.ts'
import type { PublishedDocuments } from './published-documents.ts'
import type { PublishedRealms } from './published-realms.ts'

const path = '/realms/:realm/protocol/openid-connect/certs'

/** `GET …/certs`: the public keys of realms that have to be read first. */
export function registerCerts(
  app: FastifyInstance,
  deps: { readonly published: PublishedRealms; readonly documents: PublishedDocuments },
): void {
  app.get(path, (request, reply) =>
    deps.published.serve(request, (realm) => {
      deps.documents.write('keys', realm, request, reply.raw)
      reply.hijack()
    }),
  )
  registerPreflight(app, path, 'GET')
}
