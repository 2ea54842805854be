import { headingsOf, pageIdOf, titleOf } from './html-page.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { type Comparison, compareJson, isIgnored, isStable, parseJson } from './json-comparison.ts'

/** One recorded exchange of a real Keycloak, as `tests/fixtures/README.md` describes it. */
export interface RecordedExchange {
  readonly note?: string
  readonly request?: RecordedRequest
  readonly status: number
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly html?: {
    readonly title?: string | null
    readonly headings?: readonly (readonly [string, string])[]
    readonly pageId?: string | null
    readonly messages?: readonly string[]
  }
  readonly decodedTokens?: Readonly<Record<string, RecordedToken>>
}

interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly form?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, unknown>>
  readonly [other: string]: unknown
}

export interface RecordedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

interface RecordedCookie {
  readonly name: string
  readonly value: string
  readonly attributes: readonly string[]
}

interface RecordedLocation {
  readonly base: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly fragment?: Readonly<Record<string, unknown>>
}

/** Headers that describe the connection, not the answer; and `Allow`, which Keycloak forgets (RFC 9110 §15.5.6). */
const connectionHeaders = new Set([
  'allow',
  'connection',
  'keep-alive',
  'date',
  'content-length',
  'transfer-encoding',
  'vary',
])

/**
 * Compares an answer with what Keycloak said, in shape: status, header names and stable values, cookie names and
 * attributes, redirect target and parameter names, JSON keys and types, error codes and texts, page ids and titles,
 * claims of decoded tokens.
 * @returns one line per difference, empty when there is none
 */
export function differences(
  recorded: RecordedExchange,
  actual: HttpAnswer,
  comparison: Comparison,
): string[] {
  const found: string[] = []
  const text = (value: unknown): unknown => relocate(value, comparison)
  compareStatus(recorded.status, actual.status, found)
  if (recorded.status >= 500) return found
  compareHeaders(text(recorded.headers ?? {}) as Record<string, unknown>, actual, comparison, found)
  if (recorded.html !== undefined) compareHtml(recorded.html, actual.body, comparison, found)
  else if (recorded.body !== undefined && recorded.body !== null) {
    compareBody(text(recorded.body), actual.body, comparison, found)
  }
  for (const [member, token] of Object.entries(recorded.decodedTokens ?? {})) {
    compareToken(member, text(token) as RecordedToken, actual.body, comparison, found)
  }
  return found
}

function compareStatus(recorded: number, actual: number, found: string[]): void {
  // Where Keycloak answers 500 it is a bug of its own; any refusal is better.
  const accepted = recorded >= 500 ? actual >= 400 && actual < 500 : actual === recorded
  if (!accepted) found.push(`status: ${actual} instead of ${recorded}`)
}

function compareHeaders(
  recorded: Readonly<Record<string, unknown>>,
  actual: HttpAnswer,
  comparison: Comparison,
  found: string[],
): void {
  for (const [name, value] of Object.entries(recorded)) {
    if (connectionHeaders.has(name) || isIgnored(name, comparison)) continue
    if (name === 'set-cookie') {
      if (!isIgnored('cookies', comparison))
        compareCookies(value as RecordedCookie[], actual, found)
    } else if (name === 'location') {
      compareLocation(
        value as RecordedLocation | string,
        actual.headers.location,
        comparison,
        found,
      )
    } else if (actual.headers[name] === undefined) {
      found.push(`header ${name}: missing (${JSON.stringify(value)})`)
    } else if (
      typeof value === 'string' &&
      !value.includes('<') &&
      !sameHeader(value, actual.headers[name])
    ) {
      found.push(
        `header ${name}: ${JSON.stringify(actual.headers[name])} instead of ${JSON.stringify(value)}`,
      )
    }
  }
  for (const name of Object.keys(actual.headers)) {
    if (name in recorded || connectionHeaders.has(name) || isIgnored(name, comparison)) continue
    found.push(`header ${name}: not in the recording (${String(actual.headers[name])})`)
  }
}

/** Media types compare without the blank before their parameter, everything else as it is. */
function sameHeader(recorded: string, actual: string | string[] | undefined): boolean {
  const plain = (text: string): string => text.replace(/;\s*/g, ';').toLowerCase()
  return plain(recorded) === plain(Array.isArray(actual) ? actual.join(', ') : (actual ?? ''))
}

function compareCookies(
  recorded: readonly RecordedCookie[],
  actual: HttpAnswer,
  found: string[],
): void {
  const lines = new Map(
    actual.setCookies.map((line) => {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      return [pair.slice(0, pair.indexOf('=')), comparableAttributes(attributes)]
    }),
  )
  for (const { name, attributes } of recorded) {
    const line = lines.get(name)
    const wanted = comparableAttributes(attributes)
    if (line === undefined) found.push(`cookie ${name}: not set (${wanted})`)
    else if (line !== wanted) found.push(`cookie ${name}: "${line}" instead of "${wanted}"`)
    lines.delete(name)
  }
  for (const name of lines.keys()) found.push(`cookie ${name}: not in the recording`)
}

/**
 * Attributes in one order. Long lifetimes are compared in minutes, because a session has grown older by the time it is
 * seen again. Of a deletion only path and age count: Keycloak leaves out `Secure`, without which browsers keep a secure
 * cookie on plain http.
 */
function comparableAttributes(attributes: readonly string[]): string {
  const deleted = attributes.includes('Max-Age=0')
  return attributes
    .filter((attribute) => !deleted || /^(Path|Max-Age)=/.test(attribute))
    .map((attribute) =>
      attribute.replace(/^Max-Age=(\d{4,})$/, (_, age: string) => {
        return `Max-Age=${Math.round(Number(age) / 60)} min`
      }),
    )
    .toSorted()
    .join('; ')
}

function compareLocation(
  recorded: RecordedLocation | string,
  actual: string | undefined,
  comparison: Comparison,
  found: string[],
): void {
  if (actual === undefined) {
    found.push(`location: missing (${JSON.stringify(recorded)})`)
    return
  }
  if (typeof recorded === 'string') {
    if (!recorded.includes('<') && recorded !== actual)
      found.push(`location: ${actual} instead of ${recorded}`)
    return
  }
  const url = new URL(actual, comparison.origin)
  const here = `${url.origin}${url.pathname}`
  if (here !== recorded.base && actual.split(/[?#]/)[0] !== recorded.base) {
    found.push(`location: ${here} instead of ${recorded.base}`)
  }
  compareParameters('query', recorded.query ?? {}, url.searchParams, found)
  const fragment = new URLSearchParams(url.hash.slice(1))
  compareParameters('fragment', recorded.fragment ?? {}, fragment, found)
}

/** Parameters whose value is the same on every server. */
const exactParameters = new Set([
  'error',
  'error_description',
  'state',
  'iss',
  'execution',
  'client_id',
  'kc_action_status',
  'kc_action',
])

function compareParameters(
  where: string,
  recorded: Readonly<Record<string, unknown>>,
  actual: URLSearchParams,
  found: string[],
): void {
  for (const [name, value] of Object.entries(recorded)) {
    const here = actual.get(name)
    if (here === null) found.push(`location ${where}: ${name} is missing (${String(value)})`)
    else if (exactParameters.has(name) && isStable(value) && value !== here) {
      found.push(`location ${where}: ${name}=${here} instead of ${value}`)
    }
  }
  for (const name of new Set(actual.keys())) {
    if (!(name in recorded))
      found.push(`location ${where}: ${name}=${actual.get(name)} is not in the recording`)
  }
}

function compareHtml(
  recorded: NonNullable<RecordedExchange['html']>,
  html: string,
  comparison: Comparison,
  found: string[],
): void {
  if (isIgnored('html', comparison)) return
  if (recorded.title !== undefined && recorded.title !== titleOf(html)) {
    found.push(`title: ${titleOf(html)} instead of ${recorded.title}`)
  }
  if (recorded.pageId !== undefined && recorded.pageId !== pageIdOf(html)) {
    found.push(`page: ${pageIdOf(html)} instead of ${recorded.pageId}`)
  }
  const headings = headingsOf(html).filter(([tag]) => tag === 'h1')
  const wanted = (recorded.headings ?? []).filter(([tag]) => tag === 'h1')
  if (wanted.length > 0 && JSON.stringify(headings) !== JSON.stringify(wanted)) {
    found.push(`headings: ${JSON.stringify(headings)} instead of ${JSON.stringify(wanted)}`)
  }
}

function compareBody(
  recorded: unknown,
  actual: string,
  comparison: Comparison,
  found: string[],
): void {
  if (typeof recorded === 'string') {
    if (!recorded.includes('<') && !recorded.startsWith('(') && recorded !== actual) {
      found.push(
        `body: ${JSON.stringify(actual.slice(0, 200))} instead of ${JSON.stringify(recorded)}`,
      )
    }
    return
  }
  const parsed = parseJson(actual)
  if (parsed === undefined) found.push(`body: no JSON (${JSON.stringify(actual.slice(0, 200))})`)
  else compareJson('body', recorded, parsed, comparison, found)
}

function compareToken(
  member: string,
  recorded: RecordedToken,
  body: string,
  comparison: Comparison,
  found: string[],
): void {
  if (isIgnored('tokens', comparison) || isIgnored(member, comparison)) return
  const parsed = parseJson(body) as Record<string, unknown> | undefined
  const compact = parsed?.[member]
  const parts = typeof compact === 'string' ? compact.split('.') : []
  if (parts.length !== 3) {
    found.push(`${member}: no compact JWT`)
    return
  }
  const part = (index: number): unknown =>
    parseJson(Buffer.from(parts[index] ?? '', 'base64url').toString('utf8'))
  compareJson(`${member}.header`, recorded.header, part(0), comparison, found)
  compareJson(`${member}.payload`, recorded.payload, part(1), comparison, found)
  if (isIgnored(`${member}.payload.jti`, comparison)) return
  const prefix = /^[a-z]{6}:/.exec(String(recorded.payload['jti']))?.[0]
  const jti = String((part(1) as Record<string, unknown> | undefined)?.['jti'])
  if (prefix !== undefined && !jti.startsWith(prefix))
    found.push(`${member}.payload.jti: ${jti} instead of ${prefix}…`)
}

/** The recording with its own origin replaced by that of the server under test. */
function relocate(value: unknown, comparison: Comparison): unknown {
  const recordedOrigin = comparison.recordedOrigin ?? 'http://127.0.0.1:8080'
  const text = JSON.stringify(value)
  return text === undefined ? value : JSON.parse(text.replaceAll(recordedOrigin, comparison.origin))
}
