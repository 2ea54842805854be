import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnsweredRequest, accessLogPattern } from './access-log-pattern.ts'
import type { AccessLogSettings } from './access-log-settings.ts'
import { SecretsInRequests } from './secrets-in-requests.ts'

export interface AccessLogDeps {
  readonly settings: Pick<AccessLogSettings, 'pattern' | 'maskedHeaders' | 'maskedCookies'>
  /** Whether a path is left out. */
  readonly excludes: (path: string) => boolean
  readonly clientAddress: (request: IncomingMessage) => string
  /** Takes one line, without its line feed. */
  readonly write: (line: string) => void
}

/** Says of each request, once it has its answer, who asked for what and how that went. */
export class AccessLog {
  readonly #deps: AccessLogDeps
  readonly #format: (answered: AnsweredRequest) => string

  constructor(deps: AccessLogDeps) {
    this.#deps = deps
    const { pattern, maskedHeaders, maskedCookies } = deps.settings
    this.#format = accessLogPattern(pattern, new SecretsInRequests(maskedHeaders, maskedCookies))
  }

  /** To be called before anything is answered. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (this.#deps.excludes(path)) return
    const begin = performance.now()
    // A socket that is gone no longer tells whose it was.
    const clientAddress = this.#deps.clientAddress(request)
    const sent = countBody(response)
    response.once('close', () => {
      const tookMs = performance.now() - begin
      const bytesSent = request.method === 'HEAD' ? 0 : sent()
      const endedAt = Date.now()
      this.#deps.write(
        this.#format({ request, response, clientAddress, bytesSent, tookMs, endedAt }),
      )
    })
  }
}

/** Counts the bytes that are written to the body of an answer. @returns how many it were so far */
function countBody(response: ServerResponse): () => number {
  let bytes = 0
  const count = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') {
      bytes += Buffer.byteLength(
        chunk,
        typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8',
      )
    } else if (chunk instanceof Uint8Array) bytes += chunk.length
  }
  const { write, end } = response
  response.write = function counted(this: ServerResponse, ...given: unknown[]) {
    count(given[0], given[1])
    return Reflect.apply(write, this, given) as boolean
  } as typeof write
  response.end = function counted(this: ServerResponse, ...given: unknown[]) {
    count(given[0], given[1])
    // Some ends write by themselves.
    response.write = write
    return Reflect.apply(end, this, given) as ServerResponse
  } as typeof end
  return () => bytes
}
