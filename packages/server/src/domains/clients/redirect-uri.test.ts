import { describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { isAllowedUri, redirectUriOf } from './redirect-uri.ts'

const places = { frontend: 'https://id.test/auth', admin: 'https://admin.test' }
const allowed = (uri: string, entries: string[], root?: string) =>
  isAllowedUri(uri, entries, root, places)

describe('redirect URIs', () => {
  it.each([
    ['https://app.test/cb', ['https://app.test/cb']],
    ['https://app.test/cb?x=1', ['https://app.test/cb?x=1']],
    ['https://app.test/', ['https://app.test/*']],
    ['https://app.test', ['https://app.test/*']],
    ['https://app.test/deep/path?q=1#f', ['https://app.test/*']],
    ['HTTPS://APP.test/cb', ['https://app.test/*']],
    ['https://any.where/', ['*']],
    ['com.example.app:/cb', ['com.example.app:/cb']],
    ['com.example.app:/cb', ['com.example.app:*']],
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
    ['//evil.test/cb', ['*']],
    ['https:///cb', ['*']],
    ['http://127.0.0.1:4444/cb', ['http://127.0.0.1:3000/*']],
    ['https://localhost:4444/cb', ['https://localhost/cb']],
    ['http://localhost:4444@evil.test/cb', ['http://localhost/*']],
    ['', ['*']],
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
