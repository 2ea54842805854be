import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { freePort } from '../harness/free-port.ts'
import { signIn } from '../harness/login.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { OidcRealm } from './oidc-realm.ts'

type Form = Readonly<Record<string, string>>

const redirectUri = 'http://app.example.org/cb'
const grantTypes = {
  device: 'urn:ietf:params:oauth:grant-type:device_code',
  ciba: 'urn:openid:params:grant-type:ciba',
}

describe('what counts once, shown to two nodes at the same moment', () => {
  let realm: OidcRealm
  let other: ServerProcess
  let options: string[]
  let privateKey: CryptoKey
  let jwk: JWK

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256')
    privateKey = pair.privateKey
    jwk = await exportJWK(pair.publicKey)
    const keys = JSON.stringify({ keys: [{ ...jwk, kid: 'k', use: 'sig', alg: 'ES256' }] })
    const port = await freePort()
    options = [`--hostname=http://127.0.0.1:${port}`]
    realm = await OidcRealm.start(
      {
        revokeRefreshToken: true,
        refreshTokenMaxReuse: 0,
        attributes: { refreshTokenGracePeriod: '0' },
        clients: [
          {
            clientId: 'web',
            publicClient: true,
            attributes: { 'oauth2.device.authorization.grant.enabled': 'true' },
          },
          { clientId: 'api', secret: 's' },
          {
            clientId: 'signer',
            serviceAccountsEnabled: true,
            clientAuthenticatorType: 'client-jwt',
            attributes: {
              'use.jwks.string': 'true',
              'jwks.string': keys,
              'oidc.ciba.grant.enabled': 'true',
            },
          },
        ],
      },
      { port, options },
    )
    other = await startServer({ databaseUrl: realm.server.database.url, options })
  })
  afterAll(async () => {
    await other?.stop()
    await realm?.[Symbol.asyncDispose]()
  })

  const urls = () => [realm.server.url, other.url]
  const endpoint = (node: string, path: string) => `${node}/realms/${realm.name}${path}`
  const connect = '/protocol/openid-connect'

  /** Sends the same to both nodes twice, all at once. @returns the statuses in order */
  async function everywhere(path: string, init: RequestInit): Promise<number[]> {
    const answers = [...urls(), ...urls()].map(async (node) => {
      const answer = await fetch(endpoint(node, path), init)
      await answer.arrayBuffer()
      return answer.status
    })
    return (await Promise.all(answers)).toSorted()
  }
  const post = (form: Form, headers: Form = {}): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  })
  const sign = async (claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
    const now = Math.floor(Date.now() / 1_000)
    return await new SignJWT({ iat: now, exp: now + 60, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', ...header })
      .sign(privateKey)
  }
  const assertion = async () => ({
    client_id: 'signer',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await sign({ iss: 'signer', sub: 'signer', aud: realm.url }),
  })

  // RFC 6749 §4.1.2, §10.5
  it('a code', async () => {
    const code = await realm.code('web')
    const form = { grant_type: 'authorization_code', client_id: 'web', redirect_uri: redirectUri }
    const statuses = await everywhere(`${connect}/token`, post({ ...form, code }))
    expect(statuses).toEqual([200, 400, 400, 400])
  })

  // RFC 6749 §10.4, RFC 9700 §4.14.2
  it('a refresh token of a realm that revokes used ones', async () => {
    const { body } = await realm.password('web')
    const form = {
      grant_type: 'refresh_token',
      client_id: 'web',
      refresh_token: body.refresh_token,
    }
    const statuses = await everywhere(`${connect}/token`, post(form))
    expect(statuses).toEqual([200, 400, 400, 400])
  })

  // RFC 7523 §3
  it('a client assertion', async () => {
    const form = { grant_type: 'client_credentials', ...(await assertion()) }
    const statuses = await everywhere(`${connect}/token`, post(form))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.every((status) => status < 500)).toBe(true)
  })

  // RFC 9449 §11.1
  it('a DPoP proof', async () => {
    const proof = await sign(
      { htm: 'POST', htu: realm.endpoint('token'), exp: undefined },
      { typ: 'dpop+jwt', jwk, kid: undefined },
    )
    const form = {
      grant_type: 'password',
      client_id: 'web',
      username: 'anna',
      password: 'pw',
      scope: 'openid',
    }
    const statuses = await everywhere(`${connect}/token`, post(form, { dpop: proof }))
    expect(statuses).toEqual([200, 400, 400, 400])
  })

  // OpenID Connect CIBA Core §7.1.1
  it('a signed backchannel request', async () => {
    const now = Math.floor(Date.now() / 1_000)
    const claims = { iss: 'signer', aud: realm.url, nbf: now, scope: 'openid', login_hint: 'anna' }
    const request = await sign(claims)
    const answers = [...urls(), ...urls()].map(async (node) => {
      const form = { request, ...(await assertion()) }
      return (await fetch(endpoint(node, `${connect}/ext/ciba/auth`), post(form))).status
    })
    expect((await Promise.all(answers)).toSorted()).toEqual([200, 400, 400, 400])
  })

  // RFC 8628 §3.4
  it('a device code', async () => {
    const { body } = await realm.post('auth/device', { client_id: 'web', scope: 'openid' })
    const browser = new Browser()
    const login = await browser.get(body.verification_uri_complete)
    const page = await signIn(browser, login, { username: 'anna', password: 'pw' })
    await browser.submit(page, { accept: 'Yes' }, {})
    const form = { grant_type: grantTypes.device, client_id: 'web', device_code: body.device_code }
    const statuses = await everywhere(`${connect}/token`, post(form))
    expect(statuses).toEqual([200, 400, 400, 400])
  })

  // OpenID Connect CIBA Core §10.1
  it('a request of a client that asks its user elsewhere', async () => {
    const asked = await realm.post('ext/ciba/auth', {
      scope: 'openid',
      login_hint: 'anna',
      ...(await assertion()),
    })
    const browser = new Browser()
    const first = await browser.get(`${realm.url}/ciba`)
    const page = await signIn(browser, first, { username: 'anna', password: 'pw' })
    await browser.submit(page, { accept: 'Yes' }, {})
    const form = { grant_type: grantTypes.ciba, auth_req_id: asked.body.auth_req_id }
    const answers = [...urls(), ...urls()].map(async (node) => {
      const sent = post({ ...form, ...(await assertion()) })
      return (await fetch(endpoint(node, `${connect}/token`), sent)).status
    })
    expect((await Promise.all(answers)).toSorted()).toEqual([200, 400, 400, 400])
  })

  // RFC 9126 §7.3
  it('a pushed request, in two browsers', async () => {
    const pushed = await realm.post('ext/par/request', {
      ...{ client_id: 'api', client_secret: 's', response_type: 'code', scope: 'openid' },
      redirect_uri: redirectUri,
    })
    const url = new URL(realm.endpoint('auth'))
    url.search = new URLSearchParams({
      client_id: 'api',
      request_uri: pushed.body.request_uri,
    }).toString()
    const browsers = [new Browser(), new Browser()]
    const pages = await Promise.all(browsers.map((browser) => browser.get(url)))
    const ends = await Promise.all(
      browsers.map(async (browser, index) => {
        const page = pages[index] as Page
        return await browser.submit(page, { username: 'anna', password: 'pw' })
      }),
    )
    expect(ends.filter(({ location }) => location?.searchParams.has('code'))).toHaveLength(1)
  })

  // RFC 7591 §3, RFC 7592 §3
  it('leave to register one client, and the token of its registration', async () => {
    const { body } = await realm.administer('POST', '/clients-initial-access', { count: 1 })
    const json = (token: string, content: object, method = 'POST'): RequestInit => ({
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(content),
    })
    const metadata = { redirect_uris: ['https://dcr.test/cb'] }
    const path = '/clients-registrations/openid-connect'
    expect(await everywhere(path, json(body.token, metadata))).toEqual([201, 401, 401, 401])
    const leave = await realm.administer('POST', '/clients-initial-access', { count: 1 })
    const made = await realm.send(`${realm.url}${path}`, json(leave.body.token, metadata))
    const { registration_access_token: token, ...registered } = made.body
    const change = json(token, { ...metadata, client_id: registered.client_id }, 'PUT')
    const statuses = await everywhere(`${path}/${registered.client_id}`, change)
    expect(statuses).toEqual([200, 401, 401, 401])
  })

  // RFC 7009 §2
  it('lets nobody use a revoked access token anywhere, at once and after a restart', async () => {
    const { body } = await realm.password('web')
    const { access_token: token } = body
    const userinfo = async (node: string) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(endpoint(node, `${connect}/userinfo`), { headers })).status
    }
    const isActive = async (node: string) => {
      const form = { client_id: 'api', client_secret: 's', token }
      const answer = await fetch(endpoint(node, `${connect}/token/introspect`), post(form))
      return ((await answer.json()) as { active: boolean }).active
    }
    for (const node of urls()) expect(await userinfo(node)).toBe(200)
    await realm.post('revoke', { client_id: 'web', token })
    for (const node of urls()) {
      expect([await userinfo(node), await isActive(node)]).toEqual([401, false])
    }
    await other.stop()
    other = await startServer({ databaseUrl: realm.server.database.url, options })
    expect([await userinfo(other.url), await isActive(other.url)]).toEqual([401, false])
  })
  // OpenID Connect Back-Channel Logout §2.5, §2.8
  it('tells a client of a logout whose node died while it was telling it', async () => {
    const received: { jti: string; sid: string; answer: () => void }[] = []
    const client = createServer(async (request, response) => {
      let text = ''
      for await (const part of request) text += part
      const { jti = '', sid } = decodeJwt(new URLSearchParams(text).get('logout_token') ?? '')
      received.push({ jti, sid: String(sid), answer: () => response.writeHead(204).end() })
    }).listen(0, '127.0.0.1')
    await once(client, 'listening')
    const { port } = client.address() as AddressInfo
    const { database } = realm.server
    const waiting = async () => await database.query('SELECT id FROM logout_notice')
    try {
      await realm.configure('api', { 'backchannel.logout.url': `http://127.0.0.1:${port}/` })
      const { body } = await realm.password('api', { client_secret: 's' })
      const form = { client_id: 'api', client_secret: 's', refresh_token: body.refresh_token }
      const ended = fetch(endpoint(other.url, `${connect}/logout`), post(form)).catch(() => null)
      await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1)
      other.kill('SIGKILL')
      await ended
      expect(await waiting()).toEqual([{ id: received[0]?.jti }])
      // What the node has taken is another's after a while; nobody waits for that here.
      await database.query('UPDATE logout_notice SET due_at = 0')
      await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2)
      received[1]?.answer()
      expect(received[1]).toMatchObject({ jti: received[0]?.jti, sid: received[0]?.sid })
      await expect.poll(waiting, { timeout: 10_000 }).toEqual([])
    } finally {
      client.closeAllConnections()
      client.close()
    }
  })
})
