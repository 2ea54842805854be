import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../domains/clients/client.ts'
import { type ServerPlaces, validWebOrigins } from '../domains/tokens/web-origins.ts'
import { HttpError } from '../http/http-error.ts'

/**
 * Lets a script of the client that a token was issued to read the answer (CORS), and pages of this server.
 * @param own which of the server's addresses those pages are at
 * @throws HttpError 403 for every other origin
 */
export function allowCallerOrigin(
  { headers: { origin } }: FastifyRequest,
  reply: FastifyReply,
  client: Client,
  places: ServerPlaces,
  own: keyof ServerPlaces,
): void {
  if (origin === undefined || origin === 'null') return
  const allowed = validWebOrigins(client, places)
  const isOwn = origin === new URL(places[own]).origin
  if (!isOwn && !allowed.includes(origin) && !allowed.includes('*')) {
    throw new HttpError(403, { error: 'Invalid origin' })
  }
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
}
