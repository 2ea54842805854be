interface StoredCookie {
  readonly name: string
  readonly value: string
  readonly host: string
  readonly path: string
  readonly attributes: readonly string[]
  /** Milliseconds since the epoch; null for a session cookie. */
  readonly expiresAt: number | null
}

/** Cookies as a browser keeps them: by host, path and name; cookies do not differ by port (RFC 6265 §8.5). */
export class CookieJar {
  readonly #cookies = new Map<string, StoredCookie>()

  /** Takes over the Set-Cookie lines of an answer that came from `url`. */
  store(url: URL, setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const cookie = parseSetCookie(url, line)
      if (cookie === null) continue
      const key = `${cookie.host} ${cookie.path} ${cookie.name}`
      if (cookie.expiresAt !== null && cookie.expiresAt <= Date.now()) this.#cookies.delete(key)
      else this.#cookies.set(key, cookie)
    }
  }

  /** The Cookie header for `url`, longest path first; null when there is nothing to send. */
  header(url: URL): string | null {
    const now = Date.now()
    const sent = [...this.#cookies.values()]
      .filter((cookie) => cookie.host === url.hostname && pathMatches(url.pathname, cookie.path))
      .filter((cookie) => cookie.expiresAt === null || cookie.expiresAt > now)
      .toSorted((a, b) => b.path.length - a.path.length)
    return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** Value of the first cookie of that name, whatever its path. */
  value(name: string): string | undefined {
    return this.#find(name)?.value
  }

  names(): string[] {
    return [...this.#cookies.values()].map((cookie) => cookie.name)
  }

  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key)
  }

  clear(): void {
    this.#cookies.clear()
  }

  /** An independent copy: a second browser that stole these cookies, or the same one later. */
  copy(): CookieJar {
    const copied = new CookieJar()
    for (const [key, cookie] of this.#cookies) copied.#cookies.set(key, cookie)
    return copied
  }

  #find(name: string): StoredCookie | undefined {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)
  }
}

/** RFC 6265 §5.1.4. */
function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (requestPath === cookiePath) return true
  if (!requestPath.startsWith(cookiePath)) return false
  return cookiePath.endsWith('/') || requestPath[cookiePath.length] === '/'
}

function parseSetCookie(url: URL, line: string): StoredCookie | null {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim())
  if (pair === undefined) return null
  const equals = pair.indexOf('=')
  if (equals < 1) return null
  let value = pair.slice(equals + 1)
  if (value.startsWith('"') && value.endsWith('"') && value.length > 1) value = value.slice(1, -1)
  const attribute = (name: string): string | undefined =>
    attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const maxAge = attribute('max-age')
  const expires = attribute('expires')
  return {
    name: pair.slice(0, equals),
    value,
    host: url.hostname,
    path: attribute('path') ?? '/',
    attributes,
    expiresAt: expiryOf(maxAge, expires),
  }
}

function expiryOf(maxAge: string | undefined, expires: string | undefined): number | null {
  if (maxAge !== undefined) return Date.now() + Number(maxAge) * 1000
  if (expires !== undefined) return Date.parse(expires)
  return null
}
