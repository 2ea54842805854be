import type { FastifyInstance } from 'fastify'

/** Answers that browsers ask for before they send a request from another origin (Fetch, CORS preflight). */
export function registerPreflight(app: FastifyInstance): void {
  app.options('/admin/*', async (request, reply) => {
    const { origin } = request.headers
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
  })
}
