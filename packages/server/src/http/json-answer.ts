import type { OutgoingHttpHeader } from 'node:http'
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
  const { raw } = reply
  // Answered already: see AnswerDeadlines.
  if (raw.headersSent) return
  // A flat list: an object would be put together by looking every name up.
  const headers: OutgoingHttpHeader[] = []
  const own = reply.getHeaders()
  for (const name in own) {
    const value = own[name]
    if (value !== undefined && name !== 'content-type') headers.push(name, value)
  }
  const bytes = Buffer.byteLength(json)
  headers.push(...usualHeaders, 'content-length', bytes)
  raw.writeHead(raw.statusCode, headers)
  // From here on the answer is ours; a header that cannot be sent is still an error of the framework's kind.
  reply.hijack()
  // A text of as many bytes as characters is ASCII: that is copied instead of encoded.
  raw.end(json, bytes === json.length ? 'latin1' : 'utf8')
}
