import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { allowedUri, redirectUriOf } from './redirect-uri.ts'

const places = { frontend: 'https://id.test/auth', admin: 'https://admin.test' }
const allowed = (uri: string, entries: string[], root?: string) =>
  allowedUri(uri, entries, root, places) !== null

describe('redirect URIs', () => {
  it.each([
    ['https://app.test/cb', ['https://app.test/cb']],
    ['https://app.test/cb?x=1', ['https://app.test/cb?x=1']],
    ['https://app.test/', ['https://app.test/*']],
    ['https://app.test', ['https://app.test/*']],
    ['https://app.test/deep/path?q=1#f', ['https://app.test/*']],
    ['https://any.where/', ['*']],
    ['com.example.app:/cb', ['com.example.app:/cb']],
    ['com.example.app:/cb', ['com.example.app:*']],
    ['http://localhost:3000/cb', ['http://localhost:*']],
    ['https://app.test:3000', ['https://app.test:*']],
    ['https://app.test/a/b;c=d/..x', ['https://app.test/a/*']],
    ['https://app.test/deep?scope=1', ['https://app.test*']],
    ['http://[::1]:51234/cb', ['http://[::1]/cb']],
    ['http://localhost:51234/cb', ['http://localhost/cb']],
    ['http://127.0.0.1:51234/cb', ['http://127.0.0.1/*']],
  ])('allows %s by %j', (uri, entries) => {
    expect(allowed(uri, entries)).toBe(true)
  })

  it.each([
    ['https://app.test/cb/', ['https://app.test/cb']],
    ['https://app.test/cb?x=1', ['https://app.test/cb']],
    ['https://app.test/CB', ['https://app.test/cb']],
    ['http://app.test/cb', ['https://app.test/cb']],
    ['https://app.test.evil.test/cb', ['https://app.test/*']],
    ['https://app.test@evil.test/cb', ['https://app.test/*']],
    ['https://user@app.test/cb', ['https://app.test/*', 'https://user@app.test/*']],
    ['https://evil.test/https://app.test/cb', ['https://app.test/*']],
    ['https://app.test/a/../../secret', ['https://app.test/a/*']],
    ['https://app.test/a/%2e%2E/secret', ['https://app.test/a/*']],
    ['https://app.test/a/..%2Fsecret', ['https://app.test/a/*']],
    ['https://app.test\\@evil.test/', ['https://app.test*', '*']],
    ['https://app.test/\r\nx', ['https://app.test/*']],
    ['https://app.test/%zz', ['https://app.test/*']],
    ['javascript:alert(1)', ['*']],
    ['data:text/html,x', ['*']],
    ['/cb', ['/cb']],
    ['https:///cb', ['*']],
    ['http://127.0.0.1:4444/cb', ['http://127.0.0.1:3000/*']],
    ['https://localhost:4444/cb', ['https://localhost/cb']],
    ['http://localhost:4444@evil.test/cb', ['http://localhost/*']],
    ['', ['*']],
    ['https://APP.test/cb', ['https://app.test/*']],
    ...[
      '..;',
      '%2e%2e;',
      '..;x=y',
      '..%3b',
      '%252e%252e',
      '.%0a.',
      '..%00',
      '..%5c',
      '..%25252f',
    ].map((up) => [`https://app.test/a/${up}/b`, ['https://app.test/a/*']] as [string, string[]]),
    ['https://app.test.evil.test/', ['https://app.test*']],
    ['https://app.test:8443/', ['https://app.test*']],
    ['https://app.test@evil.test/', ['https://app.test*']],
    ['https://app.test:80/', ['https://app.test:8*']],
    ['http://localhost:80.evil.test/', ['http://localhost:*']],
    ['http://localhost:3000@evil.test/', ['http://localhost:*']],
    ['http://localhost/x', ['http://localhost:*']],
    ['http://a_b.test/x', ['http://a_b.test/*']],
    ['http://127.0.0.1.evil.test/', ['http://127.0.0.1*']],
    ...['code=1', 'x=1&state=2', 'Code', 'c%6fde=1', 'iss=1', 'error%00=1', 'access_token=1'].map(
      (query) => [`https://app.test/x?${query}`, ['https://app.test/*', '*']] as [string, string[]],
    ),
    ['https://app.test/x#x=1&code=1', ['https://app.test/*']],
    ['https://app.test/x?code=1', ['https://app.test/x?code=1']],
  ])('refuses %j by %j', (uri, entries) => {
    expect(allowed(uri, entries)).toBe(false)
  })

  it('takes entries relative to the root of the client, or of the server', () => {
    expect(allowed('https://app.test/cb', ['/cb'], 'https://app.test/')).toBe(true)
    expect(allowed('https://app.test/x/y', ['/x/*'], 'https://app.test')).toBe(true)
    expect(allowed('https://id.test/cb', ['/cb'])).toBe(true)
    const account = ['/realms/acme/account/*']
    expect(allowed('https://id.test/auth/realms/acme/account/', account, '${authBaseUrl}')).toBe(
      true,
    )
    expect(allowed('https://admin.test/console/x', ['/console/*'], '${authAdminUrl}')).toBe(true)
    expect(allowed('https://evil.test/cb', ['/cb'], 'https://app.test')).toBe(false)
  })

  it('sends non-ASCII characters percent-encoded, and takes relative addresses under a bare wildcard', () => {
    expect(allowedUri('https://app.test/é', ['https://app.test/é'], undefined, places)).toBe(
      'https://app.test/%C3%A9',
    )
    expect(allowedUri('//evil.test/', ['*'], 'https://app.test', places)).toBe(
      'https://app.test//evil.test/',
    )
    expect(allowedUri('x', ['*'], undefined, places)).toBe('https://id.test/x')
  })

  it('knows when it may be left out', () => {
    const client = (...redirectUris: string[]) =>
      ({ representation: { redirectUris } }) as unknown as Client
    const only = client('https://app.test/cb')
    expect(redirectUriOf(only, undefined, places, false)).toBe('https://app.test/cb')
    expect(redirectUriOf(only, undefined, places, true)).toBeNull()
    expect(redirectUriOf(client('https://app.test/*'), undefined, places, false)).toBeNull()
    expect(redirectUriOf(only, 'https://evil.test/', places, false)).toBeNull()
  })
})

/** `[list of the client, its root URL or null, redirect URI, whether Keycloak 26.7.4 allowed it]`: random ones. */
type Recorded = readonly [string[], string | null, string, boolean]

describe('redirect URIs, as a real Keycloak judged them', () => {
  const recorded: readonly Recorded[] = JSON.parse(
    readFileSync(new URL('redirect-uri.recorded.json', import.meta.url), 'utf8'),
  )
  const server = { frontend: 'http://localhost:8180', admin: 'http://localhost:8180' }
  /** Relative to nothing, web addresses without a host, encoded hosts: no client has a use for them. */
  const withoutHost = /^(?!https?:\/\/)|^https?:\/\/[^/]*%/

  it('allows nothing that Keycloak refuses, and what it allows but for addresses without a host', () => {
    expect(recorded.length).toBeGreaterThan(2_000)
    const different = recorded.filter(([entries, root, uri, allowedThere]) => {
      const here = allowedUri(uri, entries, root ?? undefined, server) !== null
      return here !== allowedThere && !(allowedThere && withoutHost.test(uri))
    })
    expect(different).toEqual([])
  })
})
