import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseCookies } from './cookies.ts'
import type { SecretsInRequests } from './secrets-in-requests.ts'

/** A request that has its answer. */
export interface AnsweredRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly clientAddress: string
  /** Of the body. */
  readonly bytesSent: number
  readonly tookMs: number
  /** Milliseconds since the epoch. */
  readonly endedAt: number
}

type Attribute = (answered: AnsweredRequest) => string

/** Names that Quarkus has for whole patterns. */
const named: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %s %b',
  combined: '%h %l %u %t "%r" %s %b "%{i,Referer}" "%{i,User-Agent}"',
  long: '\n%r\n%{ALL_REQUEST_HEADERS}',
}
const longNames: Readonly<Record<string, string>> = {
  REMOTE_IP: 'a',
  LOCAL_IP: 'A',
  BYTES_SENT: 'B',
  RESPONSE_CODE: 's',
  REMOTE_HOST: 'h',
  PROTOCOL: 'H',
  METHOD: 'm',
  LOCAL_PORT: 'p',
  QUERY_STRING: 'q',
  REQUEST_LINE: 'r',
  DATE_TIME: 't',
  REMOTE_USER: 'u',
  REQUEST_URL: 'U',
  REQUEST_PATH: 'U',
  RELATIVE_PATH: 'R',
  LOCAL_SERVER_NAME: 'v',
  HOST_AND_PORT: 'v',
  RESPONSE_TIME: 'D',
  THREAD_NAME: 'I',
}
const absent = '-'
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const attribute = /%(?:\{([^}]*)\}|([A-Za-z%]))/g

/**
 * Compiles a pattern of Quarkus's access log: `%h`, `%r`, `%{i,Referer}`, `%{RESPONSE_TIME}` and so on; what it does not know
 * stays as it is written.
 */
export function accessLogPattern(
  pattern: string,
  secrets: SecretsInRequests,
): (answered: AnsweredRequest) => string {
  const text = named[pattern] ?? pattern
  const parts: Attribute[] = []
  let end = 0
  for (const match of text.matchAll(attribute)) {
    const literal = text.slice(end, match.index)
    if (literal !== '') parts.push(() => literal)
    end = match.index + match[0].length
    parts.push(attributeOf(match[0], match[1], match[2], secrets))
  }
  const rest = text.slice(end)
  return (answered) => parts.map((part) => part(answered)).join('') + rest
}

function attributeOf(
  whole: string,
  long: string | undefined,
  short: string | undefined,
  secrets: SecretsInRequests,
): Attribute {
  if (long === undefined) return byLetter(short ?? '', secrets) ?? (() => whole)
  const [kind = '', name] = long.split(',', 2).map((part) => part.trim())
  if (name !== undefined) return byName(kind, name, secrets) ?? (() => whole)
  if (kind === 'ALL_REQUEST_HEADERS') return (answered) => allHeaders(answered, secrets)
  if (kind === 'RESPONSE_TIME_MICROS') return ({ tookMs }) => String(Math.round(tookMs * 1000))
  if (kind === 'RESPONSE_TIME_NANOS') return ({ tookMs }) => String(Math.round(tookMs * 1e6))
  return byLetter(longNames[kind] ?? kind, secrets) ?? (() => whole)
}

function byLetter(letter: string, secrets: SecretsInRequests): Attribute | undefined {
  switch (letter) {
    case 'a':
    case 'h':
      return ({ clientAddress }) => clientAddress
    case 'A':
      return ({ request }) => request.socket.localAddress ?? absent
    case 'b':
      return ({ bytesSent }) => (bytesSent === 0 ? absent : String(bytesSent))
    case 'B':
      return ({ bytesSent }) => String(bytesSent)
    case 'l':
    case 'u':
      return () => absent
    case 's':
      return ({ response }) => String(response.statusCode)
    case 't':
      return ({ endedAt }) => commonTime(endedAt)
    case 'D':
      return ({ tookMs }) => String(Math.round(tookMs))
    case 'T':
      return ({ tookMs }) => (tookMs / 1000).toFixed(3)
    case 'I':
      return () => 'main'
    case '%':
      return () => '%'
    default:
      return ofTarget(letter, secrets)
  }
}

/** What the request line and the head say of where the request goes. */
function ofTarget(letter: string, secrets: SecretsInRequests): Attribute | undefined {
  switch (letter) {
    case 'H':
      return ({ request }) => `HTTP/${request.httpVersion}`
    case 'm':
      return ({ request }) => request.method ?? absent
    case 'p':
      return ({ request }) => String(request.socket.localPort ?? absent)
    case 'q':
      return ({ request }) => /\?.*$/.exec(secrets.urlWithout(request.url ?? ''))?.[0] ?? ''
    case 'r':
      return ({ request }) =>
        `${request.method} ${secrets.urlWithout(request.url ?? '')} HTTP/${request.httpVersion}`
    case 'U':
    case 'R':
      return ({ request }) => (request.url ?? '').split('?', 1)[0] ?? ''
    case 'v':
      return ({ request }) => request.headers.host ?? absent
    default:
      return undefined
  }
}

function byName(kind: string, name: string, secrets: SecretsInRequests): Attribute | undefined {
  switch (kind) {
    case 'i':
      return ({ request }) => {
        const value = request.headers[name.toLowerCase()]
        return value === undefined ? absent : secrets.header(name, String(value))
      }
    case 'o':
      return ({ response }) => {
        const value = response.getHeader(name)
        return value === undefined ? absent : secrets.header(name, String(value))
      }
    case 'c':
      return ({ request }) => {
        const value = parseCookies(request.headers.cookie).get(name)
        return value === undefined ? absent : secrets.cookie(name, value)
      }
    case 'q':
      return ({ request }) => {
        const query = secrets.urlWithout(request.url ?? '').split('?')[1]
        return new URLSearchParams(query).get(name) ?? absent
      }
    default:
      return undefined
  }
}

function allHeaders({ request }: AnsweredRequest, secrets: SecretsInRequests): string {
  const { rawHeaders } = request
  const lines: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    lines.push(`${name}: ${secrets.header(name, rawHeaders[index + 1] ?? '')}`)
  }
  return lines.join('\n')
}

/** `[30/Nov/2026:14:11:33 +0000]`, as web servers have always written it. */
function commonTime(ms: number): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = -at.getTimezoneOffset()
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `[${two(at.getDate())}/${months[at.getMonth()]}/${at.getFullYear()}:${time} ${zone}]`
}
