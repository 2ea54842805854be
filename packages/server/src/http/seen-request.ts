import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** What tells under which name the server is seen; the router's requests are such. */
export type SeenRequest = Pick<FastifyRequest, 'headers' | 'protocol' | 'raw'>

/** @returns the same of a request that has not come to the router */
export function seen(request: IncomingMessage): SeenRequest {
  const encrypted = 'encrypted' in request.socket
  return { raw: request, headers: request.headers, protocol: encrypted ? 'https' : 'http' }
}
