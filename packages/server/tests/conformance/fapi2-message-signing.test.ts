import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Changes, errorOf, FapiParty, pushUrl, Signer } from './fapi-party.ts'
import { issuer, redirectUri } from './relying-party.ts'

const now = () => Math.floor(Date.now() / 1_000)

/** What modules of the plan "FAPI2-Message-Signing-Final" check with signed requests and JARM, by their names. */
describe('conformance: FAPI 2 message signing', () => {
  let fapi: FapiParty
  beforeAll(async () => {
    fapi = await FapiParty.start('fapi-2-dpop-message-signing', {
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'dpop.bound.access.tokens': 'true',
        'request.object.signature.alg': 'PS256',
        'authorization.signed.response.alg': 'PS256',
      },
    })
  })
  beforeEach(() => {
    fapi.party.browser = fapi.party.newBrowser()
  })
  afterAll(() => fapi?.[Symbol.asyncDispose]())

  const claims = (changes: Changes = {}) => ({
    iss: 'client-1',
    aud: issuer,
    exp: now() + 300,
    nbf: now(),
    client_id: 'client-1',
    ...fapi.request(),
    ...changes,
  })
  const signed = async (changes: Changes = {}, signer = fapi.clients[0] as Signer) => ({
    request: await signer.sign(claims(changes)),
  })

  it('fapi2-security-profile-final-happy-flow with a signed answer', async () => {
    const uri = await fapi.push(await signed({ response_mode: 'jwt' }))
    // OpenID Connect Core §6.1: the browser says again what every OAuth request has to say.
    const said = {
      request_uri: uri,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
    }
    const told = await fapi.authorize(said)
    const keys = (await fapi.party.get(`${issuer}/protocol/openid-connect/certs`)).body
    const set = createLocalJWKSet(JSON.parse(keys) as JSONWebKeySet)
    const answer = await jwtVerify(told?.get('response') ?? '', set, {
      issuer,
      audience: 'client-1',
      algorithms: ['PS256'],
    })
    expect(answer.payload).toMatchObject({ code: expect.any(String) })
    const redeemed = await fapi.redeem(String(answer.payload['code']))
    expect(redeemed.status, redeemed.body).toBe(200)
  })

  it('fapi2-security-profile-final-ensure-request-object-with-multiple-aud-succeeds', async () => {
    await fapi.push(await signed({ aud: [issuer, 'https://other.example'] }))
  })

  // RFC 9449 §10.1
  it('fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails in a request object', async () => {
    const proof = await fapi.proof('POST', pushUrl)
    const answer = await fapi.post(pushUrl, await signed({ dpop_jkt: 'x'.repeat(43) }), { proof })
    expect(errorOf(answer)).toBe('400 invalid_dpop_proof')
  })

  it('fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails', async () => {
    expect(errorOf(await fapi.post(pushUrl, fapi.request()))).toBe('400 invalid_request')
  })

  it('fapi2-security-profile-final-ensure-request-object-signature-algorithm-is-not-none', async () => {
    const request = new UnsecuredJWT(claims()).encode()
    expect(errorOf(await fapi.post(pushUrl, { request }))).toBe('400 invalid_request_object')
  })

  it('fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails', async () => {
    const form = await signed({}, await Signer.create('RS256'))
    expect(errorOf(await fapi.post(pushUrl, form))).toBe('400 invalid_request_object')
  })

  it('fapi2-security-profile-final-ensure-matching-key-in-authorization-request', async () => {
    const form = await signed({}, fapi.clients[1])
    expect(errorOf(await fapi.post(pushUrl, form))).toBe('400 invalid_request_object')
  })

  it.each<[string, () => Changes]>([
    // RFC 9101 §4
    [
      'par-authorization-request-containing-request_uri',
      () => ({ request_uri: 'urn:example:bwc4JK-ESC0w8acc191e-Y1LTC2' }),
    ],
    ['ensure-request-object-without-exp-fails', () => ({ exp: undefined })],
    ['ensure-request-object-without-nbf-fails', () => ({ nbf: undefined })],
    ['ensure-expired-request-object-fails', () => ({ exp: now() - 300 })],
    ['ensure-request-object-with-bad-aud-fails', () => ({ aud: 'https://other.example' })],
    ['ensure-request-object-with-exp-over-60-fails', () => ({ exp: now() + 5_400 })],
    ['ensure-request-object-with-nbf-over-60-fails', () => ({ nbf: now() - 5_400 })],
    [
      'ensure-request-object-with-nbf-8-seconds-in-the-future, and more',
      () => ({ nbf: now() + 90 }),
    ],
    ['ensure-request-object-without-redirect-uri-fails', () => ({ redirect_uri: undefined })],
  ])('fapi2-security-profile-final-%s', async (_module, changes) => {
    const answer = await fapi.post(pushUrl, await signed(changes()))
    expect(errorOf(answer)).toMatch(/^400 invalid_request(?:_object)?$/)
  })

  it.each([
    ['ensure-different-nonce-inside-and-outside-request-object', { nonce: 'outside' }],
    ['ensure-different-state-inside-and-outside-request-object', { state: 'outside' }],
    ['state-only-outside-request-object-not-used', { state: 'outside' }],
  ] as [string, Record<string, string>][])(
    'fapi2-security-profile-final-%s',
    async (module, outside) => {
      const inside = module.startsWith('state-only') ? { state: undefined } : {}
      const answer = await fapi.post(pushUrl, { ...(await signed(inside)), ...outside })
      expect(errorOf(answer)).toBe('400 invalid_request')
    },
  )
})
