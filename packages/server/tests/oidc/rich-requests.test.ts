import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { authorizationUrl, signIn } from '../harness/login.ts'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const appUri = 'http://app.example.org/cb'
const payment = { type: 'payment', amount: '1.00' }

describe('authorization requests that say more', () => {
  let realm: OidcRealm
  let site: Server
  let origin: string
  let asked: string[] = []
  let published = ''
  let key: CryptoKey

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    key = pair.privateKey
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] })
    site = createServer((request, response) => {
      asked.push(request.url ?? '')
      if (request.url?.startsWith('/moved')) response.writeHead(302, { location: '/object' }).end()
      else response.end(published)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    const attributes = {
      'use.jwks.string': 'true',
      'jwks.string': keys,
      'request.uris': `${origin}/object##${origin}/moved##http://169.254.169.254/x`,
      'request.object.signature.alg': 'ES256',
    }
    realm = await OidcRealm.start({
      attributes: { authorizationDetailsTypes: 'payment, account' },
      clients: [
        { clientId: 'by-reference', publicClient: true, attributes },
        {
          clientId: 'only',
          publicClient: true,
          attributes: { ...attributes, 'request.object.required': 'request_uri only' },
        },
        { clientId: 'careful', secret: 's', consentRequired: true },
        {
          clientId: 'app',
          secret: 's',
          attributes: { 'authorization.details.types': 'payment' },
          protocolMappers: [mapper('oidc-audience-mapper', { 'included.client.audience': 'app' })],
        },
      ],
    })
    published = await new SignJWT({
      client_id: 'by-reference',
      response_type: 'code',
      redirect_uri: appUri,
      scope: 'openid',
      nonce: 'from-object',
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setAudience(realm.url)
      .setExpirationTime('5m')
      .sign(key)
  })
  afterAll(async () => {
    site?.close()
    await realm?.[Symbol.asyncDispose]()
  })

  /** @returns what the client is told, or the status of a page */
  async function authorize(parameters: readonly (readonly [string, string])[], clientId = 'app') {
    const query = new URLSearchParams([
      ['client_id', clientId],
      ['response_type', 'code'],
      ['redirect_uri', appUri],
      ['scope', 'openid'],
      ...parameters.map(([name, value]) => [name, value]),
    ])
    const answer = await realm.send(`${realm.endpoint('auth')}?${query}`)
    const location = answer.headers.get('location')
    if (location === null) return answer.status
    const told = new URL(location).searchParams
    return `${told.get('error')}: ${told.get('error_description')}`
  }

  // RFC 9101 §5.2, §10.4
  it('may stand at an address that the client has registered', async () => {
    asked = []
    const uri = `${origin}/object`
    const code = await realm.code('by-reference', { request_uri: `${uri}#hash`, nonce: 'other' })
    const { body } = await realm.redeem('by-reference', code)
    expect(claimsOf(body.id_token)['nonce']).toBe('from-object')
    expect(asked[0]).toBe('/object')
    const both = await authorize(
      [
        ['request_uri', uri],
        ['request', published],
      ],
      'by-reference',
    )
    expect(both).toBe(400)
    expect(await authorize([['request_uri', uri]], 'only')).toBe(400)
    expect(await authorize([], 'only')).toBe(400)
  })

  // RFC 9101 §10.4.1
  it.each(['/other', '/moved', '/object/../other', '@evil.example/object'])(
    'stand nowhere else: %s',
    async (path) => {
      asked = []
      expect(await authorize([['request_uri', origin + path]], 'by-reference')).toBe(400)
      expect(asked.filter((url) => url !== '/moved')).toEqual([])
    },
  )

  // RFC 9101 §10.4.1
  it('make the server call no address inside of its network', async () => {
    const uri = 'http://169.254.169.254/x'
    expect(await authorize([['request_uri', uri]], 'by-reference')).toBe(400)
  })

  // RFC 8707 §2
  it('may name resources, which have to be absolute', async () => {
    const [one, two] = ['https://a.example/x', 'https://b.example']
    expect(
      await authorize([
        ['resource', one],
        ['resource', two],
      ]),
    ).toBe(200)
    for (const wrong of ['x', 'https://a.example/#x', '/x']) {
      expect(
        await authorize([
          ['resource', one],
          ['resource', wrong],
        ]),
      ).toBe('invalid_target: The requested resource is invalid, missing, unknown, or malformed.')
    }
  })

  // RFC 9396 §5
  it.each([
    ['no', 'Invalid authorization_details: no'],
    ['{"type":"payment"}', 'Invalid authorization_details: {"type":"payment"}'],
    ['[{"amount":1}]', 'Invalid authorization_details: [{"amount":1}]'],
    [
      '[{"type":"account"}]',
      "Unsupported type 'account' of authorization_details parameter supplied in the request. Supported values: [payment]",
    ],
  ])('ask for nothing in detail that is not supported: %s', async (details, text) => {
    expect(await authorize([['authorization_details', details]])).toBe(`invalid_request: ${text}`)
    const pushed = await realm.post('ext/par/request', {
      client_id: 'app',
      client_secret: 's',
      response_type: 'code',
      redirect_uri: appUri,
      authorization_details: details,
    })
    expect([pushed.status, pushed.body.error_description]).toEqual([400, text])
  })

  // RFC 9396 §7, §9.1, §9.2
  it('bring what was agreed into the answer, the token and its introspection', async () => {
    const details = JSON.stringify([payment])
    const code = await realm.code('app', { authorization_details: details }, new Browser())
    const secret = { client_secret: 's' }
    const { body } = await realm.redeem('app', code, secret)
    expect(body.authorization_details).toEqual([payment])
    expect(claimsOf(body.access_token)['authorization_details']).toEqual([payment])
    const form = { client_id: 'app', ...secret }
    const shown = await realm.post('token/introspect', { ...form, token: body.access_token })
    expect(shown.body.authorization_details).toEqual([payment])
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    const next = await realm.token({ ...refresh, ...form })
    expect(claimsOf(next.body.access_token)['authorization_details']).toEqual([payment])
    const { body: metadata } = await realm.send(`${realm.url}/.well-known/openid-configuration`)
    expect(metadata.authorization_details_types_supported).toEqual(['payment', 'account'])
  })

  // RFC 9396 §1, §7: what is agreed to is one payment, not every later one
  it('show their details to the user each time, and end with the consent', async () => {
    const details = JSON.stringify([{ ...payment, note: '<b>rent</b>' }])
    const browser = new Browser()
    const url = (extra: Record<string, string> = {}) =>
      authorizationUrl({
        realmUrl: realm.url,
        clientId: 'careful',
        redirectUri: appUri,
        parameters: { authorization_details: details, ...extra },
      })
    const first = await signIn(browser, await browser.get(url()), {
      username: 'anna',
      password: 'pw',
    })
    expect(first.answer.body).toContain('kc-authorization-details')
    expect(first.answer.body).toContain('<dt>note</dt><dd>&lt;b&gt;rent&lt;/b&gt;</dd>')
    await browser.submit(first, { accept: 'Yes' }, {})
    const passive = await browser.get(url({ prompt: 'none' }))
    expect(passive.location?.searchParams.get('error')).toBe('interaction_required')
    const again = await browser.get(url())
    const asked = again.location === null ? again : await browser.get(again.location)
    expect(asked.answer.body).toContain('kc-authorization-details')
    const { location } = await browser.submit(asked, { accept: 'Yes' }, {})
    const form = { client_id: 'careful', client_secret: 's' }
    const code = location?.searchParams.get('code') ?? ''
    const { body } = await realm.redeem('careful', code, { client_secret: 's' })
    expect(claimsOf(body.access_token)['authorization_details']).toMatchObject([payment])
    const plain = await browser.get(
      authorizationUrl({ realmUrl: realm.url, clientId: 'careful', redirectUri: appUri }),
    )
    expect(plain.location?.searchParams.has('code')).toBe(true)
    const refresh = async (token: string) =>
      await realm.token({ grant_type: 'refresh_token', refresh_token: token, ...form })
    const { body: next } = await refresh(body.refresh_token)
    expect(next.authorization_details).toMatchObject([payment])
    const { body: people } = await realm.administer('GET', '/users?username=anna')
    const revoked = await realm.administer('DELETE', `/users/${people[0].id}/consents/careful`)
    expect(revoked.status).toBe(204)
    expect((await refresh(next.refresh_token)).body.error).toBe('invalid_grant')
  })

  // RFC 9126 §2.3, §4, §5
  it('have to be pushed where the realm says so', async () => {
    await realm.administer('PUT', '', {
      attributes: {
        requirePushedAuthorizationRequests: 'true',
        authorizationDetailsTypes: 'payment, account',
      },
    })
    expect(await authorize([])).toBe(400)
    const push = { client_id: 'app', response_type: 'code', redirect_uri: appUri, scope: 'openid' }
    const refused = await realm.post('ext/par/request', { ...push, client_secret: 'wrong' })
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    const { status, body } = await realm.post('ext/par/request', { ...push, client_secret: 's' })
    expect(status).toBe(201)
    expect(await authorize([['request_uri', body.request_uri]])).toBe(200)
    const { body: metadata } = await realm.send(`${realm.url}/.well-known/openid-configuration`)
    expect(metadata.require_pushed_authorization_requests).toBe(true)
  })
})
