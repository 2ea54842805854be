import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { jsonSecurityHeaders } from './security-headers.ts'

/**
 * Answers with a finished JSON text and the headers that `reply` has so far, without the steps that the framework goes
 * through for any kind of answer: looking at its type, serialising, hooks that would find nothing else to do. For
 * endpoints whose answers are many and cost little more than being sent (docs/operating/performance.md); the bytes are the
 * same. The handler returns nothing afterwards.
 */
export function sendJson(reply: FastifyReply, json: string): void {
  const { raw } = reply
  raw.writeHead(raw.statusCode, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'application/json',
    ...jsonSecurityHeaders,
    'content-length': Buffer.byteLength(json),
  })
  // From here on the answer is ours; a header that cannot be sent is still an error of the framework's kind.
  reply.hijack()
  raw.end(json)
}
