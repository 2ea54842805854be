import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { cookieSecurity } from './cookies.ts'
import type { HttpSettings } from './http-settings.ts'
import { ServerUrls } from './server-urls.ts'

const plain: HttpSettings = {
  host: '0.0.0.0',
  port: 8080,
  enabled: true,
  httpsPort: 8443,
  tls: undefined,
  relativePath: '',
  requestsMax: 100,
  hostname: { hostname: undefined, admin: undefined, strict: false, backchannelDynamic: false },
  proxy: { headers: undefined, trustedAddresses: undefined },
}

function request(headers: Record<string, string>, remoteAddress = '127.0.0.1'): FastifyRequest {
  const lower = Object.fromEntries(
    Object.entries({ Host: '127.0.0.1:18977', ...headers }).map(([k, v]) => [k.toLowerCase(), v]),
  )
  const raw = { headers: lower, socket: { remoteAddress, localPort: 18977 } }
  return { raw, headers: lower, protocol: 'http' } as unknown as FastifyRequest
}

interface ProxyCase {
  readonly note: string
  readonly headers: Record<string, string>
  readonly issuer: string
  readonly loginPage: { readonly setCookie: { readonly attributes: readonly string[] }[] }
}

const recorded = join(import.meta.dirname, '../../tests/fixtures/operations/proxy-headers.json')
const { cases }: { cases: ProxyCase[] } = JSON.parse(readFileSync(recorded, 'utf8'))

test.each(cases)('forwarding headers: $note', ({ headers, issuer, loginPage }) => {
  const urls = new ServerUrls({
    ...plain,
    proxy: { headers: 'xforwarded', trustedAddresses: undefined },
  })
  const frontend = urls.frontend(request(headers))
  expect(`${frontend}/realms/acme`).toBe(issuer)
  const { secure, sameSite } = cookieSecurity(frontend)
  const attributes = loginPage.setCookie[0]?.attributes ?? []
  expect(attributes.includes('Secure')).toBe(secure)
  expect(attributes).toContain(`SameSite=${sameSite}`)
})

test('headers of a peer that is not trusted are ignored', () => {
  const proxy = { headers: 'xforwarded', trustedAddresses: ['10.0.0.0/8'] } as const
  const urls = new ServerUrls({ ...plain, proxy })
  const headers = { 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-For': '192.0.2.1' }
  expect(urls.frontend(request(headers, '192.168.0.1'))).toBe('http://127.0.0.1:18977')
  expect(urls.clientAddress(request(headers, '192.168.0.1'))).toBe('192.168.0.1')
  expect(urls.frontend(request(headers, '::ffff:10.1.2.3'))).toBe('http://evil.test')
  expect(urls.clientAddress(request(headers, '10.1.2.3'))).toBe('192.0.2.1')
})

test('the Forwarded header names client, scheme and host', () => {
  const proxy = { headers: 'forwarded', trustedAddresses: undefined } as const
  const urls = new ServerUrls({ ...plain, proxy })
  const headers = { Forwarded: 'for="[2001:db8::1]:4711";proto=https;host=id.test, for=10.0.0.1' }
  expect(urls.frontend(request(headers))).toBe('https://id.test')
  expect(urls.clientAddress(request(headers))).toBe('2001:db8::1')
})

test('a URL as hostname fixes everything, a host name only the host', () => {
  const hostname = { ...plain.hostname, hostname: 'https://id.test/auth/' }
  const fixed = new ServerUrls({ ...plain, hostname })
  expect(fixed.frontend(request({}))).toBe('https://id.test/auth')
  expect(fixed.backend(request({}))).toBe('https://id.test/auth')
  const dynamic = new ServerUrls({ ...plain, hostname: { ...hostname, backchannelDynamic: true } })
  expect(dynamic.backend(request({}))).toBe('http://127.0.0.1:18977')
  const named = new ServerUrls({
    ...plain,
    relativePath: '/auth',
    hostname: { ...plain.hostname, hostname: 'id.test' },
  })
  expect(named.frontend(request({}))).toBe('http://id.test:18977/auth')
})

test.each(['a b', 'x"y', 'a/b', '<script>', 'host:99999999', '-'])(
  'the Host header %j is refused',
  (host) => {
    expect(() => new ServerUrls(plain).frontend(request({ Host: host }))).toThrow('HTTP 400')
  },
)
