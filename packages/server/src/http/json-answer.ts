import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { jsonSecurityHeaders } from './security-headers.ts'

const usualHeaders = [
  ...['content-type', 'application/json'],
  ...Object.entries(jsonSecurityHeaders).flat(),
]

/**
 * Answers with a finished JSON text and the headers that `reply` has so far, without the steps that the framework goes
 * through for any kind of answer: looking at its type, serialising, hooks that would find nothing else to do. For
 * endpoints whose answers are many and cost little more than being sent (docs/operating/performance.md); the bytes are the
 * same. The handler returns nothing afterwards.
 */
export function sendJson(reply: FastifyReply, json: string): void {
  // A flat list: an object would be put together by looking every name up.
  const headers: OutgoingHttpHeader[] = []
  const own = reply.getHeaders()
  for (const name in own) {
    const value = own[name]
    if (value !== undefined && name !== 'content-type') headers.push(name, value)
  }
  writeJson(reply.raw, headers, json)
  // A header that cannot be sent has been thrown, and is still an error of the framework's kind.
  reply.hijack()
}

/**
 * The same where no framework has seen the request. Does nothing when it was answered in the meantime (AnswerDeadlines).
 * @param headers names and values by turns, to which the usual ones of JSON are added
 * @throws TypeError for a header that cannot be sent; nothing is written then
 */
export function writeJson(
  response: ServerResponse,
  headers: OutgoingHttpHeader[],
  json: string,
): void {
  if (response.headersSent) return
  const bytes = Buffer.byteLength(json)
  headers.push(...usualHeaders, 'content-length', bytes)
  response.writeHead(response.statusCode, headers)
  // A text of as many bytes as characters is ASCII: that is copied instead of encoded.
  response.end(json, bytes === json.length ? 'latin1' : 'utf8')
}
