import type { Client } from './client.ts'
import { asciiUri, type ParsedUri, parseUri } from './parsed-uri.ts'

/** Where relative addresses of clients lead, by the server's settings. No slash at the end. */
export interface RedirectPlaces {
  /** Stands for `${authBaseUrl}`. */
  readonly frontend: string
  /** Stands for `${authAdminUrl}`. */
  readonly admin: string
}

/** How often a path may have been encoded over and over; one that is deeper is not looked into further. */
const encodedMax = 8

/** Hosts of native apps whose port is chosen when they start (RFC 8252 §7.3). */
const loopback = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d*(?=$|[/?#])/

/** A host as browsers and resolvers take it, with a port: names of labels, or an IPv6 address. */
const plainHost =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/
/** The same where no wildcard is asked: hosts that the administrator wrote down by letter. */
const writtenHost = /^(?:[^@]*@)?(?:[A-Za-z0-9_-][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/

/** Control characters, which some readers drop. */
const encodedControl = /%[01][0-9A-Fa-f]|%7f/i

/** Parameters that an answer may carry: a redirect URI that has one already would let its reader take either. */
const answerParameters: ReadonlySet<string> = new Set([
  'access_token',
  'code',
  'error',
  'error_description',
  'expires_in',
  'id_token',
  'iss',
  'kc_action',
  'kc_action_status',
  'response',
  'session_state',
  'state',
  'token_type',
])

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
  return allowedUri(redirectUri, redirectUris, rootUrl, places)
}

/**
 * Keycloak's rules, component by component: a list entry is a full address that must be met by letter, one relative to
 * the client's root (`/cb`), or ends with a wildcard `*` that stands for any rest of the component it is in and of those
 * behind it, but never for the rest of a host. Under a wildcard there may be no user, and no path that leads up
 * (`..`) in any notation. An entry without a port matches any port of a loopback address. `*` alone is any http(s) address,
 * relative ones too.
 * @returns the address to go to, in ASCII; null when it is not allowed
 */
export function allowedUri(
  uri: string,
  allowed: readonly string[],
  rootUrl: string | undefined,
  places: RedirectPlaces,
): string | null {
  const parts = parseUri(uri)
  if (parts === undefined || carriesAnswer(parts)) return null
  const ordinary = parts.scheme !== undefined && /^https?$/i.test(parts.scheme)
  if (ordinary && parts.authority === '') return null
  const up = leadsUp(parts.path)
  const entries = allowed.map((entry) => absolute(entry, rootUrl, places))
  const { authority } = parts
  if (authority && !writtenHost.test(authority)) return null
  const wildcards = !up && (!authority || plainHost.test(authority))
  const matched =
    matching(uri, entries, wildcards) ?? matching(uri.replace(loopback, '$1'), entries, wildcards)
  if (matched === undefined) return null
  if (matched !== '*' && up && encodedControl.test(parts.path)) return null
  if (parts.scheme === undefined) {
    return matched === '*'
      ? asciiUri(absolute(`/${uri}`.replace(/^\/\//, '/'), rootUrl, places))
      : null
  }
  // Other schemes (of apps) only where the entry itself names them: a wildcard alone must not let `javascript:` through.
  return ordinary || matched.startsWith(`${parts.scheme}:`) ? asciiUri(uri) : null
}

/** Whether a query or fragment has a parameter that answers have. */
function carriesAnswer({ query, fragment }: ParsedUri): boolean {
  for (const part of [query, fragment]) {
    for (const pair of part.slice(1).split('&')) {
      const [name = ''] = pair.split('=', 1)
      const plain = decoded(name)
        .replace(/\p{Cc}/gu, '')
        .toLowerCase()
      if (answerParameters.has(plain)) return true
    }
  }
  return false
}

/**
 * Whether a path leads to a parent folder for any of those who read it: by `..`, encoded once or often, ended by a slash
 * of either kind or a path parameter (`..;x`), with control characters that some drop.
 */
function leadsUp(path: string): boolean {
  let plain = path
  for (let times = 0; plain.includes('%'); times += 1) {
    const next = decoded(plain)
    if (next === plain) break
    if (times === encodedMax) return true
    plain = next
  }
  const segments = plain.replace(/\p{Cc}/gu, '').split(/[/\\]/)
  return segments.some((segment) => /^\.\.(?:;|$)/.test(segment))
}

/** What is encoded as ASCII, plain; the rest stays, which makes no difference for what is looked for. */
function decoded(text: string): string {
  return text.replace(/%([0-7][0-9A-Fa-f])/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** @returns the entry that matches, without its wildcard */
function matching(uri: string, entries: readonly string[], wildcards: boolean): string | undefined {
  // Query and fragment are free under a wildcard.
  const start = uri.replace(/[?#].*$/s, '')
  for (const entry of entries) {
    if (entry === uri) return entry
    if (!wildcards || entry === '*' || !entry.endsWith('*') || entry.includes('?')) continue
    const prefix = entry.slice(0, -1)
    if (start.startsWith(prefix) && endsAtBorder(prefix, start)) return prefix
    if (prefix.endsWith('/') && start === prefix.slice(0, -1)) return prefix
  }
  return entries.includes('*') ? '*' : undefined
}

/** Whether a wildcard begins behind host and port; one in place of the port (`http://localhost:*`) stands for any. */
function endsAtBorder(prefix: string, start: string): boolean {
  const inAuthority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+$/.test(prefix)
  const rest = start.slice(prefix.length)
  return !inAuthority || (prefix.endsWith(':') ? /^\d*(?:\/|$)/ : /^(?:\/|$)/).test(rest)
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

function onlyAddress(redirectUris: readonly string[]): string | null {
  const [only, ...others] = redirectUris
  if (only === undefined || others.length > 0 || only.includes('*') || only.startsWith('/')) {
    return null
  }
  return only
}
