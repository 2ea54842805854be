import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificates } from '../harness/certificates.ts'
import { startTestServer } from '../harness/test-server.ts'
import {
  clientOne,
  issuer,
  personInRealm,
  postLogoutRedirectUri,
  RelyingParty,
  redirectUri,
} from './relying-party.ts'

/** What modules of the plan "Back-Channel Logout" check, by their names. */
describe('conformance: back-channel logout', () => {
  const certificates = new TestCertificates()
  const own = certificates.make('/CN=suite')
  const received: { type: string; form: URLSearchParams }[] = []
  /** Statuses of the next answers; 200 after them. */
  const statuses: number[] = []
  let suite: Server
  let party: RelyingParty

  beforeAll(async () => {
    suite = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      request.on('end', () => {
        const type = request.headers['content-type'] ?? ''
        received.push({ type, form: new URLSearchParams(text) })
        response.writeHead(statuses.shift() ?? 200).end()
      })
    })
    await new Promise<void>((resolve) => suite.listen(0, '127.0.0.1', resolve))
    const url = `https://localhost:${(suite.address() as AddressInfo).port}/backchannel_logout`
    const realm = {
      realm: 'conformance',
      enabled: true,
      clients: [
        {
          clientId: clientOne.client_id,
          secret: clientOne.client_secret,
          redirectUris: [redirectUri],
          attributes: {
            'post.logout.redirect.uris': postLogoutRedirectUri,
            'backchannel.logout.url': url,
            'backchannel.logout.session.required': 'true',
          },
        },
      ],
      users: [personInRealm],
    }
    const options = ['--proxy-headers=xforwarded', `--truststore-paths=${own.certificateFile}`]
    party = new RelyingParty(await startTestServer({ options, realms: [realm] }))
  })
  afterAll(async () => {
    suite?.close()
    certificates[Symbol.dispose]()
    await party?.[Symbol.asyncDispose]()
  })

  const logout = async (idToken: string) => {
    const url = new URL(`${issuer}/protocol/openid-connect/logout`)
    url.search = new URLSearchParams({
      id_token_hint: idToken,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    }).toString()
    return await party.browser.get(url)
  }

  it('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
    const answer = await party.get(`${issuer}/.well-known/openid-configuration`)
    expect(JSON.parse(answer.body)).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })

  // OpenID Connect Back-Channel Logout §2.4, §2.5
  it('oidcc-backchannel-rp-initiated-logout', async () => {
    const { tokens } = await party.login()
    const idToken = decodeJwt(tokens.id_token)
    const page = await logout(tokens.id_token)
    expect(page.location?.href).toBe(`${postLogoutRedirectUri}?state=state-1`)
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1)
    const [{ type, form }] = received as [(typeof received)[0]]
    expect([type, [...form.keys()]]).toEqual([
      'application/x-www-form-urlencoded',
      ['logout_token'],
    ])
    const keys = JSON.parse(
      (await party.get(`${issuer}/protocol/openid-connect/certs`)).body,
    ) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(
      form.get('logout_token') ?? '',
      createLocalJWKSet(keys),
      { issuer, audience: clientOne.client_id },
    )
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'logout+jwt' })
    expect(payload).toMatchObject({
      sub: idToken.sub,
      sid: idToken['sid'],
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload).not.toHaveProperty('nonce')
    expect(await party.authorizationError({ prompt: 'none' })).toBe('login_required')
  })

  // OpenID Connect Back-Channel Logout §2.8
  it('tells a client again that had trouble, with a token of the same id', async () => {
    party.browser = party.newBrowser()
    const { tokens } = await party.login()
    received.length = 0
    statuses.push(503)
    expect((await logout(tokens.id_token)).location?.href).toContain(postLogoutRedirectUri)
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(2)
    const [first, second] = received.map(({ form }) => decodeJwt(form.get('logout_token') ?? ''))
    expect(second?.jti).toBe(first?.jti)
  })
})
