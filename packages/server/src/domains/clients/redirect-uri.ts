import type { Client } from './client.ts'

/** Where relative addresses of clients lead, by the server's settings. No slash at the end. */
export interface RedirectPlaces {
  /** Stands for `${authBaseUrl}`. */
  readonly frontend: string
  /** Stands for `${authAdminUrl}`. */
  readonly admin: string
}

/** Longest redirect URI, in characters, that is looked at. */
const uriLengthMax = 4_000

/** What a URI may hold at all (RFC 3986 §2): no blanks, controls, quotes, backslashes. */
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

/** A way up (`..`) in any notation: under a wildcard it would lead out of the allowed folder. */
const parentFolder = /(?:^|\/|%2f|\\|%5c)(?:\.|%2e){2}(?:$|\/|%2f|\\|%5c)/i

/** Hosts of native apps whose port is chosen when they start (RFC 8252 §7.3). */
const loopbackOrigins = ['http://localhost', 'http://127.0.0.1']

/**
 * Checks the redirect URI of a request against the client's list.
 * @param redirectUri as sent; undefined = left out
 * @param required false lets a client with exactly one full address leave it out (plain OAuth requests)
 * @returns where to redirect to, or null when it is not allowed
 */
export function redirectUriOf(
  client: Client,
  redirectUri: string | undefined,
  places: RedirectPlaces,
  required: boolean,
): string | null {
  const { redirectUris = [], rootUrl } = client.representation
  if (redirectUri === undefined || redirectUri === '') {
    return required ? null : onlyAddress(redirectUris)
  }
  return isAllowedUri(redirectUri, redirectUris, rootUrl, places) ? redirectUri : null
}

/**
 * Keycloak's rules: a list entry is a full address, one relative to the client's root (`/cb`), or ends with a wildcard `*`
 * which then matches any rest; an entry without a port matches any port of a loopback address; `*` alone is any http(s)
 * address.
 */
export function isAllowedUri(
  uri: string,
  allowed: readonly string[],
  rootUrl: string | undefined,
  places: RedirectPlaces,
): boolean {
  const parts = partsOf(uri)
  if (parts === undefined) return false
  const entries = allowed.map((entry) => absolute(entry, rootUrl, places))
  const wildcards = parts.userInfo === undefined && !parentFolder.test(parts.path)
  const matched =
    matching(parts.normalized, entries, wildcards) ??
    matching(withoutLoopbackPort(parts.normalized), entries, wildcards)
  if (matched === undefined) return false
  // Other schemes (of apps) only where the entry itself names them: a wildcard alone must not let `javascript:` through.
  return ['http', 'https'].includes(parts.scheme) || matched.startsWith(`${parts.scheme}:`)
}

interface UriParts {
  readonly scheme: string
  readonly userInfo: string | undefined
  readonly path: string
  /** Scheme and host in lower case, nothing else changed. */
  readonly normalized: string
}

/** RFC 3986 appendix B, for absolute URIs only. */
function partsOf(uri: string): UriParts | undefined {
  if (uri.length > uriLengthMax || !uriCharacters.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri)) {
    return undefined
  }
  const [, scheme, authority, path = '', rest = ''] =
    /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(.*)$/.exec(uri) ?? []
  if (scheme === undefined) return undefined
  const lower = scheme.toLowerCase()
  if (['http', 'https'].includes(lower) && !authority) return undefined
  if (authority === undefined) {
    return { scheme: lower, userInfo: undefined, path, normalized: `${lower}:${path}${rest}` }
  }
  const at = authority.lastIndexOf('@')
  const userInfo = at < 0 ? undefined : authority.slice(0, at)
  const host = authority.slice(at + 1).toLowerCase()
  const prefix = userInfo === undefined ? '' : `${userInfo}@`
  const normalized = `${lower}://${prefix}${host}${path}${rest}`
  return { scheme: lower, userInfo, path, normalized }
}

/** @returns the entry that matches, without its wildcard */
function matching(
  uri: string | undefined,
  entries: readonly string[],
  wildcards: boolean,
): string | undefined {
  if (uri === undefined) return undefined
  for (const entry of entries) {
    if (entry === '*' || entry === uri) return entry
    if (!wildcards || !entry.endsWith('*') || entry.includes('?')) continue
    // Query and fragment are free under a wildcard.
    const start = uri.replace(/[?#].*$/, '')
    const prefix = entry.slice(0, -1)
    if (start.startsWith(prefix)) return prefix
    if (prefix.endsWith('/') && start === prefix.slice(0, -1)) return prefix
  }
  return undefined
}

function absolute(entry: string, rootUrl: string | undefined, places: RedirectPlaces): string {
  if (!entry.startsWith('/')) return resolved(entry, places)
  const root = rootUrl ? resolved(rootUrl, places) : new URL(places.frontend).origin
  return `${root.replace(/\/$/, '')}${entry}`
}

/** @returns an address of a client with Keycloak's placeholders for the server's own addresses filled in */
export function resolved(url: string, places: RedirectPlaces): string {
  return url
    .replace(/^\$\{authBaseUrl\}/, places.frontend)
    .replace(/^\$\{authAdminUrl\}/, places.admin)
}

function withoutLoopbackPort(uri: string): string | undefined {
  for (const origin of loopbackOrigins) {
    const rest = uri.startsWith(`${origin}:`) ? uri.slice(origin.length + 1) : undefined
    if (rest !== undefined && /^\d+(?:$|[/?#])/.test(rest)) {
      return `${origin}${rest.replace(/^\d+/, '')}`
    }
  }
  return undefined
}

function onlyAddress(redirectUris: readonly string[]): string | null {
  const [only, ...others] = redirectUris
  if (only === undefined || others.length > 0 || only.includes('*') || only.startsWith('/')) {
    return null
  }
  return only
}
