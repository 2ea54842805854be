import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../domains/clients/client.ts'
import { type ServerPlaces, validWebOrigins } from '../../domains/tokens/web-origins.ts'
import { HttpError } from '../../http/http-error.ts'

const preflightMaxAgeSeconds = 3_600
const requestHeaders =
  'Origin, Access-Control-Request-Method, X-Requested-With, Accept, Access-Control-Request-Headers, DPoP, Content-Type, Authorization'

function originOf({ headers: { origin } }: Pick<FastifyRequest, 'headers'>): string | null {
  return origin === undefined || origin === '' ? null : origin
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
}

/** Lets scripts of any origin read a public document. */
export function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const origin = originOf(request)
  if (origin !== null) allow(reply, origin)
}

/**
 * Runs what finds out which client asks. Where it fails no client says which origins may read why, and there is no secret in
 * it: scripts of any origin may, so that an application can tell its user.
 */
export async function readableRefusal<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    allowAnyOrigin(request, reply)
    if (originOf(request) !== null) {
      reply.header('access-control-expose-headers', 'Access-Control-Allow-Methods')
    }
    throw error
  }
}

/** The same as a list of names and values, for answers that are written past the framework. */
export function anyOriginHeaders(headers: FastifyRequest['headers']): string[] {
  const origin = originOf({ headers })
  if (origin === null) return []
  return ['access-control-allow-origin', origin, 'access-control-allow-credentials', 'true']
}

/**
 * Lets scripts of the client's web origins read the answer.
 * @returns false when the request comes from another origin
 */
export function allowClientOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  client: Client,
  places: ServerPlaces,
): boolean {
  const origin = originOf(request)
  if (origin === null) return true
  const origins = validWebOrigins(client, places)
  if (!origins.includes(origin) && !origins.includes('*')) {
    return new URL(places.frontend).origin === origin
  }
  allow(reply, origin)
  reply.header('access-control-expose-headers', 'Access-Control-Allow-Methods')
  return true
}

/**
 * As `allowClientOrigin`, where nothing is done for scripts of other origins.
 * @throws HttpError 403
 */
export function requireClientOrigin(...given: Parameters<typeof allowClientOrigin>): void {
  if (!allowClientOrigin(...given)) throw new HttpError(403, { error: 'Invalid origin' })
}

/**
 * As `requireClientOrigin`, where something else than a client says which origins may read the answer.
 * @throws HttpError 403
 */
export function requireOneOfOrigins(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
  { frontend }: ServerPlaces,
): void {
  const origin = originOf(request)
  if (origin === null) return
  if (origins.includes(origin) || origins.includes('*')) allow(reply, origin)
  else if (new URL(frontend).origin !== origin)
    throw new HttpError(403, { error: 'Invalid origin' })
}

/** Answers preflight requests (Fetch §4.8): yes to every origin, since the actual request is checked by its client. */
export function registerPreflight(app: FastifyInstance, path: string, methods: string): void {
  app.options(path, async (request, reply) => {
    const origin = originOf(request)
    if (origin !== null) {
      allow(reply, origin)
      reply.header('access-control-allow-methods', methods)
      reply.header('access-control-allow-headers', requestHeaders)
      reply.header('access-control-max-age', String(preflightMaxAgeSeconds))
    }
    return reply.code(200).send()
  })
}
