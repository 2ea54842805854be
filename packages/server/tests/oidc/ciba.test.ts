import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { signIn } from '../harness/login.ts'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const grantType = 'urn:openid:params:grant-type:ciba'
const anna = { username: 'anna', password: 'pw' }
const enabled = { 'oidc.ciba.grant.enabled': 'true' }

interface Received {
  readonly url: string
  readonly authorization: string
  readonly body: Record<string, unknown>
}

/** An authentication entity, and a client that is told by ping. */
class Listener {
  readonly received: Received[] = []
  answer = 201
  readonly #server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { url = '', headers } = request
      this.received.push({ url, authorization: headers.authorization ?? '', body })
      response.writeHead(url === '/ping' ? 204 : this.answer).end()
    })
  })

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
  }

  get last(): Received {
    const last = this.received.at(-1)
    if (!last) throw new Error('nothing came')
    return last
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>
}

describe('backchannel authentication through an entity outside', () => {
  const listener = new Listener()
  let realm: OidcRealm
  let privateKey: CryptoKey

  beforeAll(async () => {
    const url = await listener.listen()
    const pair = await generateKeyPair('ES256')
    privateKey = pair.privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', use: 'sig', alg: 'ES256' }
    const keys = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [jwk] }) }
    realm = await OidcRealm.start(
      {
        attributes: { cibaInterval: '1' },
        clients: [
          { clientId: 'till', secret: 's', attributes: { ...enabled, ...keys } },
          { clientId: 'other', secret: 's', attributes: enabled },
          { clientId: 'closed', secret: 's' },
          {
            clientId: 'signing',
            secret: 's',
            attributes: {
              ...enabled,
              ...keys,
              'ciba.backchannel.auth.request.signing.alg': 'ES256',
            },
          },
          {
            clientId: 'pinged',
            secret: 's',
            attributes: {
              ...enabled,
              'ciba.backchannel.token.delivery.mode': 'ping',
              'ciba.backchannel.client.notification.endpoint': `https://ping.invalid/ping`,
            },
          },
        ],
      },
      {
        options: [
          `--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri=${url}/ask`,
        ],
      },
    )
  })
  afterAll(async () => {
    listener.close()
    await realm?.[Symbol.asyncDispose]()
  })

  const ask = (form: Record<string, string> = {}, clientId = 'till') =>
    realm.post('ext/ciba/auth', {
      client_id: clientId,
      client_secret: 's',
      scope: 'openid',
      login_hint: 'anna',
      ...form,
    })
  const poll = (authReqId: string, clientId = 'till') =>
    realm.token({
      grant_type: grantType,
      client_id: clientId,
      client_secret: 's',
      auth_req_id: authReqId,
    })
  const callback = (authorization: string, status: string) =>
    realm.send(realm.endpoint('ext/ciba/auth/callback'), {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ status }),
    })
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1_050))
  const refusal = ({ status, body }: Awaited<ReturnType<typeof ask>>) =>
    `${status} ${body.error} ${body.error_description}`

  // OpenID Connect CIBA Core §7.3, §10.1.1, §11
  it('gives the client tokens once, when the user has agreed', async () => {
    const { status, body } = await ask({ binding_message: 'W4SCT', acr_values: '1' })
    expect([status, body.expires_in, body.interval]).toEqual([200, 120, 1])
    const { scope, ...asked } = listener.last.body
    expect(String(scope).split(' ').toSorted()).toEqual(['email', 'openid', 'profile', 'roles'])
    expect(asked).toEqual({
      binding_message: 'W4SCT',
      login_hint: 'anna',
      is_consent_required: false,
      acr_values: '1',
    })
    const { authorization } = listener.last
    expect(refusal(await poll(body.auth_req_id))).toMatch(/^400 authorization_pending /)
    expect(refusal(await poll(body.auth_req_id))).toBe('400 slow_down too early to access')
    expect((await callback(authorization, 'SUCCEED')).status).toBe(200)
    expect(refusal(await callback(authorization, 'SUCCEED'))).toBe(
      '403 invalid_token Invalid token',
    )
    await pause()
    const answers = await Promise.all([1, 2, 3, 4].map(() => poll(body.auth_req_id)))
    const granted = answers.filter((answer) => answer.status === 200)
    expect(granted).toHaveLength(1)
    const tokens = granted[0]?.body
    expect(claimsOf(tokens.access_token)).toMatchObject({ azp: 'till', sid: tokens.session_state })
    expect(String(claimsOf(tokens.access_token)['jti'])).toMatch(/^onrtci:/)
    expect(claimsOf(tokens.id_token)['auth_time']).toBeTypeOf('number')
  })

  // OpenID Connect CIBA Core §11
  it.each(['UNAUTHORIZED', 'CANCELLED'])('tells the client of %s', async (answer) => {
    const { body } = await ask()
    await callback(listener.last.authorization, answer)
    expect(refusal(await poll(body.auth_req_id))).toBe('400 access_denied not authorized')
  })

  // OpenID Connect CIBA Core §7.1, §7.2, §13
  it.each([
    [{ scope: 'nope' }, '400 invalid_scope Invalid scopes: nope'],
    [{ login_hint: 'nobody' }, '400 invalid_request invalid_user'],
    [
      { id_token_hint: 'x' },
      '400 invalid_request Exactly one of login_hint, id_token_hint and login_hint_token is allowed',
    ],
    [
      { requested_expiry: '0' },
      '400 invalid_request requested_expiry has to be between 1 and 3600',
    ],
    [{ user_code: '1' }, '400 invalid_request User code not supported'],
    [
      { client_notification_token: 'x' },
      '400 invalid_request Client Notification token supported only for the ping mode',
    ],
    [{ request_uri: 'https://a.example.org' }, '400 invalid_request request_uri is not supported'],
  ])('refuses %j', async (form: Record<string, string>, wanted) => {
    expect(refusal(await ask(form))).toBe(wanted)
  })

  // OpenID Connect CIBA Core §7.1
  it('refuses clients that may not ask, and answers for others', async () => {
    expect(refusal(await ask({}, 'closed'))).toMatch(/^401 invalid_grant /)
    const { body } = await ask()
    expect(refusal(await poll(body.auth_req_id, 'other'))).toMatch(/^400 invalid_grant /)
    const token = await realm.password('other')
    const bearer = `Bearer ${token.body.access_token}`
    expect(refusal(await callback(bearer, 'SUCCEED'))).toBe('403 invalid_token Invalid token')
    expect(refusal(await callback('', 'SUCCEED'))).toBe('401 invalid_token Invalid token')
    const answer = await realm.send(realm.endpoint('userinfo'), {
      headers: { authorization: listener.last.authorization },
    })
    expect(answer.status).toBe(401)
  })

  it('gives up when the entity does not take the request', async () => {
    listener.answer = 500
    expect(refusal(await ask())).toBe(
      '503 server_error Unexpected response from authentication device',
    )
    listener.answer = 201
  })

  async function signed(claims: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000)
    const request = {
      iss: 'signing',
      aud: realm.url,
      iat: now,
      nbf: now,
      exp: now + 60,
      jti: crypto.randomUUID(),
      scope: 'openid',
      login_hint: 'anna',
      ...claims,
    }
    return await new SignJWT(request)
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(privateKey)
  }
  const askSigned = (form: Record<string, string>) =>
    realm.post('ext/ciba/auth', { client_id: 'signing', client_secret: 's', ...form })

  // OpenID Connect CIBA Core §7.1.1
  it('takes a signed request once, and nothing beside it', async () => {
    const request = await signed()
    expect((await askSigned({ request })).status).toBe(200)
    expect(refusal(await askSigned({ request }))).toMatch(/was sent before$/)
    expect(refusal(await askSigned({ scope: 'openid', login_hint: 'anna' }))).toMatch(
      /is required$/,
    )
    const beside = { request: await signed(), binding_message: 'x' }
    expect(refusal(await askSigned(beside))).toMatch(/beside a signed request$/)
  })

  // OpenID Connect CIBA Core §7.1.1
  it.each([
    [{ iss: 'other' }, /iss$/],
    [{ aud: 'https://elsewhere.example.org' }, /aud$/],
    [{ exp: 1 }, /exp$/],
    [{ iat: undefined }, /iat$/],
    [{ nbf: 9_999_999_999 }, /nbf$/],
    [{ jti: undefined }, /jti$/],
    [{ exp: 9_999_999_999 }, /too long$/],
  ])('refuses a signed request with %j', async (claims, wanted) => {
    expect(refusal(await askSigned({ request: await signed(claims) }))).toMatch(wanted)
  })

  // OpenID Connect CIBA Core §7.1
  it('asks a client in ping mode for the token that it is told with', async () => {
    const without = await ask({}, 'pinged')
    expect(refusal(without)).toMatch(/needs to be provided with the ping mode$/)
    const odd = await ask({ client_notification_token: 'a b' }, 'pinged')
    expect(refusal(odd)).toMatch(/bearer token cannot have$/)
    const long = await ask({ client_notification_token: 'x'.repeat(1_025) }, 'pinged')
    expect(refusal(long)).toMatch(/limited to 1024 characters$/)
    expect((await ask({ client_notification_token: 'abc' }, 'pinged')).status).toBe(200)
    const answer = await callback(listener.last.authorization, 'SUCCEED')
    expect(refusal(answer)).toMatch(/Failed to send request to client notification endpoint$/)
  })
})

describe('backchannel authentication in the browser', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    realm = await OidcRealm.start({
      attributes: { cibaInterval: '1' },
      clients: [{ clientId: 'till', name: 'Till', secret: 's', attributes: enabled }],
      users: [{ username: 'bob', enabled: true, credentials: [{ type: 'password', value: 'pw' }] }],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const ask = async (login: string) =>
    (
      await realm.post('ext/ciba/auth', {
        client_id: 'till',
        client_secret: 's',
        scope: 'openid',
        login_hint: login,
        binding_message: 'W4SCT',
      })
    ).body.auth_req_id as string
  const poll = async (auth_req_id: string) =>
    await realm.token({ grant_type: grantType, client_id: 'till', client_secret: 's', auth_req_id })

  it('asks who is signed in, shows the message, and tells what was decided', async () => {
    const browser = new Browser()
    const id = await ask('anna')
    const page = await signIn(browser, await browser.get(`${realm.url}/ciba`), anna)
    expect(page.text).toContain('Till')
    expect(page.text).toContain('W4SCT')
    const done = await browser.submit(page, { accept: 'Yes' }, {})
    expect(done.text).toContain('You have agreed')
    expect((await poll(id)).status).toBe(200)
    const second = await ask('anna')
    const again = await browser.get(`${realm.url}/ciba`)
    const refused = await browser.submit(again, { cancel: 'No' }, {})
    expect(refused.text).toContain('Nothing was granted')
    expect((await poll(second)).body.error).toBe('access_denied')
    expect((await browser.get(`${realm.url}/ciba`)).text).toContain('No application is waiting')
  })

  it('shows nobody what others are asked', async () => {
    await ask('bob')
    const browser = new Browser()
    const page = await signIn(browser, await browser.get(`${realm.url}/ciba`), anna)
    expect(page.text).toContain('No application is waiting')
  })

  // OpenID Connect CIBA Core §7.1, OpenID Connect Core §8
  it('finds the user of an ID token whose subject is for its client alone', async () => {
    const created = await realm.administer('POST', '/clients', {
      clientId: 'pair',
      name: 'Till',
      secret: 's',
      redirectUris: ['http://app.example.org/*'],
      directAccessGrantsEnabled: true,
      attributes: enabled,
      protocolMappers: [mapper('oidc-sha256-pairwise-sub-mapper')],
    })
    expect(created.status).toBe(201)
    await realm.administer('PUT', '', {
      attributes: { cibaAuthRequestedUserHint: 'id_token_hint', cibaInterval: '1' },
    })
    const { body } = await realm.password('pair', { client_secret: 's' })
    const by = async (hint: string, client: string) =>
      await realm.post('ext/ciba/auth', {
        client_id: client,
        client_secret: 's',
        scope: 'openid',
        id_token_hint: hint,
      })
    const refusal = ({ status, body: told }: Awaited<ReturnType<typeof by>>) =>
      `${status} ${told.error} ${told.error_description}`
    const { body: people } = await realm.administer('GET', '/users?username=anna')
    expect(claimsOf(body.id_token)['sub']).not.toBe(people[0].id)
    expect((await by(body.id_token, 'pair')).status).toBe(200)
    expect(refusal(await by(body.id_token, 'till'))).toBe('400 invalid_request invalid_user')
    await realm.post('logout', {
      client_id: 'pair',
      client_secret: 's',
      refresh_token: body.refresh_token,
    })
    expect(refusal(await by(body.id_token, 'pair'))).toBe('400 invalid_request invalid_user')
  })
})
