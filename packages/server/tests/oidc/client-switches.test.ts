import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const secret = 's'.repeat(32)
const hardcoded = { 'claim.name': 'x', 'claim.value': 'v', 'jsonType.label': 'String' }

/** An assertion by the client's secret, issued some seconds ago. */
function assertion(realm: OidcRealm, clientId: string, agoSeconds: number): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: realm.url, jti: `${now}-${agoSeconds}` }
  const times = { iat: now - agoSeconds, exp: now + 30 }
  const parts = [{ alg: 'HS256' }, { ...claims, ...times }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = createHmac('sha256', secret).update(parts.join('.')).digest('base64url')
  return [...parts, signature].join('.')
}

describe('an attribute of a client', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    const confidential = { secret, serviceAccountsEnabled: true }
    realm = await OidcRealm.start({
      clients: [
        { ...confidential, clientId: 'app', implicitFlowEnabled: true },
        { ...confidential, clientId: 'api' },
        { ...confidential, clientId: 'jwt', clientAuthenticatorType: 'client-secret-jwt' },
      ],
    })
  })
  afterAll(async () => await realm?.[Symbol.asyncDispose]())

  const post = { grant_type: 'client_credentials', client_id: 'app', client_secret: secret }
  const basic = { authorization: `Basic ${Buffer.from(`app:${secret}`).toString('base64')}` }

  it('says how the secret may be sent', async () => {
    const name = 'client.secret.authentication.allowed.method'
    await realm.configure('app', { [name]: 'client_secret_basic' })
    expect((await realm.token({ grant_type: 'client_credentials' }, basic)).status).toBe(200)
    expect(await realm.token(post)).toMatchObject({
      status: 401,
      body: { error: 'unauthorized_client' },
    })
    await realm.configure('app', { [name]: 'client_secret_post' })
    expect((await realm.token({ grant_type: 'client_credentials' }, basic)).status).toBe(401)
    expect((await realm.token(post)).status).toBe(200)
    await realm.configure('app', { [name]: '' })
    expect((await realm.token({ grant_type: 'client_credentials' }, basic)).status).toBe(200)
  })

  it('says how long assertions count', async () => {
    const by = async (agoSeconds: number) =>
      await realm.token({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion(realm, 'jwt', agoSeconds),
      })
    expect((await by(10)).status).toBe(200)
    expect((await by(100)).status).toBe(400)
    await realm.configure('jwt', { 'token.endpoint.auth.signing.max.exp': '300' })
    expect((await by(101)).status).toBe(200)
    expect((await by(400)).status).toBe(400)
    await realm.configure('jwt', { 'token.endpoint.auth.signing.max.exp': '5' })
    expect((await by(20)).status).toBe(400)
  })

  // RFC 9068 §2.1
  it('names the type of access tokens in their header', async () => {
    const typeOf = (token: string) =>
      (
        JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
          typ: string
        }
      ).typ
    const types = async () => {
      const { body } = await realm.password('app', { client_secret: secret })
      return [body.access_token, body.id_token, body.refresh_token].map(typeOf)
    }
    expect(await types()).toEqual(['JWT', 'JWT', 'JWT'])
    await realm.configure('app', { 'access.token.header.type.rfc9068': 'true' })
    expect(await types()).toEqual(['at+jwt', 'JWT', 'JWT'])
    const { body } = await realm.password('app', { client_secret: secret })
    expect((await realm.userinfo(body.access_token)).status).toBe(200)
    await realm.configure('app', { 'access.token.header.type.rfc9068': '' })
  })

  it('writes the type of tokens in small letters', async () => {
    expect((await realm.token(post)).body.token_type).toBe('Bearer')
    await realm.configure('app', { 'token.response.type.bearer.lower-case': 'true' })
    expect((await realm.token(post)).body.token_type).toBe('bearer')
  })

  it('makes the ID token of the front channel a detached signature', async () => {
    const ask = { response_type: 'code id_token', nonce: 'n', state: 's' }
    const whole = claimsOf((await realm.authorize('app', ask)).get('id_token') ?? '')
    expect(whole).toMatchObject({ email: 'anna@example.org', nonce: 'n' })
    await realm.configure('app', { 'id.token.as.detached.signature': 'true' })
    const answer = await realm.authorize('app', ask)
    const detached = claimsOf(answer.get('id_token') ?? '')
    expect(Object.keys(detached).toSorted()).toEqual(
      'aud azp c_hash exp iat iss jti nonce s_hash sid sub typ'.split(' '),
    )
    const redeemed = await realm.redeem('app', answer.get('code') ?? '', { client_secret: secret })
    expect(claimsOf(redeemed.body.id_token)).toMatchObject({ email: 'anna@example.org' })
  })

  it('opens userinfo to lightweight tokens, and introspection to whoever asks for all', async () => {
    await realm.configure('app', { 'client.use.lightweight.access.token.enabled': 'true' })
    const { body } = await realm.password('app', { client_secret: secret })
    expect((await realm.userinfo(body.access_token)).status).toBe(401)
    const asked = { client_id: 'api', client_secret: secret, token: body.access_token }
    const introspect = async () => (await realm.post('token/introspect', asked)).body.active
    expect(await introspect()).toBe(false)
    await realm.configure('app', { 'allow.userinfo.with.lightweight.access.token': 'true' })
    await realm.configure('api', { 'allow.token.introspection.without.audience.check': 'true' })
    expect((await realm.userinfo(body.access_token)).body.email).toBe('anna@example.org')
    expect(await introspect()).toBe(true)
  })

  it.each([
    'access.token.signed.response.alg',
    'authorization.signed.response.alg',
    'id.token.encrypted.response.alg',
    'id.token.encrypted.response.enc',
    'id.token.signed.response.alg',
    'request.object.encryption.alg',
    'request.object.signature.alg',
    'token.endpoint.auth.signing.alg',
    'user.info.response.signature.alg',
  ])('%s is refused where it is no algorithm', async (name) => {
    const answer = await realm.administer('POST', '/clients', {
      clientId: 'bad',
      attributes: { [name]: 'RS257' },
    })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_input' } })
  })

  it.each([
    ['access.token.signed.response.alg', 400],
    ['id.token.signed.response.alg', 400],
    ['user.info.response.signature.alg', 200],
  ])(
    '%s from before algorithms were checked gets no token that is weaker',
    async (name, status) => {
      await realm.administer('POST', '/clients', {
        clientId: name,
        secret,
        directAccessGrantsEnabled: true,
        attributes: { [name]: 'RS256' },
      })
      await realm.server.database.query(
        `UPDATE client SET representation = replace(representation::text, '"RS256"', '"RS257"')::jsonb
       WHERE client_id = $1`,
        [name],
      )
      await realm.administer('POST', '/clear-realm-cache')
      await realm.administer('PUT', '', { displayName: name })
      const answer = await realm.password(name, { client_secret: secret })
      expect(answer.status).toBe(status)
      if (status === 200) {
        expect((await realm.userinfo(answer.body.access_token)).status).toBe(400)
      } else expect(answer.body.error).toBe('invalid_client')
    },
  )
})

describe('a setting with a few values to choose from', () => {
  let realm: OidcRealm
  const misspelt = mapper('oidc-hardcoded-claim-mapper', {
    ...hardcoded,
    'jsonType.label': 'strin',
  })
  beforeAll(async () => {
    const clients = [{ clientId: 'old', publicClient: true, protocolMappers: [misspelt] }]
    realm = await OidcRealm.start({ clients })
  })
  afterAll(async () => await realm?.[Symbol.asyncDispose]())

  it('is refused in a mapper that is none of them, wherever it is saved', async () => {
    const [client] = (await realm.administer('GET', '/clients?clientId=old')).body
    const scope = { name: 'own', protocol: 'openid-connect', protocolMappers: [misspelt] }
    const another = { ...misspelt, name: 'another' }
    for (const [method, path, body] of [
      ['POST', `/clients/${client.id}/protocol-mappers/models`, another],
      ['POST', `/clients/${client.id}/protocol-mappers/add-models`, [another]],
      ['POST', '/clients', { clientId: 'new', protocolMappers: [misspelt] }],
      ['POST', '/client-scopes', scope],
    ] as const) {
      const answer = await realm.administer(method, path, body)
      expect([path, answer.status]).toEqual([path, 400])
      expect(JSON.stringify(answer.body)).toContain('jsonType.label must be one of')
    }
  })

  it('is named in the log where an import brings it, and its default counts', async () => {
    expect(realm.server.server.log).toContain(
      `Realm ${realm.name}: Protocol mapper oidc-hardcoded-claim-mapper x: jsonType.label must be one of`,
    )
    const { body } = await realm.password('old')
    expect(claimsOf(body.access_token)['x']).toBe('v')
  })

  it('is refused in the configuration of an execution', async () => {
    const flows = '/authentication/flows'
    await realm.administer('POST', flows, {
      alias: 'own',
      providerId: 'basic-flow',
      topLevel: true,
    })
    const provider = { provider: 'auth-conditional-otp-form' }
    await realm.administer('POST', `${flows}/own/executions/execution`, provider)
    const [{ id }] = (await realm.administer('GET', `${flows}/own/executions`)).body
    const path = `/authentication/executions/${id}/config`
    const bad = { alias: 'mine', config: { defaultOtpOutcome: 'skipp' } }
    expect((await realm.administer('POST', path, bad)).status).toBe(400)
    const good = { alias: 'mine', config: { defaultOtpOutcome: 'skip' } }
    expect((await realm.administer('POST', path, good)).status).toBe(201)
    const [{ authenticationConfig }] = (await realm.administer('GET', `${flows}/own/executions`))
      .body
    const changed = await realm.administer(
      'PUT',
      `/authentication/config/${authenticationConfig}`,
      {
        id: authenticationConfig,
        ...bad,
      },
    )
    expect(changed.status).toBe(400)
  })

  it('is refused where it is the algorithm that the realm signs with', async () => {
    const bad = { defaultSignatureAlgorithm: 'RS257' }
    expect((await realm.administer('PUT', '', bad)).status).toBe(400)
    const admin = await realm.admin()
    const body = { realm: 'signed', enabled: true, ...bad }
    expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(400)
  })
})
