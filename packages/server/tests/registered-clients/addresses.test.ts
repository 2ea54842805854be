import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SmallRealms } from '../login/small-realm.ts'

let realms: SmallRealms

beforeAll(async () => {
  realms = await SmallRealms.start()
  await realms.create('addresses')
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

const invalid = (description: string) => ({
  error: 'invalid_input',
  error_description: description,
})

/** Each door for an address of a client, and how it calls itself. */
const urls: readonly (readonly [string, (value: string) => Record<string, unknown>])[] = [
  ['Root URL', (rootUrl) => ({ rootUrl })],
  ['Base URL', (baseUrl) => ({ baseUrl })],
  ['Admin URL', (adminUrl) => ({ adminUrl })],
  ['Logo URL', (logoUri) => ({ attributes: { logoUri } })],
  ['Policy URL', (policyUri) => ({ attributes: { policyUri } })],
  ['Terms of service URL', (tosUri) => ({ attributes: { tosUri } })],
  ['JWKS URL', (value) => ({ attributes: { 'jwks.url': value } })],
  ['Backchannel logout URL', (value) => ({ attributes: { 'backchannel.logout.url': value } })],
  ['Front-channel logout URL', (value) => ({ attributes: { 'frontchannel.logout.url': value } })],
  [
    'Assertion Consumer Service POST Binding URL',
    (value) => ({ protocol: 'saml', attributes: { saml_assertion_consumer_url_post: value } }),
  ],
  [
    'Logout Service Redirect Binding URL',
    (value) => ({
      protocol: 'saml',
      attributes: { saml_single_logout_service_url_redirect: value },
    }),
  ],
]
const uris: readonly (readonly [string, (value: string) => Record<string, unknown>])[] = [
  ['A redirect URI', (value) => ({ redirectUris: ['https://good.test/*', value] })],
  [
    'A post-logout redirect URI',
    (value) => ({ attributes: { 'post.logout.redirect.uris': `+##${value}` } }),
  ],
]

/** Sends a client through Admin REST (a new one, an old one) and through an import. */
async function refusalsOf(client: Record<string, unknown>): Promise<unknown[]> {
  const create = await realms.admin.send('/admin/realms/addresses/clients', {
    method: 'POST',
    body: { clientId: 'new', ...client },
  })
  const listed = await realms.admin.send('/admin/realms/addresses/clients?clientId=other')
  const [other] = listed.body as { id: string }[]
  const path = `/admin/realms/addresses/clients/${other?.id}`
  const before = await realms.admin.send(path)
  const update = await realms.admin.send(path, { method: 'PUT', body: client })
  expect((await realms.admin.send(path)).body).toEqual(before.body)
  const imported = await realms.admin.send('/admin/realms', {
    method: 'POST',
    body: { realm: 'never', clients: [{ clientId: 'new', ...client }] },
  })
  expect((await realms.admin.send('/admin/realms/never')).status).toBe(404)
  const description = (imported.body as { error_description?: string }).error_description
  return [
    create.body,
    update.body,
    { ...(imported.body as object), error_description: description?.replace('Client new: ', '') },
  ]
}

describe.each(urls)('%s', (name, clientOf) => {
  it.each(['javascript:alert(1)', 'JavaScript:alert(1)'])('may not be %j', async (value) => {
    const refusal = invalid(`${name} uses an illegal scheme`)
    expect(await refusalsOf(clientOf(value))).toEqual([refusal, refusal, refusal])
  })

  it.each([
    'java\tscript:alert(1)',
    '\u0001javascript:x',
    'not a uri',
    'http://a.org/%zz',
    '${x}/',
  ])('may not be %j', async (value) => {
    const refusal = invalid(`${name} is not a valid URL`)
    expect(await refusalsOf(clientOf(value))).toEqual([refusal, refusal, refusal])
  })
})

describe.each(uris)('%s', (name, clientOf) => {
  it.each([
    ['javascript:alert(1)', 'uses an illegal scheme'],
    ['data:text/html,x', 'uses an illegal scheme'],
    ['vbscript:x', 'uses an illegal scheme'],
    ['java\tscript:alert(1)', 'is not a valid URI'],
    ['\u0001javascript:x', 'is not a valid URI'],
    ['https://a.org\\b', 'is not a valid URI'],
    ['https://a.org/#f', 'must not contain an URL fragment'],
  ])('may not be %j', async (value, text) => {
    const refusal = invalid(`${name} ${text}`)
    expect(await refusalsOf(clientOf(value))).toEqual([refusal, refusal, refusal])
  })
})

describe('settings of a client', () => {
  it.each([
    [{ webOrigins: ['javascript:alert(1)'] }, 'A web origin uses an illegal scheme'],
    [
      { attributes: { 'access.token.lifespan': 'abc' } },
      'Attribute access.token.lifespan must be a number of seconds',
    ],
    [
      { attributes: { 'client.session.max.lifespan': '99999999999' } },
      'Attribute client.session.max.lifespan must be a number of seconds',
    ],
    [
      { attributes: { 'acr.loa.map': '{"a":"b"}' } },
      'Invalid client configuration (ACR-LOA map) for client',
    ],
    [
      { attributes: { 'default.acr.values': 'gold' } },
      'Default ACR values need to contain values specified in the ACR-To-Loa mapping or number levels from set realm browser flow',
    ],
    [{ protocol: 'nope' }, 'Invalid protocol: nope'],
    [
      { redirectUris: [`https://a.org/${'x'.repeat(300)}`] },
      'redirectUris must not exceed 255 characters each',
    ],
    [
      { rootUrl: 'nope', redirectUris: ['a b'] },
      'Root URL is not a valid URL; A redirect URI is not a valid URI',
    ],
  ])('%j is refused', async (client, text) => {
    expect(await refusalsOf(client)).toEqual([invalid(text), invalid(text), invalid(text)])
  })
})

describe('the origin of a token request', () => {
  /** @returns status and what the browser may read */
  async function tokenFrom(origin: string, webOrigins: string[] | undefined) {
    const name = `origins-${Math.random().toString(36).slice(2)}`
    await realms.create(
      name,
      {},
      { directAccessGrantsEnabled: true, ...(webOrigins ? { webOrigins } : {}) },
    )
    const form = { grant_type: 'password', client_id: 'web', username: 'anna', password: 'pw' }
    const response = await fetch(`${realms.server.realmUrl(name)}/protocol/openid-connect/token`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams(form),
    })
    const body = (await response.json()) as Record<string, unknown>
    return [response.status, response.headers.get('access-control-allow-origin'), body['error']]
  }

  it('must be one that the client lists', async () => {
    expect(await tokenFrom('https://evil.test', ['https://app.test'])).toEqual([
      403,
      null,
      'Invalid origin',
    ])
    expect(await tokenFrom('https://app.test', ['https://app.test'])).toEqual([
      200,
      'https://app.test',
      undefined,
    ])
    expect(await tokenFrom('https://app.test', [])).toEqual([403, null, 'Invalid origin'])
  })

  it('is that of a redirect URI where a client was made without origins', async () => {
    expect(await tokenFrom('http://app.example.org', undefined)).toEqual([
      200,
      'http://app.example.org',
      undefined,
    ])
  })

  it('may be null under a wildcard only', async () => {
    expect(await tokenFrom('null', ['*'])).toEqual([200, 'null', undefined])
    expect(await tokenFrom('null', ['https://app.test'])).toEqual([403, null, 'Invalid origin'])
  })
})
