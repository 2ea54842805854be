import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const secret = 's'.repeat(32)
const hourAgo = String(Math.floor(Date.now() / 1000) - 3_600)
type Claims = Record<string, unknown>
type Key = Parameters<SignJWT['sign']>[0]

describe('client authentication', () => {
  let realm: OidcRealm
  let publisher: Server
  let published: unknown = { keys: [] }
  let fetched = 0
  const pair = () => generateKeyPair('ES256', { extractable: true })

  beforeAll(async () => {
    publisher = createServer((_request, response) => {
      fetched += 1
      response.end(typeof published === 'string' ? published : JSON.stringify(published))
    })
    await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve))
    const keysUrl = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/jwks`
    const old = { 'jwt.credential.certificate': oldCertificate }
    const service = { serviceAccountsEnabled: true }
    realm = await OidcRealm.start({
      clients: [
        { ...service, clientId: 'hs', clientAuthenticatorType: 'client-secret-jwt', secret },
        {
          ...service,
          clientId: 'published',
          clientAuthenticatorType: 'client-jwt',
          attributes: { ...old, 'use.jwks.url': 'true', 'jwks.url': keysUrl },
        },
        {
          ...service,
          clientId: 'expired',
          secret,
          attributes: { 'client.secret.expiration.time': hourAgo },
        },
        {
          ...service,
          clientId: 'expired-jwt',
          secret,
          clientAuthenticatorType: 'client-secret-jwt',
          attributes: { 'client.secret.expiration.time': hourAgo },
        },
        {
          ...service,
          clientId: 'rotated',
          secret,
          attributes: {
            'client.secret.rotated': 'old',
            'client.secret.rotated.expiration.time': hourAgo,
          },
        },
        { ...service, clientId: 'plain', secret },
        { clientId: 'web', publicClient: true },
      ],
    })
  })
  afterAll(async () => {
    publisher?.close()
    await realm?.[Symbol.asyncDispose]()
  })

  let serial = 0
  async function assertion(
    clientId: string,
    claims: Claims = {},
    header: Claims = {},
    key: Key = Buffer.from(secret),
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    serial += 1
    const usual = { iss: clientId, sub: clientId, aud: realm.url, exp: now + 50, jti: `j${serial}` }
    const all = { ...usual, ...claims }
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return await new SignJWT(kept).setProtectedHeader({ alg: 'HS256', ...header }).sign(key)
  }
  async function present(text: string, form: Record<string, string> = {}) {
    const { status, body } = await realm.token({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: text,
      ...form,
    })
    return status === 200 ? 'accepted' : String(body.error_description)
  }

  const generic = 'Invalid client or Invalid client credentials'
  const tooFar = 'Token expiration is too far in the future and iat claim not present in token'
  const tooOld = 'Token was issued too far in the past to be used now'
  // RFC 7523 §3
  it.each<[string, (now: number) => Claims, string]>([
    ['is short-lived', () => ({}), 'accepted'],
    ['ends in two minutes and hides its age', (now) => ({ exp: now + 120 }), tooFar],
    ['ends in years and hides its age', () => ({ exp: 4_000_000_000 }), tooFar],
    ['ends in an hour and is new', (now) => ({ exp: now + 3_600, iat: now }), 'accepted'],
    ['is older than a minute', (now) => ({ exp: now + 3_600, iat: now - 70 }), tooOld],
    ['comes from the future', (now) => ({ iat: now + 40 }), 'Token was issued in the future'],
    ['is not valid yet', (now) => ({ nbf: now + 40 }), 'Token is not active'],
    ['is over', (now) => ({ exp: now - 1 }), 'Token is not active'],
    ['has no end', () => ({ exp: undefined }), 'Token exp claim is required'],
    ['has an end in letters', () => ({ exp: '4000000000' }), 'Token exp claim is required'],
    ['has no id', () => ({ jti: undefined }), 'Token jti claim is required'],
    [
      'is for somebody else',
      () => ({ aud: 'https://other.example.org' }),
      'Invalid token audience',
    ],
    ['is for nobody', () => ({ aud: undefined }), 'Invalid token audience'],
    ['is issued by somebody else', () => ({ iss: 'web' }), generic],
  ])('of an assertion that %s: see the answer', async (_what, claims, answer) => {
    const now = Math.floor(Date.now() / 1000)
    expect(await present(await assertion('hs', claims(now)))).toBe(answer)
  })

  // RFC 7519 §4.1.3
  it('takes several audiences when this realm is one of them', async () => {
    expect(await present(await assertion('hs', { aud: ['https://x.test', realm.url] }))).toBe(
      'accepted',
    )
    expect(await present(await assertion('hs', { aud: ['https://x.test', 'y'] }))).toBe(
      'Invalid token audience',
    )
  })

  // RFC 7523 §3, RFC 7519 §4.1.7
  it('takes an assertion once, told apart by its whole id', async () => {
    const long = 'a'.repeat(2_000)
    const first = await assertion('hs', { jti: `${long}1` })
    expect(await present(first)).toBe('accepted')
    expect(await present(first)).toBe('Token reuse detected')
    expect(await present(await assertion('hs', { jti: `${long}2` }))).toBe('accepted')
  })

  // RFC 7515 §4.1.11
  it('refuses critical headers that it does not know', async () => {
    const text = await assertion('hs')
    const [, payload = ''] = text.split('.')
    const header = Buffer.from('{"alg":"HS256","crit":["x"],"x":1}').toString('base64url')
    const { createHmac } = await import('node:crypto')
    const mac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
    expect(await present(`${header}.${payload}.${mac}`)).toMatch(/failed validation/)
  })

  // OpenID Connect Core §10.1.1
  it('reads the published keys of a client, and never counts an old certificate', async () => {
    const [one, two, lost] = [await pair(), await pair(), await pair()]
    const es = (kid: string) => ({ alg: 'ES256', kid })
    published = { keys: [{ ...(await exportJWK(one.publicKey)), kid: 'one' }] }
    const by = async (kid: string, key: Key) =>
      await present(await assertion('published', {}, es(kid), key))
    expect(await by('one', one.privateKey)).toBe('accepted')
    expect(await by('one', two.privateKey)).toMatch(/failed validation/)
    const before = fetched
    published = { keys: [{ ...(await exportJWK(two.publicKey)), kid: 'two' }] }
    // The document was read just now: for ten seconds nobody makes the server read it again.
    for (let count = 0; count < 5; count += 1) {
      expect(await by(`guess-${count}`, lost.privateKey)).toBe('Unable to load public key')
    }
    expect(fetched).toBe(before)
  })

  // RFC 7591 §3.2.1
  it('refuses secrets whose time is over', async () => {
    const grant = { grant_type: 'client_credentials' }
    for (const [client_id, client_secret] of [
      ['expired', secret],
      ['rotated', 'old'],
    ] as const) {
      const { status, body } = await realm.token({ ...grant, client_id, client_secret })
      expect([status, body.error]).toEqual([401, 'unauthorized_client'])
    }
    expect(await present(await assertion('expired-jwt'))).toMatch(/failed validation/)
    const { status } = await realm.token({ ...grant, client_id: 'rotated', client_secret: secret })
    expect(status).toBe(200)
  })

  it('lets in only who the realm has a step for', async () => {
    const flow = {
      alias: 'mine',
      providerId: 'client-flow',
      topLevel: true,
      builtIn: false,
      authenticationExecutions: ['client-secret-jwt', 'client-secret'].map((authenticator) => ({
        authenticator,
        authenticatorFlow: false,
        requirement: authenticator === 'client-secret' ? 'DISABLED' : 'ALTERNATIVE',
        priority: 1,
      })),
    }
    const service = { serviceAccountsEnabled: true, secret }
    const body = {
      realm: 'strict',
      enabled: true,
      clientAuthenticationFlow: 'mine',
      authenticationFlows: [flow],
      clients: [
        { ...service, clientId: 'hs', clientAuthenticatorType: 'client-secret-jwt' },
        { ...service, clientId: 'plain' },
        { clientId: 'web', publicClient: true, directAccessGrantsEnabled: true },
      ],
    }
    const admin = await realm.admin()
    expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
    const url = `${realm.server.realmUrl('strict')}/protocol/openid-connect/token`
    const post = async (form: Record<string, string>) =>
      (await realm.send(url, { method: 'POST', body: new URLSearchParams(form) })).status
    const grant = { grant_type: 'client_credentials' }
    expect(await post({ ...grant, client_id: 'plain', client_secret: secret })).toBe(401)
    expect(await post({ grant_type: 'password', client_id: 'web', username: 'x' })).toBe(401)
    const aud = realm.server.realmUrl('strict')
    const proof = {
      client_assertion_type: assertionType,
      client_assertion: await assertion('hs', { aud }),
    }
    expect(await post({ ...grant, ...proof })).toBe(200)
  })
})

const oldCertificate =
  'MIIBETCBtwIUMTIzNDU2Nzg5MDEyMzQ1Njc4OTAwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCeHgwHhcNMjAwMTAxMDAwMDAwWhcNMzAwMTAxMDAwMDAwWjANMQswCQYDVQQDDAJ4eA=='
