import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

type Json = Record<string, unknown>
const realm = '/admin/realms/demo'
const providers = `${realm}/identity-provider/instances`

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

const post = (path: string, body: Json) => admin.send(path, { method: 'POST', body })
const put = (path: string, body: Json) => admin.send(path, { method: 'PUT', body })

const partner = {
  alias: 'partner',
  providerId: 'oidc',
  config: {
    clientId: 'c',
    clientSecret: 'very secret',
    authorizationUrl: 'https://a.org/auth',
    tokenUrl: 'https://a.org/token',
    empty: '',
  },
}

it('a provider is made, shown without its secret, changed as a whole and removed with its mappers', async () => {
  const made = await post(providers, partner)
  expect([made.status, made.headers.get('location')]).toEqual([
    201,
    `${server.url}${providers}/partner`,
  ])
  const { empty: _, ...config } = partner.config
  const masked = { ...config, clientSecret: '**********' }
  const one = (await admin.send(`${providers}/partner`)).body as Json
  expect(one).toMatchObject({ alias: 'partner', enabled: true, config: masked })
  expect((await admin.send(providers)).body).toEqual([one])
  expect((await admin.send(`${providers}?search=nope`)).body).toEqual([])
  expect((await post(providers, partner)).body).toEqual({
    errorMessage: 'Identity Provider partner already exists',
  })

  const changed = { alias: 'partner', providerId: 'oidc', config: { ...masked, clientId: 'd' } }
  expect((await put(`${providers}/partner`, changed)).status).toBe(204)
  const rows = await server.database.query<{ secret: string }>(
    "SELECT settings#>>'{identityProviders,0,config,clientSecret}' AS secret FROM realm WHERE name = 'demo'",
  )
  expect(rows[0]?.secret).toBe('very secret')
  expect((await put(`${providers}/partner`, { alias: 'other' })).body).toEqual({
    errorMessage: 'Identity Provider alias cannot be changed',
  })

  const mappers = `${providers}/partner/mappers`
  const mapper = {
    name: 'm',
    identityProviderAlias: 'partner',
    identityProviderMapper: 'hardcoded-attribute-idp-mapper',
    config: { attribute: 'a' },
  }
  const first = await post(mappers, mapper)
  const id = first.headers.get('location')?.split('/').at(-1) ?? ''
  expect((await admin.send(`${mappers}/${id}`)).body).toEqual({ id, ...mapper })
  expect((await post(mappers, mapper)).status).toBe(409)
  const next = { ...mapper, id, config: { attribute: 'b' } }
  expect((await put(`${mappers}/${id}`, next)).status).toBe(204)
  expect((await admin.send(mappers)).body).toEqual([next])
  expect((await admin.send(`${mappers}/zz`)).body).toEqual({ error: 'Model not found' })

  expect((await admin.send(`${providers}/partner`, { method: 'DELETE' })).status).toBe(204)
  expect((await admin.send(`${providers}/partner`)).status).toBe(404)
  expect((await post(providers, partner)).status).toBe(201)
  expect((await admin.send(mappers)).body).toEqual([])
})

it.each([
  [{ alias: 'x', providerId: 'nope' }, { errorMessage: 'Invalid identity provider id [nope]' }],
  [{ providerId: 'oidc' }, { errorMessage: 'path is null' }],
  [{ alias: 'a/b', providerId: 'oidc' }, { errorMessage: "Character '/' not allowed." }],
  [
    { alias: 'bad', providerId: 'oidc', config: { authorizationUrl: 'javascript:alert(1)' } },
    { errorMessage: 'Invalid protocol/scheme for url [authorization_url]' },
  ],
])('%j is refused', async (body, answer) => {
  const refused = await post(providers, body as Json)
  expect([refused.status, refused.body]).toEqual([400, answer])
})

it('kinds of providers are described', async () => {
  const path = `${realm}/identity-provider/providers`
  expect((await admin.send(`${path}/oidc`)).body).toMatchObject({ name: 'OpenID Connect v1.0' })
  expect((await admin.send(`${path}/nope`)).status).toBe(400)
})
