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
    "SELECT config->>'clientSecret' AS secret FROM identity_provider WHERE alias = 'partner'",
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
  expect((await post(mappers, mapper)).status).toBe(400)
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

it('a change of a provider does not load the realm anew, and flows know of it at once', async () => {
  const versions = () => server.database.query("SELECT ver FROM realm WHERE name = 'demo'")
  const flows = `${realm}/ui-ext/authentication-management/flows`
  const userOf = async () =>
    ((await admin.send(flows)).body as Json[]).find(({ alias }) => alias === 'first broker login')
  expect((await userOf())?.['usedBy']).toMatchObject({ type: 'DEFAULT' })
  const before = await versions()
  const flow = { alias: 'coming', providerId: 'basic-flow', topLevel: true, builtIn: false }
  const made = await post(`${realm}/authentication/flows`, flow)
  const id = made.headers.get('location')?.split('/').at(-1)
  const raised = await versions()
  expect(raised).not.toEqual(before)
  const broker = { ...partner, alias: 'broker', firstBrokerLoginFlowAlias: 'coming' }
  expect((await post(providers, broker)).status).toBe(201)
  expect((await admin.send(`${realm}/ui-ext/authentication-management/idp/${id}`)).body).toEqual([
    'broker',
  ])
  const remove = () => admin.send(`${realm}/authentication/flows/${id}`, { method: 'DELETE' })
  expect((await remove()).status).toBe(400)
  expect(await versions()).toEqual(raised)
  await admin.send(`${providers}/broker`, { method: 'DELETE' })
  expect(await versions()).toEqual(raised)
  expect((await remove()).status).toBe(204)
})

it('a realm that goes takes its providers along', async () => {
  const exported = {
    realm: 'brokered',
    identityProviders: [{ alias: 'a', providerId: 'oidc', config: { clientSecret: 's' } }],
    identityProviderMappers: [
      { name: 'm', identityProviderAlias: 'a', identityProviderMapper: 'oidc-username-idp-mapper' },
    ],
  }
  expect((await post('/admin/realms', exported)).status).toBe(201)
  const again = await AdminSession.open(server.url)
  const below = '/admin/realms/brokered'
  const listed = (await again.send(`${below}/identity-provider/instances`)).body as Json[]
  expect(listed.map(({ alias }) => alias)).toEqual(['a'])
  const partial = await again.send(`${below}/partial-export`, { method: 'POST' })
  expect(partial.body).toMatchObject({
    identityProviders: [{ alias: 'a', enabled: true, config: { clientSecret: '**********' } }],
    identityProviderMappers: [{ name: 'm', identityProviderAlias: 'a' }],
  })
  expect((await again.send(below)).body).not.toHaveProperty('identityProviders')
  expect((await again.send(below, { method: 'DELETE' })).status).toBe(204)
  const rows = await server.database.query(
    `SELECT id FROM identity_provider WHERE alias = 'a' UNION ALL SELECT id FROM identity_provider_mapper WHERE alias = 'a'`,
  )
  expect(rows).toEqual([])
})

it('kinds of providers are described', async () => {
  const path = `${realm}/identity-provider/providers`
  expect((await admin.send(`${path}/oidc`)).body).toMatchObject({ name: 'OpenID Connect v1.0' })
  expect((await admin.send(`${path}/nope`)).status).toBe(400)
})

it('keys of a provider are read from a file and from the permitted formats only', async () => {
  const send = async (fields: Record<string, string>, file: string) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([file]), 'keys')
    const answer = await fetch(`${server.url}${realm}/identity-provider/upload-certificate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}` },
      body: form,
    })
    return [answer.status, await answer.json()]
  }
  const jwks = '{"keys":[{"kty":"RSA"}]}'
  expect(await send({ keystoreFormat: 'JSON Web Key Set' }, jwks)).toEqual([200, { jwks }])
  expect((await send({ keystoreFormat: 'Certificate PEM' }, 'none'))[0]).toBe(400)
  expect((await send({ keystoreFormat: 'JKS' }, 'none'))[0]).toBe(400)
  expect((await send({}, jwks))[0]).toBe(400)
  await post(providers, { alias: 'keyed', providerId: 'oidc', config: { useJwksUrl: 'true' } })
  expect((await admin.send(`${providers}/keyed/reload-keys`)).body).toBe(true)
  expect((await admin.send(`${providers}?type=TRUST_MATERIAL`)).body).toContainEqual(
    expect.objectContaining({ alias: 'keyed' }),
  )
  expect((await admin.send(`${providers}?type=EXCHANGE`)).status).toBe(400)
  expect((await admin.send(`${providers}?type=NOTHING`)).status).toBe(400)
  const management = `${providers}/keyed/management/permissions`
  expect((await admin.send(management)).status).toBe(501)
  expect((await put(`${providers}/keyed/management/permissions`, { enabled: true })).status).toBe(
    501,
  )
})

it('metadata are read from an address within the limits of outgoing requests', async () => {
  const config = (fromUrl: string) =>
    post(`${realm}/identity-provider/import-config`, { providerId: 'oidc', fromUrl })
  const own = `${server.url}/realms/demo/.well-known/openid-configuration`
  expect((await config(own)).body).toMatchObject({
    issuer: `${server.url}/realms/demo`,
    metadataDescriptorUrl: own,
    validateSignature: 'true',
  })
  for (const url of [
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'http://a:b@localhost/',
  ]) {
    expect([url, (await config(url)).body]).toEqual([
      url,
      { errorMessage: `Could not read ${url}` },
    ])
  }
})
