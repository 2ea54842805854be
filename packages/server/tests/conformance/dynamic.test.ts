import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formBody } from '../harness/http-exchange.ts'
import { signIn } from '../harness/login.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer } from '../harness/test-server.ts'
import { Signer } from './fapi-party.ts'
import {
  clientTwo,
  issuer,
  person,
  personInRealm,
  RelyingParty,
  redirectUri,
} from './relying-party.ts'

const connect = `${issuer}/protocol/openid-connect`
type Registered = Readonly<Record<string, unknown>> & {
  readonly client_id: string
  readonly client_secret: string
}

/** What modules of the plan "OpenID Connect Core: Dynamic Certification Profile" check, by their names. */
describe('conformance: dynamic', () => {
  let party: RelyingParty
  let site: Server
  let origin: string
  let key: Signer
  const files = new Map<string, string>()

  beforeAll(async () => {
    key = await Signer.create('RS256')
    site = createServer((request, response) => {
      const file = files.get(request.url ?? '')
      response.writeHead(file === undefined ? 404 : 200).end(file)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    const policies = [
      {
        name: 'Max',
        providerId: 'max-clients',
        subType: 'anonymous',
        config: { 'max-clients': ['200'] },
      },
    ]
    const realm = {
      realm: 'conformance',
      enabled: true,
      components: {
        'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy': policies,
      },
      clients: [{ clientId: clientTwo.client_id, secret: clientTwo.client_secret }],
      users: [{ ...personInRealm, realmRoles: ['offline_access'] }],
    }
    const options = ['--proxy-headers=xforwarded']
    party = new RelyingParty(await startTestServer({ options, realms: [realm] }))
  })
  beforeEach(() => {
    party.browser = party.newBrowser()
  })
  afterAll(async () => {
    site?.close()
    await party?.[Symbol.asyncDispose]()
  })

  const send = async (metadata: Readonly<Record<string, unknown>>) =>
    await party.transport({
      method: 'POST',
      url: `${issuer}/clients-registrations/openid-connect`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'suite',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
        contacts: ['suite@conformance.test'],
        token_endpoint_auth_method: 'client_secret_basic',
        ...metadata,
      }),
    })
  const register = async (metadata: Readonly<Record<string, unknown>> = {}) => {
    const answer = await send(metadata)
    expect(answer.status, answer.body).toBe(201)
    const registered = JSON.parse(answer.body) as Registered
    party.client = registered
    return registered
  }
  const errorOf = async (metadata: Readonly<Record<string, unknown>>) => {
    const { status, body } = await send(metadata)
    return `${status} ${(JSON.parse(body) as { error: string }).error}`
  }

  it('oidcc-discovery-endpoint-verification', async () => {
    const answer = await party.get(`${issuer}/.well-known/openid-configuration`)
    expect(JSON.parse(answer.body)).toMatchObject({
      registration_endpoint: `${issuer}/clients-registrations/openid-connect`,
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
    })
  })

  it('oidcc-server', async () => {
    const registered = await register()
    expect(registered['registration_client_uri']).toMatch(issuer)
    expect(registered['registration_access_token']).toBeTypeOf('string')
    await party.login()
  })

  it('oidcc-idtoken-rs256', async () => {
    await register({ id_token_signed_response_alg: 'RS256' })
    await party.login()
  })

  it('oidcc-userinfo-rs256', async () => {
    const { client_id: clientId } = await register({ userinfo_signed_response_alg: 'RS256' })
    const { tokens, claims } = await party.login()
    const authorization = `Bearer ${tokens.access_token}`
    const answer = await party.get(`${connect}/userinfo`, { authorization })
    const keys = JSON.parse((await party.get(`${connect}/certs`)).body) as JSONWebKeySet
    const expected = { issuer, audience: clientId, algorithms: ['RS256'] }
    const user = await jwtVerify(answer.body, createLocalJWKSet(keys), expected)
    expect(user.payload.sub).toBe(claims.sub)
  })

  it.each(['logo_uri', 'policy_uri', 'tos_uri', 'client_uri'])(
    'oidcc-registration-%s',
    async (member) => {
      const value = `https://suite.conformance.test/${member}`
      expect((await register({ [member]: value }))[member]).toBe(value)
    },
  )

  it('oidcc-registration-jwks-uri', async () => {
    files.set('/jwks', JSON.stringify({ keys: [key.jwk] }))
    const { client_id: id } = await register({
      jwks_uri: `${origin}/jwks`,
      token_endpoint_auth_method: 'private_key_jwt',
    })
    const { code } = await party.authorize()
    const now = Math.floor(Date.now() / 1_000)
    const assertion = { iss: id, sub: id, aud: issuer, jti: String(now), iat: now, exp: now + 60 }
    const answer = await party.transport({
      method: 'POST',
      url: `${connect}/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await key.sign(assertion),
      }).toString(),
    })
    expect(answer.status, answer.body).toBe(200)
  })

  it('oidcc-registration-sector-uri', async () => {
    files.set('/sector', JSON.stringify([redirectUri]))
    await register({ subject_type: 'pairwise', sector_identifier_uri: `${origin}/sector` })
    const first = await party.login()
    await register({ subject_type: 'public' })
    expect((await party.login()).claims.sub).not.toBe(first.claims.sub)
  })

  it('oidcc-registration-sector-bad', async () => {
    files.set('/bad', JSON.stringify(['https://other.example/cb']))
    const bad = { subject_type: 'pairwise', sector_identifier_uri: `${origin}/bad` }
    expect(await errorOf(bad)).toBe('400 invalid_client_metadata')
    expect(await errorOf({ ...bad, sector_identifier_uri: `${origin}/nothing` })).toBe(
      '400 invalid_client_metadata',
    )
  })

  it('oidcc-redirect-uri-regfrag', async () => {
    expect(await errorOf({ redirect_uris: [`${redirectUri}#fragment`] })).toBe(
      '400 invalid_redirect_uri',
    )
  })

  it.each([
    ['oidcc-redirect-uri-query-added', redirectUri, `${redirectUri}?foo=bar`],
    ['oidcc-redirect-uri-query-mismatch', `${redirectUri}?foo=bar`, `${redirectUri}?foo=bad`],
  ])('%s', async (_module, registered, asked) => {
    await register({ redirect_uris: [registered] })
    const page = await party.browser.get(party.authorizationUrl({ redirect_uri: asked }))
    expect([page.location, page.status]).toEqual([null, 400])
  })

  it('oidcc-redirect-uri-query-OK', async () => {
    const uri = `${redirectUri}?foo=bar`
    await register({ redirect_uris: [uri] })
    const first = await party.browser.get(party.authorizationUrl({ redirect_uri: uri }))
    const { location } = await signIn(party.browser, first, person)
    expect(location?.searchParams.get('foo')).toBe('bar')
    expect(location?.searchParams.has('code')).toBe(true)
  })

  it.each(['oidcc-request-uri-unsigned', 'oidcc-request-uri-signed-rs256'])(
    '%s',
    async (module) => {
      const uri = `${origin}/${module}`
      const { client_id: clientId } = await register({
        request_uris: [`${uri}#hash`],
        jwks: { keys: [key.jwk] },
        ...(module.endsWith('rs256') ? { request_object_signing_alg: 'RS256' } : {}),
      })
      const claims = { iss: clientId, aud: issuer, nonce: `of-${module}` }
      files.set(
        `/${module}`,
        module.endsWith('rs256') ? await key.sign(claims) : new UnsecuredJWT(claims).encode(),
      )
      const { callback } = {
        callback: await party.authorize({ request_uri: `${uri}#hash`, nonce: null }),
      }
      const tokens = await party.redeem(callback.code)
      expect((await party.idTokenClaims(tokens, `of-${module}`)).aud).toBe(clientId)
    },
  )

  const published = async () => {
    const { keys } = JSON.parse((await party.get(`${connect}/certs`)).body) as JSONWebKeySet
    return keys.map(({ kid = '', alg = '' }) => ({ kid, alg }))
  }

  // OpenID Connect Core §10.1.1
  it('oidcc-server-rotate-keys', async () => {
    const before = await published()
    const administrator = { client_id: 'admin-cli', grant_type: 'password', ...bootstrapAdmin }
    const master = `${new URL(issuer).origin}/realms/master/protocol/openid-connect/token`
    const signedIn = await party.transport({
      method: 'POST',
      url: master,
      ...formBody(administrator),
    })
    const { access_token: token } = JSON.parse(signedIn.body) as { access_token: string }
    const added = await party.transport({
      method: 'POST',
      url: `${new URL(issuer).origin}/admin/realms/conformance/components`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        name: 'next',
        providerId: 'rsa-generated',
        providerType: 'org.keycloak.keys.KeyProvider',
        config: { priority: ['200'], algorithm: ['RS256'] },
      }),
    })
    expect(added.status, added.body).toBe(201)
    const after = await published()
    expect(after).toEqual(expect.arrayContaining(before))
    expect(after.length).toBe(before.length + 1)
    await register()
    await party.login()
  })

  it('publishes the key of an algorithm that a client registers before it signs anything', async () => {
    expect((await published()).map(({ alg }) => alg)).not.toContain('ES512')
    await register({ id_token_signed_response_alg: 'ES512' })
    expect((await published()).map(({ alg }) => alg)).toContain('ES512')
  })

  // OpenID Connect Core §10.1.1; a document is read again for a key that it lacked, ten seconds after it was read
  it('oidcc-refresh-token-rp-key-rotation', { timeout: 30_000 }, async () => {
    const next = await Signer.create('RS256')
    const post = async (form: Record<string, string>, by: Signer) => {
      const { client_id: id } = party.client
      const iat = Math.floor(Date.now() / 1_000)
      const assertion = { iss: id, sub: id, aud: issuer, jti: randomUUID(), iat, exp: iat + 60 }
      const complete = {
        ...form,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await by.sign(assertion),
      }
      return await party.transport({
        method: 'POST',
        url: `${connect}/token`,
        ...formBody(complete),
      })
    }
    const path = `/rotated-${randomUUID()}`
    files.set(path, JSON.stringify({ keys: [key.jwk] }))
    await register({
      jwks_uri: `${origin}${path}`,
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code', 'refresh_token'],
    })
    const { code } = await party.authorize({ scope: 'openid offline_access' })
    const redeem = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const first = await post(redeem, key)
    expect(first.status, first.body).toBe(200)
    const { refresh_token: refresh } = JSON.parse(first.body) as { refresh_token: string }
    files.set(path, JSON.stringify({ keys: [next.jwk] }))
    const again = { grant_type: 'refresh_token', refresh_token: refresh }
    await expect
      .poll(async () => (await post(again, next)).status, { timeout: 20_000, interval: 1_000 })
      .toBe(200)
    const stranger = await post(again, await Signer.create('RS256'))
    expect([stranger.status, stranger.body]).toEqual([
      400,
      expect.stringContaining('invalid_client'),
    ])
  })
})
