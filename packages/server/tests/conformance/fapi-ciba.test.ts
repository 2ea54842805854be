import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { formBody, type HttpAnswer } from '../harness/http-exchange.ts'
import { signIn } from '../harness/login.ts'
import { type Changes, errorOf, FapiParty, Signer, tokenUrl, userinfoUrl } from './fapi-party.ts'
import { issuer, person } from './relying-party.ts'

const askUrl = `${issuer}/protocol/openid-connect/ext/ciba/auth`
const grantType = 'urn:openid:params:grant-type:ciba'
const notificationToken = 'token-of-the-client-0123456789'
const badMessage =
  '1234 \u{1F44D}\u{1F3FF} 品川 Lorem ipsum dolor sit amet, consectetur adipiscing elit.'
const now = () => Math.floor(Date.now() / 1_000)
const minutes = 60

interface Ping {
  readonly url: string
  readonly authorization: string
  readonly type: string
  readonly body: string
}

/** Where a client in ping mode is told; it answers as it is set. */
class NotificationEndpoint implements Disposable {
  readonly pings: Ping[] = []
  answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 204 }
  readonly #server: Server

  constructor({ certificate: cert, key }: TestCertificate) {
    this.#server = createServer({ cert, key }, (request, response) => this.#take(request, response))
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    void textOf(request).then((body) => {
      const { url = '', headers } = request
      const { authorization = '', 'content-type': type = '' } = headers
      this.pings.push({ url, authorization, type, body })
      response.writeHead(this.answer.status, this.answer.headers).end(this.answer.body)
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ping`
  }

  [Symbol.dispose](): void {
    this.#server.close()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** Who sends a request, and what with. */
interface Sender {
  readonly client?: number
  readonly assertion?: Changes | null
  readonly signer?: Signer
  readonly certificate?: TestCertificate | null
}

/** What modules of the plan "FAPI-CIBA-ID1" check, by their names. */
describe.each([
  { mode: 'poll', authentication: 'private_key_jwt' },
  { mode: 'ping', authentication: 'mtls' },
])('conformance: FAPI-CIBA, $mode, $authentication', ({ mode, authentication }) => {
  const files = new TestCertificates()
  const own = files.make('/CN=suite')
  const notification = new NotificationEndpoint(own)
  const ping = mode === 'ping'
  const mtls = authentication === 'mtls'
  let fapi: FapiParty
  let certificates: TestCertificate[]
  let signedIn = false

  beforeAll(async () => {
    const endpoint = await notification.listen()
    fapi = await FapiParty.start(
      ['fapi-1-advanced', 'fapi-ciba'],
      {
        clientAuthenticatorType: mtls ? 'client-x509' : 'client-jwt',
        attributes: {
          'oidc.ciba.grant.enabled': 'true',
          'ciba.backchannel.token.delivery.mode': mode,
          'ciba.backchannel.client.notification.endpoint': endpoint,
          'ciba.backchannel.auth.request.signing.alg': 'PS256',
          'tls.client.certificate.bound.access.tokens': 'true',
          'request.object.signature.alg': 'PS256',
        },
      },
      {
        attributes: { cibaInterval: '1' },
        options: [`--truststore-paths=${own.certificateFile}`],
      },
    )
    certificates = [fapi.certificate, fapi.certificates.make('/CN=client-2')]
  })
  afterAll(async () => {
    notification[Symbol.dispose]()
    files[Symbol.dispose]()
    await fapi?.[Symbol.asyncDispose]()
  })

  /** Posts as a client that authenticates in the way of this run. */
  async function post(url: string, form: Record<string, string>, sender: Sender = {}) {
    const { client = 0, assertion = {}, signer } = sender
    const certificate = sender.certificate === undefined ? certificates[client] : sender.certificate
    const proof =
      mtls || assertion === null
        ? { client_id: `client-${client + 1}` }
        : await fapi.assertion(client, assertion, signer)
    const { body, headers } = formBody({ ...proof, ...form })
    return await fapi.party.transport({
      method: 'POST',
      url,
      body,
      headers: { ...headers, ...(certificate ? { 'ssl-client-cert': certificate.der } : {}) },
    })
  }

  const parameters = (changes: Changes = {}) => ({
    scope: 'openid email',
    login_hint: person.username,
    binding_message: '1234',
    ...(ping ? { client_notification_token: notificationToken } : {}),
    ...changes,
  })
  const claims = (changes: Changes = {}) => ({
    ...parameters(),
    iss: 'client-1',
    aud: issuer,
    iat: now(),
    nbf: now(),
    exp: now() + 5 * minutes,
    jti: randomUUID(),
    ...changes,
  })
  const signed = async (changes: Changes = {}, signer = fapi.clients[0] as Signer, header = {}) =>
    await signer.sign(claims(changes), header)
  const askWith = async (request: string, sender: Sender = {}) =>
    await post(askUrl, { request }, sender)
  const ask = async (changes: Changes = {}, sender: Sender = {}) =>
    await askWith(await signed(changes), sender)
  const idOf = (answer: HttpAnswer) => {
    expect(answer.status, answer.body).toBe(200)
    return (JSON.parse(answer.body) as { auth_req_id: string }).auth_req_id
  }
  const poll = async (id: string, sender: Sender = {}) =>
    await post(tokenUrl, { grant_type: grantType, auth_req_id: id }, sender)
  const interval = () => delay(1_050)

  /** The user opens the page of what waits for them, and answers. */
  async function decide(agree: boolean): Promise<string> {
    const { browser } = fapi.party
    const first = await browser.get(`${issuer}/ciba`)
    const page = signedIn ? first : await signIn(browser, first, person)
    signedIn = true
    return (await browser.submit(page, agree ? { accept: 'Yes' } : { cancel: 'No' }, {})).text
  }
  async function approve(id: string) {
    notification.pings.length = 0
    expect(await decide(true)).toContain('You have agreed')
    if (ping) {
      expect(notification.pings).toEqual([
        {
          url: '/ping',
          authorization: `Bearer ${notificationToken}`,
          type: expect.stringMatching(/^application\/json/),
          body: JSON.stringify({ auth_req_id: id }),
        },
      ])
    } else expect(notification.pings).toEqual([])
  }
  async function tokensOf(id: string, sender: Sender = {}) {
    const answer = await poll(id, sender)
    expect(answer.status, answer.body).toBe(200)
    expect(answer.headers['cache-control']).toContain('no-store')
    return JSON.parse(answer.body) as Record<string, string>
  }
  const userinfo = async (token = '', certificate = fapi.certificate) =>
    await fapi.party.get(userinfoUrl, {
      authorization: `Bearer ${token}`,
      'ssl-client-cert': certificate.der,
    })

  // OpenID Connect CIBA Core §4
  it('fapi-ciba-id1-discovery-end-point-verification', async () => {
    const answer = await fapi.party.get(`${issuer}/.well-known/openid-configuration`)
    const metadata = JSON.parse(answer.body) as Record<string, string[]>
    expect(metadata['backchannel_authentication_endpoint']).toBe(askUrl)
    expect(metadata['grant_types_supported']).toContain(grantType)
    expect(metadata['backchannel_token_delivery_modes_supported']).toContain(mode)
    expect(metadata['backchannel_authentication_request_signing_alg_values_supported']).toEqual(
      expect.arrayContaining(['PS256', 'ES256']),
    )
    expect([undefined, true, false]).toContain(
      metadata['backchannel_user_code_parameter_supported'] as unknown,
    )
  })

  // OpenID Connect CIBA Core §7.3, §10.1.1, §10.2
  it('fapi-ciba-id1', async () => {
    const answer = await ask()
    const id = idOf(answer)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(id.length).toBeGreaterThanOrEqual(22)
    expect(JSON.parse(answer.body)).toMatchObject({ expires_in: 120, interval: 1 })
    expect(errorOf(await poll(id))).toBe('400 authorization_pending')
    await approve(id)
    await interval()
    const tokens = await tokensOf(id)
    expect(decodeProtectedHeader(tokens['id_token'] ?? '')).toMatchObject({
      alg: 'PS256',
      kid: expect.any(String),
    })
    expect(decodeJwt(tokens['id_token'] ?? '')).toMatchObject({ iss: issuer, aud: 'client-1' })
    expect((await userinfo(tokens['access_token'])).status).toBe(200)
    const other = certificates[1] as TestCertificate
    expect((await userinfo(tokens['access_token'], other)).status).toBe(401)
  })

  // OpenID Connect CIBA Core §11
  it('fapi-ciba-id1-user-rejects-authentication', async () => {
    const id = idOf(await ask())
    notification.pings.length = 0
    expect(await decide(false)).toContain('Nothing was granted')
    expect(notification.pings).toHaveLength(ping ? 1 : 0)
    expect(errorOf(await poll(id))).toBe('400 access_denied')
  })

  it('fapi-ciba-id1-auth-req-id-expired', async () => {
    const id = idOf(await ask({ requested_expiry: 1 }))
    await delay(1_100)
    expect(errorOf(await poll(id))).toBe('400 expired_token')
  })

  it('fapi-ciba-id1-ensure-requested-expiry-as-string-succeeds', async () => {
    const answer = await ask({ requested_expiry: '30' })
    expect(JSON.parse(answer.body)).toMatchObject({ expires_in: 30 })
  })

  it('fapi-ciba-id1-multiple-call-to-token-endpoint', async () => {
    const id = idOf(await ask())
    expect(errorOf(await poll(id))).toBe('400 authorization_pending')
    for (const _ of [1, 2, 3]) expect(errorOf(await poll(id))).toBe('400 slow_down')
  })

  it.each([
    ['binding-message', { binding_message: 'W4SCT' }],
    ['other-scope-order', { scope: 'email openid' }],
  ])('fapi-ciba-id1-ensure-…%s-succeeds', async (_module, changes) => {
    idOf(await ask(changes))
  })

  // OpenID Connect CIBA Core §13
  it('fapi-ciba-id1-ensure-authorization-request-with-potentially-bad-binding-message', async () => {
    expect(errorOf(await ask({ binding_message: badMessage }))).toBe('400 invalid_binding_message')
  })

  // OpenID Connect CIBA Core §7.2
  it('fapi-ciba-id1-ensure-authorization-request-with-multiple-hints-fails', async () => {
    const changes = { id_token_hint: 'x', login_hint_token: 'y' }
    expect(errorOf(await ask(changes))).toBe('400 invalid_request')
  })

  // OpenID Connect CIBA Core §7.1.1
  it('fapi-ciba-id1-ensure-unsigned-backchannel-authorization-request-fails', async () => {
    const answer = await post(askUrl, parameters() as Record<string, string>)
    expect(errorOf(answer)).toBe('400 invalid_request')
  })

  // OpenID Connect CIBA Core §7.1.1, §7.2
  it.each<[string, () => Changes]>([
    ['bad-aud', () => ({ aud: 'https://www.example.com' })],
    ['missing-aud', () => ({ aud: undefined })],
    ['bad-iss', () => ({ iss: 'client-1 with a suffix' })],
    ['missing-iss', () => ({ iss: undefined })],
    ['expired-exp', () => ({ exp: now() - 5 * minutes })],
    ['missing-exp', () => ({ exp: undefined })],
    ['exp-is-70-minutes-in-future', () => ({ exp: now() + 70 * minutes })],
    ['missing-iat', () => ({ iat: undefined })],
    ['missing-nbf', () => ({ nbf: undefined })],
    ['nbf-is-10-minutes-in-future', () => ({ nbf: now() + 10 * minutes })],
    ['nbf-is-70-minutes-in-past', () => ({ nbf: now() - 70 * minutes })],
    ['missing-jti', () => ({ jti: undefined })],
  ])('fapi-ciba-id1-ensure-request-object-%s-fails', async (_module, changes) => {
    expect(errorOf(await ask(changes()))).toBe('400 invalid_request')
  })

  // OpenID Connect CIBA Core §7.2, RFC 8725 §3.1
  it.each<[string, () => Promise<string> | string]>([
    ['is-bad', async () => `${(await signed()).slice(0, -8)}AAAAAAAA`],
    ['is-none', () => new UnsecuredJWT(claims()).encode()],
    ['is-RS256', async () => (await Signer.create('RS256')).sign(claims())],
  ])('fapi-ciba-id1-ensure-request-object-signature-algorithm-%s-fails', async (_module, made) => {
    expect(errorOf(await askWith(await made()))).toBe('400 invalid_request')
  })

  it('fapi-ciba-id1-ensure-request-object-signed-by-other-client-fails', async () => {
    const request = await signed({}, fapi.clients[1])
    expect(errorOf(await askWith(request))).toBe('400 invalid_request')
  })

  it('fapi-ciba-id1-ensure-mtls-holder-of-key-required', async () => {
    const id = idOf(await ask())
    await approve(id)
    const answer = await poll(id, { certificate: null })
    expect(errorOf(answer)).toMatch(mtls ? /^401 invalid_client/ : /^400 invalid_request/)
  })

  // OpenID Connect CIBA Core §11
  it('fapi-ciba-id1-ensure-wrong-auth-req-id-in-token-endpoint-request', async () => {
    const id = idOf(await ask())
    expect(errorOf(await poll(id, { client: 1 }))).toBe('400 invalid_grant')
  })

  it('fapi-ciba-id1-refresh-token', async () => {
    const id = idOf(await ask())
    await approve(id)
    const { refresh_token: text = '' } = await tokensOf(id)
    const form = { grant_type: 'refresh_token', refresh_token: text }
    expect(errorOf(await post(tokenUrl, form, { client: 1 }))).toBe('400 invalid_grant')
    const answer = await post(tokenUrl, form)
    expect(answer.status, answer.body).toBe(200)
    const again = JSON.parse(answer.body) as Record<string, string>
    expect((await userinfo(again['access_token'])).status).toBe(200)
  })

  describe.runIf(ping)('in ping mode', () => {
    // OpenID Connect CIBA Core §10.2: whoever is told comes at once, however short the time since they asked in vain.
    it.each([
      ['response-401', { status: 401 }],
      ['response-403', { status: 403 }],
      ['response-has-body', { status: 200, body: '{"error":"none"}' }],
      ['return-redirect-request', { status: 301, headers: { location: '/elsewhere' } }],
    ])('fapi-ciba-id1-ping-backchannel-notification-endpoint-%s', async (_module, answer) => {
      const id = idOf(await ask())
      expect(errorOf(await poll(id))).toBe('400 authorization_pending')
      notification.answer = answer
      await approve(id)
      notification.answer = { status: 204 }
      await tokensOf(id)
      expect(notification.pings).toHaveLength(1)
    })
  })

  describe.runIf(mtls)('with mutual TLS', () => {
    const first = () => certificates[0] as TestCertificate

    it('fapi-ciba-id1-ensure-different-client-id-and-issuer-in-backchannel-authorization-request', async () => {
      const answer = await ask({}, { client: 1, certificate: first() })
      expect(errorOf(answer)).toBe('401 invalid_client')
    })

    it('fapi-ciba-id1-ensure-wrong-client-id-in-backchannel-authorization-request', async () => {
      const answer = await ask({ iss: 'client-2' }, { client: 1, certificate: first() })
      expect(errorOf(answer)).toBe('401 invalid_client')
    })

    it('fapi-ciba-id1-ensure-wrong-client-id-in-token-endpoint-request', async () => {
      const id = idOf(await ask())
      const answer = await poll(id, { client: 1, certificate: first() })
      expect(errorOf(answer)).toBe('401 invalid_client')
    })
  })

  describe.runIf(!mtls)('with private_key_jwt', () => {
    it('fapi-ciba-id1-ensure-without-client-assertion-in-backchannel-authorization-request-fails', async () => {
      expect(errorOf(await ask({}, { assertion: null }))).toMatch(/^40[01] invalid_client/)
    })

    it('fapi-ciba-id1-ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails', async () => {
      const signer = await Signer.create('RS256')
      expect(errorOf(await ask({}, { signer }))).toMatch(/^40[01] invalid_(?:client|request)/)
    })

    it('fapi-ciba-id1-ensure-client-assertion-in-token-endpoint', async () => {
      const id = idOf(await ask())
      expect(errorOf(await poll(id, { assertion: null }))).toMatch(/^40[01] invalid_client/)
      const signer = await Signer.create('RS256')
      expect(errorOf(await poll(id, { signer }))).toMatch(/^40[01] invalid_(?:client|request)/)
      const assertion = { aud: issuer }
      expect(errorOf(await poll(id, { assertion }))).toBe('400 authorization_pending')
    })

    it('signs requests with a type of their own too (RFC 9101 §4)', async () => {
      idOf(await askWith(await signed({}, fapi.clients[0], { typ: 'oauth-authz-req+jwt' })))
    })
  })
})
