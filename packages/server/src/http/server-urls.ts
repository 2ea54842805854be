import { type ForwardedRequest, ForwardingHeaders, plainAddress } from './client-address.ts'
import { HttpError } from './http-error.ts'
import type { HttpSettings } from './http-settings.ts'
import type { SeenRequest } from './seen-request.ts'

/** `host`, `host:port`, `[v6]:port`; nothing that could break out of a header or a page. */
const hostPattern =
  /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::\d{1,5})?$/
/** Names of the server that are remembered; more than this are made up by clients. */
const seenMax = 100
const prefixPattern = /^(?:\/[A-Za-z0-9._~-]+)+$/

/** Where clients see this server, by the hostname settings and trusted proxy headers. No URL ends with a slash. */
export class ServerUrls {
  readonly #settings: HttpSettings
  readonly #forwarding: ForwardingHeaders
  readonly #fixed: string | undefined
  readonly #fixedAdmin: string | undefined
  /** URLs by scheme and host of the request, where nothing else decides: a server is seen under few names. */
  readonly #seen = new Map<string, string>()

  constructor(settings: HttpSettings) {
    this.#settings = settings
    this.#forwarding = new ForwardingHeaders(settings.proxy)
    const { hostname, admin } = settings.hostname
    this.#fixed = isUrl(hostname) ? trimmed(hostname) : undefined
    this.#fixedAdmin = isUrl(admin) ? trimmed(admin) : undefined
  }

  /** For browsers and `iss`: `https://login.example.com` or with the relative path, `…/auth`. */
  frontend(request: SeenRequest): string {
    return this.#fixed ?? this.#fromRequest(request, this.#settings.hostname.hostname)
  }

  /** For back-channel endpoints in discovery: follows the request when `hostname-backchannel-dynamic` is on. */
  backend(request: SeenRequest): string {
    const dynamic = this.#settings.hostname.backchannelDynamic && this.#fixed !== undefined
    return dynamic ? this.#fromRequest(request, undefined) : this.frontend(request)
  }

  /** For the admin console and Admin REST. */
  admin(request: SeenRequest): string {
    return this.#fixedAdmin ?? this.frontend(request)
  }

  /** The address of the client: of the peer, or as a trusted proxy tells. */
  clientAddress(request: SeenRequest): string {
    const { clientAddress } = this.#forwarding.read(request.raw)
    return clientAddress ?? plainAddress(request.raw.socket.remoteAddress ?? '127.0.0.1')
  }

  /** Whether the browser's connection is encrypted, for `sslRequired`. */
  isSecure(request: SeenRequest): boolean {
    return this.frontend(request).startsWith('https:')
  }

  #fromRequest(request: SeenRequest, hostname: string | undefined): string {
    const { host } = request.headers
    if (this.#settings.proxy.headers !== undefined || host === undefined) {
      return this.#compose(request, hostname)
    }
    const key = `${request.protocol} ${host} ${hostname ?? ''}`
    const seen = this.#seen.get(key)
    if (seen !== undefined) return seen
    const url = this.#compose(request, hostname)
    if (this.#seen.size >= seenMax) this.#seen.clear()
    this.#seen.set(key, url)
    return url
  }

  #compose(request: SeenRequest, hostname: string | undefined): string {
    const forwarded = this.#forwarding.read(request.raw)
    const scheme = schemeOf(request, forwarded)
    const host = hostOf(request, forwarded)
    const port = portOf(host, forwarded)
    const name = hostname ?? host.replace(/:\d+$/, '')
    const standard = port === undefined || port === (scheme === 'https' ? '443' : '80')
    const path = pathOf(forwarded) ?? this.#settings.relativePath
    return `${scheme}://${name}${standard ? '' : `:${port}`}${path}`
  }
}

/**
 * The address that a realm has for itself (attribute `frontendUrl`), without a slash at its end.
 * @returns undefined where there is none that browsers could open: then the server's own counts
 */
export function ownFrontendUrl(attribute: string | undefined): string | undefined {
  return isUrl(attribute) && URL.canParse(attribute) ? trimmed(attribute) : undefined
}

function isUrl(text: string | undefined): text is string {
  return text !== undefined && /^https?:\/\//i.test(text)
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}

function schemeOf(request: SeenRequest, forwarded: ForwardedRequest): 'http' | 'https' {
  const proto = forwarded.proto?.toLowerCase()
  if (proto === 'https' || proto === 'wss') return 'https'
  if (proto === 'http' || proto === 'ws') return 'http'
  return request.protocol === 'https' ? 'https' : 'http'
}

function hostOf(request: SeenRequest, forwarded: ForwardedRequest): string {
  const host = forwarded.host ?? request.headers[':authority'] ?? request.headers.host
  const text = Array.isArray(host) ? host[0] : host
  if (text === undefined || text === '')
    return `localhost:${request.raw.socket.localPort ?? ''}`.replace(/:$/, '')
  if (!hostPattern.test(text)) {
    throw new HttpError(400, { error: 'HTTP 400 Bad Request' })
  }
  return text
}

/** A port that the proxy names wins over one in the host. */
function portOf(host: string, forwarded: ForwardedRequest): string | undefined {
  if (forwarded.port !== undefined && /^\d{1,5}$/.test(forwarded.port)) return forwarded.port
  return /:(\d+)$/.exec(host)?.[1]
}

function pathOf(forwarded: ForwardedRequest): string | undefined {
  if (forwarded.prefix === undefined) return undefined
  const prefix = trimmed(forwarded.prefix)
  return prefix === '' || prefixPattern.test(prefix) ? prefix : undefined
}
