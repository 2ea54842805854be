import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signIn } from '../harness/login.ts'
import {
  type Changes,
  errorOf,
  FapiParty,
  pushUrl,
  Signer,
  tokenUrl,
  userinfoUrl,
} from './fapi-party.ts'
import { issuer, person, redirectUri } from './relying-party.ts'

const now = () => Math.floor(Date.now() / 1_000)

/** What modules of the plan "FAPI2-Security-Profile-Final" check with private_key_jwt and DPoP, by their names. */
describe('conformance: FAPI 2 security profile', () => {
  let fapi: FapiParty
  beforeAll(async () => {
    fapi = await FapiParty.start('fapi-2-dpop-security-profile', {
      attributes: { 'pkce.code.challenge.method': 'S256', 'dpop.bound.access.tokens': 'true' },
    })
  })
  beforeEach(() => {
    fapi.party.browser = fapi.party.newBrowser()
  })
  afterAll(() => fapi?.[Symbol.asyncDispose]())

  const tokens = async () => {
    const answer = await fapi.redeem(await fapi.code())
    expect(answer.status, answer.body).toBe(200)
    return JSON.parse(answer.body) as Record<string, string>
  }
  const userinfo = async (token: string, proof: string, scheme = 'DPoP') =>
    await fapi.party.get(userinfoUrl, { authorization: `${scheme} ${token}`, dpop: proof })

  it('fapi2-security-profile-final-discovery-end-point-verification', async () => {
    const answer = await fapi.party.get(`${issuer}/.well-known/openid-configuration`)
    const metadata = JSON.parse(answer.body) as Record<string, unknown>
    expect(metadata).toMatchObject({ authorization_response_iss_parameter_supported: true })
    expect(metadata['pushed_authorization_request_endpoint']).toBe(pushUrl)
    expect(metadata['dpop_signing_alg_values_supported']).toContain('ES256')
  })

  // RFC 9207 §2, RFC 9126 §2.2
  it('fapi2-security-profile-final-happy-flow', async () => {
    const { access_token: token = '', token_type: type } = await tokens()
    expect(type).toBe('DPoP')
    const proof = await fapi.proof('GET', userinfoUrl, { accessToken: token })
    expect((await userinfo(token, proof)).status).toBe(200)
  })

  it('fapi2-security-profile-final-access-token-type-header-case-sensitivity', async () => {
    const { access_token: token = '' } = await tokens()
    const proof = await fapi.proof('GET', userinfoUrl, { accessToken: token })
    expect((await userinfo(token, proof, 'dPoP')).status).toBe(200)
  })

  it('fapi2-security-profile-final-ensure-authorization-request-without-state-success', async () => {
    const told = await fapi.authorize({
      request_uri: await fapi.push(fapi.request({ state: null })),
    })
    expect([told?.has('code'), told?.has('state')]).toEqual([true, false])
  })

  it('fapi2-security-profile-final-ensure-authorization-request-without-nonce-success', async () => {
    expect((await fapi.redeem(await fapi.code({ nonce: null }))).status).toBe(200)
  })

  it('fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails', async () => {
    expect(await fapi.authorize(fapi.request())).toBeNull()
  })

  it.each<[string, Record<string, string | null>]>([
    ['ensure-redirect-uri-in-authorization-request', { redirect_uri: null }],
    ['plain-fapi-ensure-registered-redirect-uri', { redirect_uri: `${redirectUri}/other` }],
    ['par-ensure-pkce-required', { code_challenge: null, code_challenge_method: null }],
    ['par-plain-pkce-rejected', { code_challenge_method: 'plain' }],
    ['ensure-response-type-code-idtoken-fails', { response_type: 'code id_token' }],
    ['ensure-response-type-token-fails', { response_type: 'token' }],
    ['par-authorization-request-containing-request_uri-form-param', { request_uri: 'urn:x' }],
  ])('fapi2-security-profile-final-%s', async (_module, changes) => {
    const answer = await fapi.post(pushUrl, fapi.request(changes))
    if (answer.status !== 201) {
      expect(errorOf(answer)).toMatch(/^400 (?:invalid_request|unauthorized_client)$/)
      return
    }
    // What is wrong may be told when the browser comes.
    const { request_uri: uri } = JSON.parse(answer.body) as { request_uri: string }
    const told = await fapi.authorize({ request_uri: uri })
    expect(told?.get('error')).toBe('invalid_request')
  })

  it.each(['GET', 'PUT'])(
    'fapi2-security-profile-final-par-attempt-invalid-http-method: %s',
    async (method) => {
      expect((await fapi.party.transport({ method, url: pushUrl, headers: {} })).status).toBe(405)
    },
  )

  // RFC 9126 §7.3
  it('fapi2-security-profile-final-par-attempt-reuse-request_uri', async () => {
    const uri = await fapi.push(fapi.request())
    expect((await fapi.authorize({ request_uri: uri }))?.has('code')).toBe(true)
    expect(await fapi.authorize({ request_uri: uri })).toBeNull()
  })

  it('fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds', async () => {
    const uri = await fapi.push(fapi.request())
    const url = new URL(`${issuer}/protocol/openid-connect/auth`)
    url.search = new URLSearchParams({ client_id: 'client-1', request_uri: uri }).toString()
    const left = fapi.party.newBrowser()
    const page = await left.get(url)
    expect((await fapi.authorize({ request_uri: uri }))?.has('code')).toBe(true)
    // Of two logins by the same request one comes to its end.
    const late = await signIn(left, page, person)
    expect([late.location, late.status]).toEqual([null, 400])
  })

  // RFC 9126 §2.2
  it('fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client', async () => {
    const uri = await fapi.push(fapi.request())
    expect(await fapi.authorize({ request_uri: uri, client_id: 'client-2' })).toBeNull()
  })

  it('fapi2-security-profile-final-par-without-duplicate-parameters', async () => {
    const uri = await fapi.push(fapi.request())
    expect((await fapi.authorize({ request_uri: uri }))?.has('code')).toBe(true)
  })

  it.each<[string, Changes, boolean]>([
    ['ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', { exp: now() - 300 }, false],
    ['ensure-client-assertion-with-wrong-aud-fails', { aud: 'https://other.example' }, false],
    ['ensure-client-assertion-with-no-sub-fails', { sub: undefined }, false],
    ['ensure-client-assertion-with-token-endpoint-aud', { aud: tokenUrl }, false],
    ['test-array-as-audience-for-client-JWT-assertion', { aud: [issuer] }, true],
    [
      'par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted',
      { nbf: now() + 8 },
      true,
    ],
    [
      'par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails',
      { nbf: now() + 600 },
      false,
    ],
  ])('fapi2-security-profile-final-%s', async (_module, assertion, accepted) => {
    const answer = await fapi.post(pushUrl, fapi.request(), { assertion })
    if (accepted) expect(answer.status, answer.body).toBe(201)
    else expect(errorOf(answer)).toMatch(/^40[01] invalid_(?:client|request)$/)
    const code = await fapi.code()
    const redeemed = await fapi.redeem(code, { assertion })
    if (accepted) expect(redeemed.status, redeemed.body).toBe(200)
    else expect(redeemed.status).toBeGreaterThanOrEqual(400)
  })

  it('fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails', async () => {
    const form = await fapi.assertion(0, {}, await Signer.create('RS256'))
    expect(errorOf(await fapi.post(pushUrl, fapi.request(), { form }))).toMatch(/^40[01] invalid/)
  })

  it('fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint', async () => {
    const code = await fapi.code()
    const { client_id: clientId = '' } = await fapi.assertion(0)
    const form = { client_id: clientId, client_assertion: '', client_assertion_type: '' }
    expect((await fapi.redeem(code, { form })).status).toBeGreaterThanOrEqual(400)
  })

  // RFC 6749 §4.1.3
  it('fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client', async () => {
    expect(errorOf(await fapi.redeem(await fapi.code(), { client: 1 }))).toBe('400 invalid_grant')
  })

  it('fapi2-security-profile-final-ensure-client-id-in-token-endpoint', async () => {
    const answer = await fapi.redeem(await fapi.code(), { form: { client_id: 'client-2' } })
    expect(errorOf(answer)).toMatch(/^40[01] invalid_client$/)
  })

  it('fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second', async () => {
    const code = await fapi.code()
    expect((await fapi.redeem(code)).status).toBe(200)
    expect(errorOf(await fapi.redeem(code))).toBe('400 invalid_grant')
  })

  it.each<[string, Record<string, string>]>([
    ['incorrect-pkce-code-verifier-rejected', { code_verifier: 'x'.repeat(43) }],
    ['ensure-pkce-code-verifier-required', { code_verifier: '' }],
  ])('fapi2-security-profile-final-%s', async (_module, form) => {
    expect((await fapi.redeem(await fapi.code(), { form })).status).toBe(400)
  })

  // RFC 9449 §5
  it('fapi2-security-profile-final-ensure-holder-of-key-required', async () => {
    const answer = await fapi.redeem(await fapi.code(), { proof: undefined })
    expect(errorOf(answer)).toBe('400 invalid_request')
  })

  it.each<[string, () => Changes, boolean]>([
    ['check-dpop-proof-nbf-exp', () => ({ nbf: now() - 5, exp: now() + 60 }), true],
    ['ensure-dpopproof-with-iat-10seconds-before-succeeds', () => ({ iat: now() - 10 }), true],
    ['ensure-dpopproof-with-iat-10seconds-after-succeeds', () => ({ iat: now() + 10 }), true],
    ['dpop-negative-tests: htm', () => ({ htm: 'GET' }), false],
    ['dpop-negative-tests: htu', () => ({ htu: 'https://other.example/token' }), false],
    ['dpop-negative-tests: jti', () => ({ jti: undefined }), false],
    ['dpop-negative-tests: iat in the past', () => ({ iat: now() - 3_600 }), false],
  ])('fapi2-security-profile-final-%s', async (_module, changes, accepted) => {
    const code = await fapi.code()
    const answer = await fapi.redeem(code, { proof: await fapi.proof('POST', tokenUrl, changes()) })
    if (accepted) expect(answer.status, answer.body).toBe(200)
    else expect(errorOf(answer)).toMatch(/^400 invalid_(?:request|dpop_proof)$/)
  })

  it('fapi2-security-profile-final-dpop-negative-tests: RS256 at userinfo', async () => {
    const { access_token: token = '' } = await tokens()
    const holder = await Signer.create('RS256')
    const proof = await fapi.proof('GET', userinfoUrl, { accessToken: token }, holder)
    expect((await userinfo(token, proof)).status).toBeGreaterThanOrEqual(400)
    const answer = await fapi.redeem(await fapi.code(), {
      proof: await fapi.proof('POST', tokenUrl, {}, holder),
    })
    expect(errorOf(answer)).toBe('400 invalid_dpop_proof')
  })

  it('fapi2-security-profile-final-ensure-dpop-auth-code-binding-success', async () => {
    const { calculateJwkThumbprint } = await import('jose')
    const jkt = await calculateJwkThumbprint(fapi.holder.jwk)
    expect((await fapi.redeem(await fapi.code({ dpop_jkt: jkt }))).status).toBe(200)
  })

  it('fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success', async () => {
    const code = await fapi.code({}, { proof: await fapi.proof('POST', pushUrl) })
    expect((await fapi.redeem(code)).status).toBe(200)
  })

  // RFC 9449 §10
  it('fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails', async () => {
    const form = fapi.request({ dpop_jkt: 'x'.repeat(43) })
    const answer = await fapi.post(pushUrl, form, { proof: await fapi.proof('POST', pushUrl) })
    expect(errorOf(answer)).toBe('400 invalid_dpop_proof')
  })

  // RFC 9449 §10
  it('fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt', async () => {
    const code = await fapi.code({ dpop_jkt: 'x'.repeat(43) })
    expect(errorOf(await fapi.redeem(code))).toBe('400 invalid_request')
  })

  it('fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt', async () => {
    const code = await fapi.code({}, { proof: await fapi.proof('POST', pushUrl) })
    const other = await Signer.create('ES256')
    const proof = await fapi.proof('POST', tokenUrl, {}, other)
    expect(errorOf(await fapi.redeem(code, { proof }))).toBe('400 invalid_request')
  })

  it('fapi2-security-profile-final-refresh-token', async () => {
    const { refresh_token: token = '' } = await tokens()
    const form = { grant_type: 'refresh_token', refresh_token: token }
    const proof = await fapi.proof('POST', tokenUrl)
    expect((await fapi.post(tokenUrl, form, { proof })).status).toBe(200)
    const stolen = await fapi.post(tokenUrl, form, {
      client: 1,
      proof: await fapi.proof('POST', tokenUrl),
    })
    expect(errorOf(stolen)).toBe('400 invalid_grant')
  })
})
