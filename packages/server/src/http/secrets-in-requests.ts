/** Headers that carry credentials: of the first kind the scheme is shown, as Quarkus does. */
const schemed = new Set(['authorization', 'proxy-authorization'])
const cookieHeaders = new Set(['cookie', 'set-cookie'])
/** Cookies of this server that are as good as a password. */
const ownCookies =
  /^(?:KEYCLOAK_(?:IDENTITY|SESSION|REMEMBER_ME)|AUTH_SESSION_ID|KC_(?:RESTART|AUTH_SESSION_HASH|STATE_CHECKER|AUTH_STATE))(?:_LEGACY)?$/i
/** Parameters of addresses that are as good as a password, or become so. */
const parameters =
  /^(?:code|token|access_token|id_token|id_token_hint|refresh_token|client_secret|client_assertion|password|key|session_code|assertion|request|SAMLResponse|SAMLRequest)$/i
const hidden = '...'

/** Takes out of what is logged of requests whatever somebody could use who reads the log. */
export class SecretsInRequests {
  readonly #headers: ReadonlySet<string>
  readonly #cookies: ReadonlySet<string>

  /** @param headers @param cookies names of further ones that are not shown */
  constructor(headers: readonly string[], cookies: readonly string[]) {
    this.#headers = new Set(headers.map((name) => name.toLowerCase()))
    this.#cookies = new Set(cookies)
  }

  /** @returns the value as it may be shown */
  header(name: string, value: string): string {
    const lower = name.toLowerCase()
    if (schemed.has(lower)) return `${value.split(' ', 1)[0]} ${hidden}`
    if (this.#headers.has(lower)) return hidden
    if (!cookieHeaders.has(lower)) return value
    return value
      .split(';')
      .map((part) => this.#pair(part))
      .join(';')
  }

  /** @returns the value as it may be shown */
  cookie(name: string, value: string): string {
    return ownCookies.test(name) || this.#cookies.has(name) ? hidden : value
  }

  /** @returns a path with its query, in which the values of secret parameters are hidden */
  urlWithout(url: string): string {
    const [path = '', query] = url.split(/\?(.*)/s, 2)
    if (query === undefined) return url
    const pairs = query.split('&').map((pair) => {
      const name = pair.split('=', 1)[0] ?? ''
      return parameters.test(name) && pair.includes('=') ? `${name}=${hidden}` : pair
    })
    return `${path}?${pairs.join('&')}`
  }

  #pair(part: string): string {
    const equals = part.indexOf('=')
    if (equals < 0) return part
    const name = part.slice(0, equals)
    return `${name}=${this.cookie(name.trim(), part.slice(equals + 1))}`
  }
}
