import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

type Metadata = Record<string, unknown>

describe('client registration (RFC 7591, RFC 7592)', () => {
  let realm: OidcRealm
  const metadata = { client_name: 'dcr', redirect_uris: ['https://dcr.test/cb'] }

  beforeAll(async () => {
    const user = (username: string, roles: string[]) => ({
      username,
      enabled: true,
      email: `${username}@example.org`,
      firstName: 'A',
      lastName: 'B',
      credentials: [{ type: 'password', value: 'pw' }],
      clientRoles: { 'realm-management': roles },
    })
    realm = await OidcRealm.start({
      clients: [{ clientId: 'web', publicClient: true }],
      users: [user('maker', ['create-client'])],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  async function call(
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
  ): Promise<{ status: number; body: Metadata; headers: Headers }> {
    const url = path.startsWith('http') ? path : `${realm.url}/clients-registrations/${path}`
    return await realm.send(url, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
  const register = (token: string | null, body: unknown, provider = 'openid-connect') =>
    call('POST', provider, token, body)
  async function initial(count = 10): Promise<string> {
    const answer = await realm.administer('POST', '/clients-initial-access', {
      expiration: 600,
      count,
    })
    expect(answer.status).toBe(201)
    return answer.body.token
  }
  const shown = ({ status, body }: { status: number; body: Metadata }) =>
    `${status} ${body['error']} ${body['error_description']}`

  // RFC 7591 §3.2.1, RFC 7592 §2
  it('registers, shows, changes and removes a client', async () => {
    const made = await register(await initial(), metadata)
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect(made.body).toMatchObject({
      ...metadata,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code', 'none'],
      subject_type: 'public',
      client_secret_expires_at: 0,
    })
    const address = String(made.body['registration_client_uri'])
    expect(made.headers.get('location')).toBe(address)
    const token = String(made.body['registration_access_token'])
    const read = await call('GET', address, token)
    expect(read.body).toMatchObject({ client_id: made.body['client_id'], ...metadata })
    const changed = await call('PUT', address, token, { ...read.body, client_name: 'two' })
    expect(changed.status, JSON.stringify(changed.body)).toBe(200)
    expect(changed.body['client_name']).toBe('two')
    const next = String(changed.body['registration_access_token'])
    expect(shown(await call('PUT', address, token, { ...read.body }))).toBe(
      '401 invalid_token Not authorized to update client. Maybe missing token or bad token type.',
    )
    expect(shown(await call('PUT', address, next, { client_id: 'web' }))).toBe(
      '400 invalid_client_metadata Client Identifier modified',
    )
    expect((await call('DELETE', address, next)).status).toBe(204)
    expect((await call('DELETE', address, next)).status).toBe(401)
  })

  it('lets a registered client sign users in', async () => {
    const { body } = await register(await initial(), {
      redirect_uris: ['http://app.example.org/cb'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'email',
    })
    const clientId = String(body['client_id'])
    const code = await realm.code(clientId)
    const redeemed = await realm.redeem(clientId, code, {
      client_secret: String(body['client_secret']),
    })
    expect(redeemed.status, JSON.stringify(redeemed.body)).toBe(200)
  })

  // OpenID Connect CIBA Core §4
  it('registers a client for backchannel authentication', async () => {
    const ciba = {
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      response_types: [],
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://dcr.test/ping',
      backchannel_authentication_request_signing_alg: 'PS256',
    }
    const asked = { ...ciba, backchannel_user_code_parameter: false }
    const { status, body } = await register(await initial(), asked)
    expect([status, body]).toEqual([201, expect.objectContaining(ciba)])
    const form = { client_id: String(body['client_id']), scope: 'openid', login_hint: 'anna' }
    const secret = { client_secret: String(body['client_secret']) }
    const answer = await realm.post('ext/ciba/auth', { ...form, ...secret })
    expect(answer.body.error_description).toBe('Signed authentication request is required')
  })

  // OpenID Connect Core §10.2, JARM §3
  it('registers what is to be signed and encrypted', async () => {
    const wanted = Object.fromEntries(
      ['id_token', 'userinfo', 'authorization'].flatMap((name) => [
        [`${name}_signed_response_alg`, 'ES256'],
        [`${name}_encrypted_response_alg`, 'RSA-OAEP-256'],
        [`${name}_encrypted_response_enc`, 'A256GCM'],
      ]),
    )
    const request = {
      request_object_signing_alg: 'ES256',
      request_object_encryption_alg: 'RSA-OAEP',
      request_object_encryption_enc: 'A128GCM',
    }
    const { status, body } = await register(await initial(), { ...metadata, ...wanted, ...request })
    expect([status, body]).toEqual([201, expect.objectContaining({ ...wanted, ...request })])
  })

  // OpenID Connect Core §8.1
  it('saves no client whose sector does not list its redirect URIs', async () => {
    const failed = 'Failed to get redirect URIs from the Sector Identifier URI.'
    const mapper = {
      name: 'pairwise',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-sha256-pairwise-sub-mapper',
      config: { sectorIdentifierUri: 'https://nobody.invalid/uris' },
    }
    const client = { clientId: 'sectored', redirectUris: ['https://dcr.test/cb'] }
    const whole = { ...client, protocolMappers: [mapper] }
    const refused = await realm.administer('POST', '/clients', whole)
    expect([refused.status, refused.body]).toEqual([
      400,
      { error: 'invalid_input', error_description: failed },
    ])
    expect((await realm.administer('POST', '/clients', client)).status).toBe(201)
    const { body: found } = await realm.administer('GET', '/clients?clientId=sectored')
    const path = `/clients/${found[0].id}`
    const added = await realm.administer('POST', `${path}/protocol-mappers/models`, mapper)
    expect([added.status, added.body]).toEqual([400, { error: failed, error_description: failed }])
    const changed = await realm.administer('PUT', path, { ...found[0], protocolMappers: [mapper] })
    expect([changed.status, changed.body.error_description]).toEqual([400, failed])
    const { body: metadata } = await register(await initial(), {
      redirect_uris: client.redirectUris,
      subject_type: 'pairwise',
      sector_identifier_uri: 'https://nobody.invalid/uris',
    })
    expect(metadata['error_description']).toBe(failed)
  })

  it('takes nothing but JSON', async () => {
    const answer = await realm.send(`${realm.url}/clients-registrations/openid-connect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await initial()}`, 'content-type': 'text/plain' },
      body: JSON.stringify(metadata),
    })
    expect(answer.status).toBe(415)
  })

  // RFC 7591 §3
  it('lets as many clients in as the leave says, also at once', async () => {
    const token = await initial(2)
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(token, metadata)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 401, 401, 401, 401])
    expect(shown(await register(token, metadata))).toBe(
      '401 invalid_token No remaining count on initial access token',
    )
    const { body } = await realm.administer('GET', '/clients-initial-access')
    expect(body).toContainEqual(expect.objectContaining({ count: 2, remainingCount: 0 }))
  })

  it('keeps the leave of a registration that came to nothing', async () => {
    const token = await initial(1)
    expect((await register(token, { redirect_uris: ['javascript:alert(1)'] })).status).toBe(400)
    expect((await register(token, metadata)).status).toBe(201)
  })

  it('ends leave that is taken away', async () => {
    const token = await initial()
    const { body } = await realm.administer('GET', '/clients-initial-access')
    for (const { id } of body) await realm.administer('DELETE', `/clients-initial-access/${id}`)
    expect((await register(token, metadata)).status).toBe(401)
  })

  // RFC 7591 §5
  it('follows the policies of the realm', async () => {
    expect(shown(await register(null, metadata))).toBe(
      "403 insufficient_scope Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted.",
    )
    expect(shown(await register(await initial(), { ...metadata, scope: 'secret-scope' }))).toBe(
      "403 insufficient_scope Policy 'Allowed Client Scopes' rejected request to client-registration service. Details: Not permitted to use specified clientScope",
    )
    const mapper = {
      name: 'x',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-hardcoded-role-mapper',
      config: { role: 'realm-management.realm-admin' },
    }
    const evil = { clientId: 'evil', protocolMappers: [mapper] }
    expect(shown(await register(await initial(), evil, 'default'))).toBe(
      "403 insufficient_scope Policy 'Allowed Protocol Mapper Types' rejected request to client-registration service. Details: ProtocolMapper type not allowed",
    )
  })

  // RFC 7591 §5
  it('lets strangers register where their host is trusted, with consent and without full scope', async () => {
    const { body: components } = await realm.administer('GET', '/components?name=Trusted%20Hosts')
    const [policy] = components
    const config = { ...policy.config, 'trusted-hosts': ['127.0.0.1', 'dcr.test'] }
    const changed = await realm.administer('PUT', `/components/${policy.id}`, { ...policy, config })
    expect(changed.status).toBe(204)
    const made = await register(null, metadata)
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const id = String(made.body['client_id'])
    const { body } = await realm.administer('GET', `/clients?clientId=${id}`)
    expect(body[0]).toMatchObject({ consentRequired: true, fullScopeAllowed: false })
    const elsewhere = await register(null, { redirect_uris: ['https://evil.test/cb'] })
    expect(elsewhere.body['error_description']).toContain("URI doesn't match any trusted host")
    const token = String(made.body['registration_access_token'])
    const address = String(made.body['registration_client_uri'])
    const moved = await call('PUT', address, token, { redirect_uris: ['https://evil.test/cb'] })
    expect(moved.status).toBe(403)
  })

  // RFC 7592 §2.1
  it('lets in who holds the role for it, and nobody else', async () => {
    const tokenOf = async (username: string) =>
      (await realm.password('web', { username, password: 'pw' })).body.access_token
    const maker = await tokenOf('maker')
    const made = await register(maker, metadata)
    expect(made.status).toBe(201)
    expect((await call('GET', String(made.body['registration_client_uri']), maker)).status).toBe(
      403,
    )
    expect(shown(await register(await tokenOf('anna'), metadata))).toBe(
      '403 insufficient_scope Forbidden',
    )
    expect(shown(await register('garbage', metadata))).toBe('401 invalid_token Failed decode token')
    const own = await call('GET', 'openid-connect/realm-management', maker)
    expect(own.status).toBe(403)
    expect((await call('GET', 'openid-connect/web', null)).status).toBe(401)
  })

  // RFC 7591 §3.2.2
  it.each<[Metadata, string]>([
    [{ client_id: 'mine' }, 'Client Identifier included'],
    [{ token_endpoint_auth_method: 'nope' }, 'Client metadata invalid'],
    [{ id_token_signed_response_alg: 'none' }, 'Client metadata invalid'],
    [{ software_statement: 'x.y.z' }, 'Software statements are not supported'],
    [{ jwks: { keys: [] }, jwks_uri: 'https://a.test/' }, 'Illegal to use both jwks_uri and jwks'],
    [{ redirect_uris: 'x' }, 'Client metadata invalid: redirect_uris'],
    [{ default_max_age: -1 }, 'Client metadata invalid: default_max_age'],
  ])('refuses %j', async (extra, description) => {
    const answer = await register(await initial(), { ...metadata, ...extra })
    expect([answer.status, answer.body['error_description']]).toEqual([400, description])
  })

  it('knows no other provider, and speaks Keycloak’s own form', async () => {
    expect((await register(null, {}, 'nope')).status).toBe(404)
    const made = await register(await initial(), { clientId: 'plain' }, 'default')
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect(made.body).toMatchObject({ clientId: 'plain', enabled: true })
    const token = String(made.body['registrationAccessToken'])
    const read = await call('GET', 'default/plain', token)
    expect(read.body['clientId']).toBe('plain')
    const again = await register(await initial(), { clientId: 'plain' }, 'default')
    expect(shown(again)).toBe('400 invalid_client_metadata Client Identifier in use')
  })
})
