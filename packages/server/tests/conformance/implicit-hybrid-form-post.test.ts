import { createHash } from 'node:crypto'
import { decodeJwt, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from '../harness/browser.ts'
import { signIn } from '../harness/login.ts'
import { startTestServer } from '../harness/test-server.ts'
import {
  clientOne,
  clientTwo,
  issuer,
  person,
  personInRealm,
  RelyingParty,
  redirectUri,
  type Tokens,
} from './relying-party.ts'

type Parameters = Readonly<Record<string, string | null>>

const userinfoUrl = `${issuer}/protocol/openid-connect/userinfo`
const implicit = ['id_token', 'id_token token']
const hybrid = ['code id_token', 'code token', 'code id_token token']

/** What the plans "Implicit", "Hybrid" and "Form Post" check for every response type, by the names of their modules. */
describe.each([
  { plan: 'Implicit', mode: 'fragment', types: implicit },
  { plan: 'Hybrid', mode: 'fragment', types: hybrid },
  { plan: 'Form Post', mode: 'form_post', types: ['code', 'id_token token', 'code id_token'] },
])('conformance: $plan', ({ mode, types }) => {
  beforeEach(() => {
    party.browser = party.newBrowser()
  })

  describe.each(types)('%s', (type) => {
    const parts = type.split(' ')
    const asks = (changes: Parameters = {}) =>
      party.authorizationUrl({ response_type: type, response_mode: mode, ...changes })

    /** Sends the browser, which signs in when it is asked. @returns what the client gets */
    async function authorize(changes: Parameters = {}): Promise<URLSearchParams> {
      const url = asks(changes)
      const first = await party.browser.get(url)
      const isLogin = first.id === 'login-login'
      const answer = answerOf(isLogin ? await signIn(party.browser, first, person) : first, mode)
      expect(answer.get('state')).toBe(url.searchParams.get('state'))
      expect(answer.get('iss')).toBe(issuer)
      return answer
    }
    async function signedIn(changes: Parameters = {}) {
      const nonce = 'nonce-1'
      const answer = await authorize({ nonce, ...changes })
      for (const name of ['code', 'id_token'] as const) {
        expect([name, answer.has(name)]).toEqual([name, parts.includes(name)])
      }
      expect(answer.has('access_token')).toBe(parts.includes('token'))
      const redeemed = parts.includes('code') ? await party.redeem(answer.get('code') ?? '') : null
      const idToken = answer.get('id_token') ?? redeemed?.id_token ?? ''
      const tokens = { id_token: idToken, access_token: '', token_type: 'Bearer' } as Tokens
      const claims = await party.idTokenClaims(tokens, nonce)
      const accessToken = answer.get('access_token') ?? redeemed?.access_token
      return { answer, claims, idToken, accessToken, redeemed }
    }

    it('oidcc-server', async () => {
      const { answer, claims, redeemed } = await signedIn()
      expect([claims.iss, claims.aud]).toEqual([issuer, 'client-1'])
      // OpenID Connect Core §3.2.2.10, §3.3.2.11
      if (answer.has('id_token') && answer.has('access_token')) {
        expect(claims['at_hash']).toBe(halfHash(answer.get('access_token')))
      }
      if (answer.has('id_token') && answer.has('code')) {
        expect(claims['c_hash']).toBe(halfHash(answer.get('code')))
      }
      if (answer.has('access_token')) {
        expect(answer.get('token_type')?.toLowerCase()).toBe('bearer')
        expect(Number(answer.get('expires_in'))).toBeGreaterThan(0)
      }
      if (redeemed && answer.has('id_token')) {
        expect(decodeJwt(redeemed.id_token).sub).toBe(claims.sub)
      }
    })

    it.runIf(type !== 'id_token')('oidcc-userinfo-get, -post-header, -post-body', async () => {
      const { accessToken = '', claims } = await signedIn()
      const authorization = `Bearer ${accessToken}`
      const get = await party.get(userinfoUrl, { authorization })
      const post = await party.transport({
        method: 'POST',
        url: userinfoUrl,
        headers: { authorization },
        body: '',
      })
      const body = await party.transport({
        method: 'POST',
        url: userinfoUrl,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `access_token=${accessToken}`,
      })
      for (const { status, body: text } of [get, post, body]) {
        expect([status, JSON.parse(text).sub]).toEqual([200, claims.sub])
      }
    })

    it.runIf(parts.includes('id_token'))('oidcc-ensure-request-without-nonce-fails', async () => {
      expect((await authorize({ nonce: null })).get('error')).toBe('invalid_request')
    })

    it('oidcc-scope-profile, -email, -address, -phone, -all', async () => {
      const scope = 'openid profile email address phone'
      const { claims, accessToken } = await signedIn({ scope })
      const user = accessToken === undefined ? claims : await party.userinfo(accessToken)
      expect(user).toMatchObject({ email: 'foo@conformance.test', family_name: 'Bar' })
      for (const each of ['profile', 'email', 'address', 'phone']) {
        await signedIn({ scope: `openid ${each}`, prompt: 'none' })
      }
    })

    it('oidcc-prompt-none-not-logged-in, -logged-in', async () => {
      expect((await authorize({ prompt: 'none' })).get('error')).toBe('login_required')
      const first = await signedIn()
      const again = await signedIn({ prompt: 'none' })
      expect(again.claims.sub).toBe(first.claims.sub)
      expect(again.claims['auth_time']).toBe(first.claims['auth_time'])
    })

    it('oidcc-max-age-10000, oidcc-id-token-hint', async () => {
      const first = await signedIn({ max_age: '10000' })
      expect(first.claims['auth_time']).toBeTypeOf('number')
      const again = await signedIn({ prompt: 'none', id_token_hint: first.idToken })
      expect(again.claims.sub).toBe(first.claims.sub)
    })

    it('oidcc-ensure-registered-redirect-uri', async () => {
      const page = await party.browser.get(asks({ redirect_uri: `${redirectUri}/other` }))
      expect([page.status, page.location]).toEqual([400, null])
    })

    it('oidcc-ensure-request-object-with-redirect-uri', async () => {
      const request = new UnsecuredJWT({ redirect_uri: `${redirectUri}/other` }).encode()
      const page = await party.browser.get(asks({ request }))
      const error = page.location === null ? page.status : answerOf(page, mode).get('error')
      expect([400, 'invalid_request', 'invalid_request_object']).toContain(error)
    })

    it.runIf(parts.includes('code'))('oidcc-codereuse, oidcc-refresh-token', async () => {
      const { answer, redeemed } = await signedIn()
      const refresh = { grant_type: 'refresh_token', refresh_token: redeemed?.refresh_token ?? '' }
      expect((await party.token(refresh)).status).toBe(200)
      expect((await party.redemption(answer.get('code') ?? '')).status).toBe(400)
      party.client = clientTwo
      expect((await party.token(refresh)).status).toBe(400)
      party.client = clientOne
    })

    it('oidcc-ensure-request-with-unknown-parameter-succeeds, -acr-values-succeeds, display-page, ui-locales, claims-locales, login-hint', async () => {
      await signedIn({ login_hint: 'foo@conformance.test', display: 'page', acr_values: '1 2' })
      const others = { extra: 'foobar', ui_locales: 'se', claims_locales: 'se' }
      await signedIn({ ...others, prompt: 'none' })
    })
  })
})

let party: RelyingParty
beforeAll(async () => {
  const realm = {
    realm: 'conformance',
    enabled: true,
    clients: [clientOne, clientTwo].map(({ client_id, client_secret }) => ({
      clientId: client_id,
      secret: client_secret,
      redirectUris: [redirectUri],
      implicitFlowEnabled: true,
    })),
    users: [personInRealm],
  }
  const options = ['--proxy-headers=xforwarded']
  party = new RelyingParty(await startTestServer({ options, realms: [realm] }))
})
afterAll(() => party?.[Symbol.asyncDispose]())

/** What a page or redirect sends to the client. */
function answerOf(page: Page, mode: string): URLSearchParams {
  if (mode === 'form_post') {
    expect(page.status, page.describe()).toBe(200)
    const { body } = page.answer
    expect(/<form[^>]* action="([^"]+)"/.exec(body)?.[1]).toBe(redirectUri)
    expect(page.answer.headers['cache-control']).toContain('no-store')
    const fields = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/gi)]
    return new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]))
  }
  const { location } = page
  expect(`${location?.origin}${location?.pathname}`, page.describe()).toBe(redirectUri)
  expect(location?.search).toBe('')
  return new URLSearchParams(location?.hash.slice(1))
}

/** OpenID Connect Core §3.2.2.9. */
function halfHash(text: string | null): string {
  const digest = createHash('sha256')
    .update(text ?? '')
    .digest()
  return digest.subarray(0, 16).toString('base64url')
}
