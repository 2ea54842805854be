import type { FastifyRequest } from 'fastify'

/** More cookies than this in one request are ignored: browsers keep at most 180 per site. */
const cookiesMax = 200

/** @returns the cookies that the browser sent; of two with one name the first, which has the longer path (RFC 6265 §5.4). */
export function cookiesOf(request: FastifyRequest): ReadonlyMap<string, string> {
  return parseCookies(request.headers.cookie)
}

/** Parses a `Cookie` header (RFC 6265 §4.2); quotes around a value are dropped, what is not a pair is skipped. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  if (header === undefined) return cookies
  for (const part of header.split(';').slice(0, cookiesMax)) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const name = part.slice(0, equals).trim()
    const value = part.slice(equals + 1).trim()
    if (name === '' || name.startsWith('$') || cookies.has(name)) continue
    cookies.set(name, unquote(value))
  }
  return cookies
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value
}

/** What a cookie is sent with. */
export interface CookieAttributes {
  /** Ends with a slash, e.g. `/realms/acme/`. */
  readonly path: string
  /** Seconds; 0 deletes the cookie; absent = until the browser is closed. */
  readonly maxAgeSeconds?: number
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'None' | 'Lax' | 'Strict'
}

/** Characters that a cookie value may hold without quotes (RFC 6265 §4.1.1). */
const plainValue = /^[!#-+\--:<-[\]-~]*$/

/** @returns a `Set-Cookie` value with Keycloak's attributes in Keycloak's order (`Version=1;Path=…`). */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes): string {
  const text = plainValue.test(value) ? value : `"${encodeURIComponent(value)}"`
  const parts = [`${name}=${text}`, 'Version=1', `Path=${attributes.path}`]
  if (attributes.maxAgeSeconds !== undefined) {
    if (attributes.maxAgeSeconds === 0) parts.push('Expires=Thu, 01-Jan-1970 00:00:10 GMT')
    parts.push(`Max-Age=${attributes.maxAgeSeconds}`)
  }
  if (attributes.secure) parts.push('Secure')
  if (attributes.httpOnly) parts.push('HttpOnly')
  parts.push(`SameSite=${attributes.sameSite}`)
  return parts.join(';')
}

/**
 * Secure context by the URL that the browser uses (operations/proxy-headers.json): https or a loopback host get
 * `Secure; SameSite=None`; any other plain http host gets neither, and `Lax`.
 */
export function cookieSecurity(frontendUrl: string): Pick<CookieAttributes, 'secure' | 'sameSite'> {
  const { protocol, hostname } = new URL(frontendUrl)
  const secure = protocol === 'https:' || isLoopback(hostname)
  return { secure, sameSite: secure ? 'None' : 'Lax' }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
