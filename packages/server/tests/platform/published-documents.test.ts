import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { until } from './holdfast-process.ts'

const relativePath = '/auth'
const documents = [
  '/realms/demo/.well-known/openid-configuration',
  '/realms/demo/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/realms/demo',
  '/realms/demo/protocol/openid-connect/certs',
]

const client = new HttpClient()
let server: TestServer
beforeAll(async () => {
  const options = [`--http-relative-path=${relativePath}`, '--http-management-relative-path=/']
  server = await startTestServer({ options })
})
afterAll(() => server?.[Symbol.asyncDispose]())

/** Paths stand below the relative path. */
async function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const { origin } = new URL(server.url)
  return await client.send({ method, url: `${origin}${relativePath}${path}`, headers })
}

test.each(documents)('%s is answered without the router as with it', async (path) => {
  for (const headers of [{}, { origin: 'https://app.example' }]) {
    await ask('GET', path)
    const known = await ask('GET', path, headers)
    // HEAD is the router's.
    const routed = await ask('HEAD', path, headers)
    expect(known.status).toBe(200)
    expect({ ...known.headers, date: '' }).toEqual({ ...routed.headers, date: '' })
    expect(known.headers['content-length']).toBe(String(known.bytes.length))
    expect(JSON.parse(known.body)).toBeTypeOf('object')
  }
})

test('metadata speaks of the host that was asked, and of none that cannot be one', async () => {
  const [path = ''] = documents
  const asked = await ask('GET', path, { host: 'id.example:8443' })
  expect(JSON.parse(asked.body).issuer).toBe(`http://id.example:8443${relativePath}/realms/demo`)
  expect((await ask('GET', path, { host: 'id example' })).status).toBe(400)
  expect((await ask('GET', path)).status).toBe(200)
})

test('what has changed in a realm is in its documents at once, and nothing is left of a deleted one', async () => {
  const json = { 'content-type': 'application/json' }
  const login = await client.send({
    method: 'POST',
    url: `${new URL(server.url).origin}${relativePath}/realms/master/protocol/openid-connect/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      ...bootstrapAdmin,
    }).toString(),
  })
  const authorization = `Bearer ${JSON.parse(login.body).access_token}`
  const administer = async (method: string, path: string, body: object) =>
    await client.send({
      method,
      url: `${new URL(server.url).origin}${relativePath}/admin/realms${path}`,
      headers: { ...json, authorization },
      body: JSON.stringify(body),
    })
  expect((await administer('POST', '', { realm: 'moving', enabled: true })).status).toBe(201)
  const metadata = '/realms/moving/.well-known/openid-configuration'
  const supported = async () => JSON.parse((await ask('GET', metadata)).body)
  expect((await supported()).prompt_values_supported).not.toContain('create')
  const changed = await administer('PUT', '/moving', { registrationAllowed: true })
  expect(changed.status).toBe(204)
  expect((await supported()).prompt_values_supported).toContain('create')

  const certs = '/realms/moving/protocol/openid-connect/certs'
  const kids = async () =>
    (JSON.parse((await ask('GET', certs)).body).keys as { kid: string }[]).map(({ kid }) => kid)
  const before = await kids()
  const key = await administer('POST', '/moving/components', {
    name: 'another',
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['200'] },
  })
  expect(key.status).toBe(201)
  expect(await kids()).toHaveLength(before.length + 1)

  expect((await administer('DELETE', '/moving', {})).status).toBe(204)
  for (const path of [metadata, certs]) expect((await ask('GET', path)).status).toBe(404)
})

test('they are counted under the paths that Keycloak names', async () => {
  for (const path of documents) await ask('GET', path)
  const { managementUrl } = server.server
  await until(async () => {
    const metrics = await (await fetch(`${managementUrl}/metrics`)).text()
    return [
      '/realms/{realm}/.well-known/{alias}',
      '/realms/{realm}/protocol/{protocol}/certs',
      '/.well-known/oauth-authorization-server/realms/{realm}',
    ].every((uri) =>
      metrics
        .split('\n')
        .some(
          (line) =>
            line.startsWith('http_server_requests_seconds_count{method="GET"') &&
            line.includes('status="200"') &&
            line.includes(`uri="${uri}"`),
        ),
    )
  }, 2_000)
})
