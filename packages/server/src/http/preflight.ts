import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers what browsers ask before they send a request from another origin (Fetch, CORS preflight): any origin may ask; the
 * request itself is judged by the client that it comes from.
 */
export function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { origin } = headers
  if (origin !== undefined) {
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'DELETE, POST, GET, PUT',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers':
        'Origin, Access-Control-Request-Method, X-Requested-With, Accept, Access-Control-Request-Headers, DPoP, Content-Type, Authorization',
      'access-control-max-age': '3600',
    })
  }
  return reply.code(200).send()
}
