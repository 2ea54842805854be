import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Addresses of the style sheets and scripts that a page asks for. */
function linked(page: string): string[] {
  const links = [
    ...page.matchAll(/<link rel="stylesheet" href="([^"]+)"|<script[^>]+src="([^"]+)"/g),
  ]
  return links.map(([, style, script]) => style ?? script ?? '')
}

const login =
  '/protocol/openid-connect/auth?client_id=web&response_type=code&scope=openid&redirect_uri=' +
  encodeURIComponent('http://127.0.0.1:3000/cb')

/** Pages of every kind, by what shows them. */
const pages: readonly [string, string][] = [
  ['login', `/realms/acme${login}`],
  ['error of a login', '/realms/acme/protocol/openid-connect/auth?client_id=nobody'],
  ['logout', '/realms/acme/protocol/openid-connect/logout'],
  ['device', '/realms/acme/device'],
  ['unknown realm', `/realms/nowhere${login}`],
  ['welcome', '/'],
]

async function resourcesOf(url: string, headers: Record<string, string>): Promise<string[]> {
  const answer = await fetch(url, { headers: { accept: 'text/html', ...headers } })
  const links = linked(await answer.text())
  expect(links.length).toBeGreaterThan(0)
  return links
}

describe('behind a proxy that tells its prefix', () => {
  const prefixed = { 'x-forwarded-prefix': '/login/here' }
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ options: ['--proxy-headers=xforwarded'] })
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  it.each(pages)('the page "%s" links to files below it', async (_, path) => {
    const links = await resourcesOf(server.url + path, prefixed)
    for (const link of links) expect(link).toMatch(/^\/login\/here\/resources\//)
    const [first = ''] = links
    // What the proxy passes on, without its prefix.
    expect((await fetch(server.url + first.replace('/login/here', ''))).status).toBe(200)
  })

  it('without the header they stay at the root', async () => {
    const links = await resourcesOf(`${server.url}/realms/acme${login}`, {})
    for (const link of links) expect(link).toMatch(/^\/resources\//)
  })
})

describe('with a path in the hostname, and another in the frontend URL of a realm', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ options: ['--hostname=https://sso.example.org/auth'] })
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  it.each(pages)('the page "%s" links to files below the path', async (_, path) => {
    const links = await resourcesOf(server.url + path, {})
    for (const link of links) expect(link).toMatch(/^\/auth\/resources\//)
  })

  it('a realm with an address of its own links below that', async () => {
    const admin = await AdminSession.open(server.url)
    const attributes = { frontendUrl: 'https://tenant.example.org/in/here/' }
    const body = { realm: 'fronted', enabled: true, attributes }
    expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
    for (const path of ['auth?client_id=nobody', 'logout']) {
      const url = `${server.url}/realms/fronted/protocol/openid-connect/${path}`
      for (const link of await resourcesOf(url, {})) {
        expect(link).toMatch(/^\/in\/here\/resources\//)
      }
    }
  })
})
