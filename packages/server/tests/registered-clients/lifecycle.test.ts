import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SmallRealms } from '../login/small-realm.ts'

let realms: SmallRealms

beforeAll(async () => {
  realms = await SmallRealms.start()
  await realms.create('lifecycle')
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

type Body = Record<string, unknown>
const below = '/admin/realms/lifecycle'

async function sendTo(path: string, method: string, body?: unknown) {
  return await realms.admin.send(path, { method, ...(body === undefined ? {} : { body }) })
}

/** @returns path and representation of a client that was just made */
async function made(body: Body): Promise<{ path: string; client: Body }> {
  const answer = await sendTo(`${below}/clients`, 'POST', body)
  expect([answer.status, answer.body]).toEqual([201, null])
  const path = new URL(answer.headers.get('location') ?? '').pathname
  return { path, client: (await realms.admin.send(path)).body as Body }
}

async function changed(path: string, body: Body): Promise<Body> {
  expect((await sendTo(path, 'PUT', body)).status).toBe(204)
  return (await realms.admin.send(path)).body as Body
}

describe('a new client', () => {
  it('of OpenID Connect, when the request says so, is that of a browser application', async () => {
    const { client } = await made({
      clientId: 'spa',
      protocol: 'openid-connect',
      rootUrl: 'https://r.test/app',
    })
    expect(client).toMatchObject({
      publicClient: true,
      directAccessGrantsEnabled: true,
      adminUrl: 'https://r.test/app',
      redirectUris: ['https://r.test/app/*'],
      webOrigins: ['https://r.test'],
      attributes: {
        'backchannel.logout.session.required': 'true',
        'backchannel.logout.revoke.offline.tokens': 'false',
      },
    })
    expect(client['secret']).toBeUndefined()
  })

  it('whose protocol is not named is confidential', async () => {
    const { client } = await made({ clientId: 'plain', rootUrl: 'https://r.test' })
    expect(client).toMatchObject({
      publicClient: false,
      directAccessGrantsEnabled: false,
      redirectUris: [],
      protocol: 'openid-connect',
    })
    expect(client['adminUrl']).toBeUndefined()
    expect(client['secret']).toHaveLength(86)
  })

  it('of SAML has a key of its own with a certificate', async () => {
    const { client } = await made({ clientId: 'sp', protocol: 'saml' })
    const attributes = client['attributes'] as Record<string, string>
    expect(client).toMatchObject({ frontchannelLogout: true, publicClient: false })
    expect(attributes).toMatchObject({
      'saml.server.signature': 'true',
      'saml.signature.algorithm': 'RSA_SHA256',
      saml_name_id_format: 'username',
    })
    expect(
      Buffer.from(attributes['saml.artifact.binding.identifier'] ?? '', 'base64'),
    ).toHaveLength(20)
    expect(attributes['saml.signing.certificate']?.length).toBeGreaterThan(1_000)
    expect(attributes['saml.signing.private.key']?.length).toBeGreaterThan(3_000)
  })

  it('has only the scopes that it names, if it names any', async () => {
    const { client } = await made({
      clientId: 'narrow',
      defaultClientScopes: ['profile', 'nope', 'role_list'],
    })
    expect(client).toMatchObject({ defaultClientScopes: ['profile'], optionalClientScopes: [] })
  })

  it('drops what is empty, and keeps ids of mappers', async () => {
    const mapper = {
      id: 'my-mapper',
      name: 'p',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-full-name-mapper',
      config: { 'id.token.claim': 'true', 'access.token.claim': 'false', 'claim.name': '' },
    }
    const { client } = await made({
      clientId: 'empties',
      redirectUris: [''],
      webOrigins: [''],
      attributes: { login_theme: '', x: null },
      authenticationFlowBindingOverrides: { browser: '' },
      protocolMappers: [mapper],
    })
    expect(client).toMatchObject({
      redirectUris: [],
      webOrigins: [],
      authenticationFlowBindingOverrides: {},
    })
    expect(Object.keys(client['attributes'] as Body).toSorted()).toEqual([
      'client.secret.creation.time',
      'realm_client',
    ])
    expect(client['protocolMappers']).toEqual([
      {
        ...mapper,
        consentRequired: false,
        config: {
          'id.token.claim': 'true',
          'userinfo.token.claim': 'true',
          'access.token.claim': 'false',
          'introspection.token.claim': 'false',
        },
      },
    ])
  })
})

describe('a client that changes', () => {
  it('forgets its secret when it becomes public, and has a new one when it is so no more', async () => {
    const { path } = await made({ clientId: 'turn', secret: 'first' })
    expect((await changed(path, { publicClient: true }))['secret']).toBeUndefined()
    expect((await changed(path, { publicClient: false }))['secret']).toHaveLength(86)
    expect((await changed(path, { bearerOnly: true }))['secret']).toHaveLength(86)
  })

  it('takes its service account along: made, renamed, removed', async () => {
    const { path } = await made({ clientId: 'svc' })
    const scopes = (await changed(path, { serviceAccountsEnabled: true }))['defaultClientScopes']
    expect(scopes).toContain('service_account')
    const account = async () => (await realms.admin.send(`${path}/service-account-user`)).body
    expect(await account()).toMatchObject({ username: 'service-account-svc' })
    await changed(path, { clientId: 'svc2' })
    expect(await account()).toMatchObject({ username: 'service-account-svc2' })
    const without = await changed(path, { serviceAccountsEnabled: false })
    expect(without['defaultClientScopes']).not.toContain('service_account')
    // One that names its scopes has that of the service account too.
    const named = { clientId: 'svc3', serviceAccountsEnabled: true, defaultClientScopes: ['roles'] }
    const other = await made(named)
    const { body } = await realms.admin.send(other.path)
    expect(body).toMatchObject({ defaultClientScopes: ['roles', 'service_account'] })
    const users = await realms.admin.send(`${below}/users?username=service-account-svc2`)
    expect(users.body).toEqual([])
  })

  it('is not changed at all by a request that is refused', async () => {
    const { path, client } = await made({ clientId: 'whole' })
    const mapper = {
      name: 'm',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-full-name-mapper',
    }
    for (const wrong of [
      { clientId: 'web', name: 'half' },
      { clientId: 'half', serviceAccountsEnabled: true, redirectUris: ['javascript:x'] },
      { name: 'half', protocolMappers: [mapper, mapper] },
    ]) {
      expect((await sendTo(path, 'PUT', wrong)).status).toBeGreaterThanOrEqual(400)
      expect((await realms.admin.send(path)).body).toEqual(client)
    }
    const users = await realms.admin.send(`${below}/users?username=service-account-half`)
    expect(users.body).toEqual([])
  })

  it('refuses a second mapper of one name or id', async () => {
    const { path } = await made({ clientId: 'mapped' })
    const models = `${path}/protocol-mappers/models`
    const mapper = {
      id: 'one',
      name: 'm',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-full-name-mapper',
    }
    expect((await sendTo(models, 'POST', mapper)).status).toBe(201)
    expect((await realms.admin.send(`${models}/one`)).status).toBe(200)
    expect((await sendTo(models, 'POST', { ...mapper, id: 'two' })).status).toBe(409)
    expect((await sendTo(models, 'POST', { ...mapper, name: 'n' })).status).toBe(409)
    const added = await sendTo(`${path}/protocol-mappers/add-models`, 'POST', [
      { ...mapper, id: 'three', name: 'x' },
      { ...mapper, id: 'four', name: 'x' },
    ])
    expect(added.status).toBe(409)
    expect((await realms.admin.send(models)).body).toHaveLength(1)
  })
})

describe('a realm that is imported', () => {
  /** @returns the answer, and the client `web` of the realm */
  async function imported(realm: Body) {
    const name = `imported-${Math.random().toString(36).slice(2)}`
    const answer = await sendTo('/admin/realms', 'POST', { realm: name, enabled: true, ...realm })
    const found = await realms.admin.send(`/admin/realms/${name}/clients?clientId=web`)
    const [web] = answer.status === 201 ? (found.body as Body[]) : []
    return { answer, name, web }
  }

  it('has clients in their types, whatever its file wrote', async () => {
    const { web, name } = await imported({
      clients: [
        { clientId: 'web', publicClient: 'false', secret: 12_345, serviceAccountsEnabled: 'true' },
      ],
    })
    expect(web).toMatchObject({ publicClient: false, secret: '12345' })
    const token = (secret: string) =>
      fetch(`${realms.server.realmUrl(name)}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'web',
          ...(secret === '' ? {} : { client_secret: secret }),
        }),
      })
    expect((await token('12345')).status).toBe(200)
    expect((await token('')).status).toBe(401)
  })

  it('has the roles that only its scope mappings name', async () => {
    const { name } = await imported({
      clients: [{ clientId: 'web' }, { clientId: 'api' }],
      scopeMappings: [{ client: 'web', roles: ['seen'] }],
      clientScopeMappings: { api: [{ client: 'web', roles: ['reader'] }] },
    })
    expect((await realms.admin.send(`/admin/realms/${name}/roles/seen`)).status).toBe(200)
    const found = await realms.admin.send(`/admin/realms/${name}/clients?clientId=api`)
    const [api] = found.body as Body[]
    const role = `/admin/realms/${name}/clients/${api?.['id']}/roles/reader`
    expect((await realms.admin.send(role)).status).toBe(200)
  })

  it('leaves out the scopes of a client that it lacks, and adds none to those that are named', async () => {
    const { web } = await imported({
      clients: [{ clientId: 'web', defaultClientScopes: ['profile', 'openid', 'nope'] }],
    })
    expect(web).toMatchObject({ defaultClientScopes: ['profile'], optionalClientScopes: [] })
  })

  it('may not have two mappers of one name', async () => {
    const mapper = {
      name: 'm',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-full-name-mapper',
    }
    const protocolMappers = [mapper, mapper]
    for (const part of [
      { clients: [{ clientId: 'web', protocolMappers }] },
      { clientScopes: [{ name: 's', protocol: 'openid-connect', protocolMappers }] },
    ]) {
      const { answer } = await imported(part)
      expect([answer.status, answer.body]).toEqual([
        409,
        { errorMessage: 'Protocol mapper name must be unique per protocol' },
      ])
    }
  })
})
