import { setTimeout as pause } from 'node:timers/promises'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formBody } from '../harness/http-exchange.ts'
import { pkcePair } from '../harness/login.ts'
import { clientOne, clientTwo, issuer, person, RelyingParty, redirectUri } from './relying-party.ts'

const userinfoUrl = `${issuer}/protocol/openid-connect/userinfo`

/** What the modules of the plan "OpenID Connect Core: Basic Certification Profile" check, by their names. */
describe('conformance: basic', () => {
  let party: RelyingParty
  beforeAll(async () => {
    party = await RelyingParty.start()
  })
  afterAll(() => party?.[Symbol.asyncDispose]())
  beforeEach(() => {
    party.browser = party.newBrowser()
  })

  it('oidcc-server', async () => {
    const { claims, tokens } = await party.login()
    expect(claims.exp! - claims.iat!).toBeGreaterThan(0)
    expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(60)
    expect(await party.userinfo(tokens.access_token)).toMatchObject({ sub: claims.sub })
  })

  // RFC 6749 §3.1.1, §4.1.2.1
  it('oidcc-response-type-missing', async () => {
    const error = await party.authorizationError({ response_type: null })
    expect(['unsupported_response_type', 'invalid_request']).toContain(error)
  })

  it('oidcc-userinfo-get', async () => {
    const { claims, tokens } = await party.login()
    expect((await party.userinfo(tokens.access_token))['sub']).toBe(claims.sub)
  })

  it('oidcc-userinfo-post-header', async () => {
    const { claims, tokens } = await party.login()
    const answer = await party.transport({
      method: 'POST',
      url: userinfoUrl,
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(answer.status, answer.body).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ sub: claims.sub })
  })

  // RFC 6750 §2.2
  it('oidcc-userinfo-post-body', async () => {
    const { claims, tokens } = await party.login()
    const answer = await party.transport({
      method: 'POST',
      url: userinfoUrl,
      ...formBody({ access_token: tokens.access_token }),
    })
    expect(answer.status, answer.body).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ sub: claims.sub })
  })

  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    await party.login({ nonce: null })
  })

  it.each([
    [
      'oidcc-scope-profile',
      'openid profile',
      ['name', 'given_name', 'family_name', 'preferred_username'],
    ],
    ['oidcc-scope-email', 'openid email', ['email', 'email_verified']],
    ['oidcc-scope-address', 'openid address', ['address']],
    ['oidcc-scope-phone', 'openid phone', ['phone_number', 'phone_number_verified']],
    ['oidcc-scope-all', 'openid profile email phone address', ['name', 'email', 'address']],
    ['oidcc-ensure-other-scope-order-succeeds', 'email openid', ['email']],
  ])('%s', async (_module, scope, claims) => {
    const { tokens } = await party.login({ scope })
    const user = await party.userinfo(tokens.access_token)
    for (const claim of claims) expect(user, claim).toHaveProperty(claim)
    if (user['email_verified'] !== undefined) expect(user['email_verified']).toBe(true)
    if (user['address'] !== undefined) expect(user['address']).toBeTypeOf('object')
  })

  it.each(['page', 'popup', 'touch'])('oidcc-display-%s', async (display) => {
    await party.login({ display })
  })

  // OpenID Connect Core §3.1.2.1
  it('oidcc-prompt-login', async () => {
    const first = await party.login()
    await pause(1_100)
    const second = await party.login({ prompt: 'login' })
    expect(second.first.status, 'the login page is shown again').toBe(200)
    expect(second.claims.sub).toBe(first.claims.sub)
    expect(Number(second.claims['auth_time'])).toBeGreaterThan(Number(first.claims['auth_time']))
  })

  // OpenID Connect Core §3.1.2.6
  it('oidcc-prompt-none-not-logged-in', async () => {
    const error = await party.authorizationError({ prompt: 'none' })
    expect(['login_required', 'interaction_required']).toContain(error)
  })

  it('oidcc-prompt-none-logged-in', async () => {
    const first = await party.login()
    const second = await party.login({ prompt: 'none' })
    expect(second.first.location, 'no page').not.toBeNull()
    expect(second.claims.sub).toBe(first.claims.sub)
    expect(second.claims['auth_time']).toBe(first.claims['auth_time'])
  })

  // OpenID Connect Core §3.1.2.1
  it('oidcc-max-age-1', async () => {
    const first = await party.login()
    await pause(2_100)
    const second = await party.login({ max_age: '1' })
    expect(second.first.status, 'the login page is shown again').toBe(200)
    expect(Number(second.claims['auth_time'])).toBeGreaterThan(Number(first.claims['auth_time']))
    expect(Math.abs(Number(second.claims['auth_time']) - Date.now() / 1000)).toBeLessThan(10)
  })

  it('oidcc-max-age-10000', async () => {
    const first = await party.login()
    const second = await party.login({ max_age: '10000' })
    expect(second.first.location, 'no page').not.toBeNull()
    expect(second.claims['auth_time']).toBe(first.claims['auth_time'])
  })

  it('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
    await party.login({ extra: 'foobar' })
  })

  it('oidcc-id-token-hint', async () => {
    const first = await party.login()
    const second = await party.login({ prompt: 'none', id_token_hint: first.tokens.id_token })
    expect(second.claims.sub).toBe(first.claims.sub)
  })

  it('oidcc-login-hint', async () => {
    const { first } = await party.login({ login_hint: person.username })
    const username = first.form('kc-form-login').controls.find(({ name }) => name === 'username')
    expect(username?.value).toBe(person.username)
  })

  it.each([
    ['oidcc-ui-locales', { ui_locales: 'se' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
  ] as [string, Record<string, string>][])('%s', async (_module, parameters) => {
    await party.login(parameters)
  })

  // RFC 6749 §4.1.2
  it('oidcc-codereuse', async () => {
    const { code } = await party.authorize()
    await party.redeem(code)
    const again = await party.redemption(code)
    expect(again.status).toBe(400)
    expect(JSON.parse(again.body)).toMatchObject({ error: 'invalid_grant' })
  })

  // RFC 6749 §4.1.2, §10.5
  it('oidcc-codereuse-30seconds', async () => {
    const { code } = await party.authorize()
    const tokens = await party.redeem(code)
    await pause(3_000)
    expect((await party.redemption(code)).status).toBe(400)
    const answer = await party.get(userinfoUrl, { authorization: `Bearer ${tokens.access_token}` })
    expect(answer.status, 'tokens of a code that was used twice are revoked').toBe(401)
  })

  // RFC 6749 §3.1.2.4, §10.15
  it('oidcc-ensure-registered-redirect-uri', async () => {
    const page = await party.browser.get(
      party.authorizationUrl({ redirect_uri: `${redirectUri}/other` }),
    )
    expect(page.location).toBeNull()
    expect(page.status).toBe(400)
    expect(page.id).toBe('login-error')
  })

  it('oidcc-ensure-post-request-succeeds', async () => {
    const url = party.authorizationUrl()
    const fields = Object.fromEntries(url.searchParams)
    const first = await party.browser.post(`${url.origin}${url.pathname}`, fields)
    const { code } = await party.finish(first, url)
    await party.redeem(code)
  })

  it('oidcc-server-client-secret-post', async () => {
    const { code } = await party.authorize()
    await party.redeem(code, false)
  })

  // RFC 9101 §10.1
  it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
    const url = party.authorizationUrl()
    const claims = Object.fromEntries(url.searchParams)
    url.searchParams.set('request', new UnsecuredJWT(claims).encode())
    const first = await party.browser.get(url)
    const { parameters } = await party.finish(first, url)
    const error = parameters.get('error')
    if (error !== null) expect(error).toBe('request_not_supported')
    else await party.redeem(parameters.get('code') ?? '')
  })

  // OpenID Connect Core §6.1
  it('oidcc-ensure-request-object-with-redirect-uri', async () => {
    const url = party.authorizationUrl()
    const request = { client_id: clientOne.client_id, redirect_uri: redirectUri }
    url.searchParams.set('request', new UnsecuredJWT(request).encode())
    const { parameters } = await party.finish(await party.browser.get(url), url)
    expect(parameters.get('error') ?? parameters.get('code')).not.toBeNull()
  })

  it('oidcc-claims-essential', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
    const { tokens } = await party.login({ claims })
    expect(await party.userinfo(tokens.access_token)).toHaveProperty('name')
  })

  // RFC 6749 §6
  it('oidcc-refresh-token', async () => {
    const { claims, tokens } = await party.login()
    const answer = await party.token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    })
    expect(answer.status, answer.body).toBe(200)
    const refreshed = JSON.parse(answer.body) as typeof tokens
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    const nonce = claims['nonce'] as string
    const again = JSON.parse(
      Buffer.from(refreshed.id_token.split('.')[1]!, 'base64url').toString(),
    ) as Record<string, unknown>
    expect(again).toMatchObject({
      iss: claims.iss,
      sub: claims.sub,
      aud: claims.aud,
      auth_time: claims['auth_time'],
    })
    expect([undefined, nonce]).toContain(again['nonce'])
    const other = party.client
    party.client = clientTwo
    const stolen = await party.token({
      grant_type: 'refresh_token',
      refresh_token: refreshed.refresh_token ?? '',
    })
    party.client = other
    expect(JSON.parse(stolen.body)).toMatchObject({ error: 'invalid_grant' })
  })

  // RFC 7636 §4.6
  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const { verifier, challenge } = pkcePair()
    const { code } = await party.authorize({
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    const answer = await party.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    })
    expect(answer.status, answer.body).toBe(200)
  })
})
