import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Changes,
  errorOf,
  FapiParty,
  pushUrl,
  Signer,
  tokenUrl,
  userinfoUrl,
} from './fapi-party.ts'
import { issuer, redirectUri } from './relying-party.ts'

const now = () => Math.floor(Date.now() / 1_000)

/** What modules of the plan "FAPI1-Advanced-Final" check with private_key_jwt and mutual TLS, by their names. */
describe('conformance: FAPI 1 advanced', () => {
  let fapi: FapiParty
  beforeAll(async () => {
    fapi = await FapiParty.start('fapi-1-advanced', {
      implicitFlowEnabled: true,
      attributes: {
        'tls.client.certificate.bound.access.tokens': 'true',
        'request.object.signature.alg': 'PS256',
        'id.token.as.detached.signature': 'true',
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
    ...fapi.request({ response_type: 'code id_token' }),
    ...changes,
  })
  const outside = { response_type: 'code id_token', scope: 'openid' }

  /** Sends the browser with a request object. @returns what the client is told, or null for a page */
  const authorize = async (
    changes: Changes = {},
    signer = fapi.clients[0] as Signer,
    beside: Readonly<Record<string, string>> = outside,
  ) => await fapi.authorize({ ...beside, request: await signer.sign(claims(changes)) })
  const code = async () => (await authorize())?.get('code') ?? ''
  const redeem = async (changes: Parameters<FapiParty['redeem']>[1] = {}, text?: string) =>
    await fapi.redeem(text ?? (await code()), {
      proof: undefined,
      certificate: fapi.certificate,
      ...changes,
    })

  it('fapi1-advanced-final-discovery-end-point-verification', async () => {
    const answer = await fapi.party.get(`${issuer}/.well-known/openid-configuration`)
    expect(JSON.parse(answer.body)).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
      request_parameter_supported: true,
      mtls_endpoint_aliases: { token_endpoint: tokenUrl },
    })
    // Whoever keeps the published keys from now on can verify the first signature too.
    const keys = await fapi.party.get(`${issuer}/protocol/openid-connect/certs`)
    expect(keys.body).toContain('"alg":"PS256"')
  })

  it('fapi1-advanced-final', async () => {
    const told = await authorize()
    const idToken = told?.get('id_token') ?? ''
    expect(decodeProtectedHeader(idToken).alg).toBe('PS256')
    expect(decodeJwt(idToken)).toMatchObject({ iss: issuer, aud: 'client-1' })
    for (const hash of ['c_hash', 's_hash', 'nonce'])
      expect(decodeJwt(idToken)).toHaveProperty(hash)
    const answer = await redeem({}, told?.get('code') ?? '')
    expect(answer.status, answer.body).toBe(200)
    const { access_token: token } = JSON.parse(answer.body) as Record<string, string>
    const headers = { authorization: `bearer ${token}` }
    const by = { 'ssl-client-cert': fapi.certificate.der }
    const shown = await fapi.party.get(userinfoUrl, { ...headers, ...by })
    expect(shown.status).toBe(200)
    // FAPI 1.0 Baseline §6.2.1, item 11
    expect(shown.headers['x-fapi-interaction-id']).toMatch(/^[\da-f-]{36}$/)
    const id = 'dC5b38C2-e0D8-4632-bBdE-b22BcC1d23Ff'
    const named = { ...headers, ...by, 'x-fapi-interaction-id': id }
    expect((await fapi.party.get(userinfoUrl, named)).headers['x-fapi-interaction-id']).toBe(id)
    expect((await fapi.party.get(userinfoUrl, headers)).status).toBe(401)
  })

  it('fapi1-advanced-final-ensure-authorization-request-without-request-object-fails', async () => {
    const told = await fapi.authorize(fapi.request({ response_type: 'code id_token' }))
    expect(told?.get('error')).toBe('invalid_request')
  })

  // RFC 9101 §10.1, RFC 8725 §3.1
  it('fapi1-advanced-final-ensure-request-object-signature-algorithm-is-not-none', async () => {
    const request = new UnsecuredJWT(claims()).encode()
    expect(await fapi.authorize({ ...outside, request })).toBeNull()
  })

  it('fapi1-advanced-final-ensure-signed-request-object-with-RS256-fails', async () => {
    expect(await authorize({}, await Signer.create('RS256'))).toBeNull()
  })

  // RFC 9101 §6.2
  it('fapi1-advanced-final-ensure-matching-key-in-authorization-request', async () => {
    expect(await authorize({}, fapi.clients[1])).toBeNull()
  })

  it.each<[string, () => Changes]>([
    ['ensure-request-object-without-exp-fails', () => ({ exp: undefined })],
    ['ensure-request-object-without-nbf-fails', () => ({ nbf: undefined })],
    ['ensure-request-object-without-scope-fails', () => ({ scope: undefined })],
    ['ensure-request-object-without-nonce-fails', () => ({ nonce: undefined })],
    ['ensure-request-object-without-redirect-uri-fails', () => ({ redirect_uri: undefined })],
    ['ensure-expired-request-object-fails', () => ({ exp: now() - 300 })],
    ['ensure-request-object-with-bad-aud-fails', () => ({ aud: 'https://other.example' })],
    ['ensure-request-object-with-exp-over-60-fails', () => ({ exp: now() + 5_400 })],
    ['ensure-request-object-with-nbf-over-60-fails', () => ({ nbf: now() - 5_400 })],
    ['ensure-registered-redirect-uri', () => ({ redirect_uri: `${redirectUri}/other` })],
    ['ensure-response-mode-query', () => ({ response_mode: 'query' })],
    ['ensure-response-type-code-fails', () => ({ response_type: 'code' })],
  ])('fapi1-advanced-final-%s', async (_module, changes) => {
    const told = await authorize(changes())
    expect(told?.has('code') ?? false).toBe(false)
    if (told) expect(told.get('error')).toMatch(/^(?:invalid_request|invalid_request_object)$/)
  })

  it.each([
    ['ensure-different-nonce-inside-and-outside-request-object', { nonce: 'outside' }],
    ['ensure-different-state-inside-and-outside-request-object', { state: 'outside' }],
  ] as [string, Record<string, string>][])('fapi1-advanced-final-%s', async (_module, beside) => {
    const told = await authorize({}, fapi.clients[0], { ...outside, ...beside })
    expect(told?.get('error')).toBe('invalid_request')
    expect(told?.get('state')).not.toBe('outside')
  })

  // RFC 8705 §3
  it('fapi1-advanced-final-ensure-mtls-holder-of-key-required', async () => {
    expect(errorOf(await redeem({ certificate: undefined }))).toBe('400 invalid_request')
  })

  it('fapi1-advanced-final-ensure-authorization-code-is-bound-to-client', async () => {
    expect(errorOf(await redeem({ client: 1 }))).toBe('400 invalid_grant')
  })

  // RFC 6749 §4.1.2
  it('fapi1-advanced-final-attempt-reuse-authorization-code-after-one-second', async () => {
    const text = await code()
    expect((await redeem({}, text)).status).toBe(200)
    expect(errorOf(await redeem({}, text))).toBe('400 invalid_grant')
  })

  it.each<[string, () => Changes, boolean]>([
    [
      'ensure-client-assertion-with-exp-is-5-minutes-in-past-fails',
      () => ({ exp: now() - 300 }),
      false,
    ],
    [
      'ensure-client-assertion-with-wrong-aud-fails',
      () => ({ aud: 'https://other.example' }),
      false,
    ],
    ['ensure-client-assertion-with-no-sub-fails', () => ({ sub: undefined }), false],
    [
      'par-test-array-as-audience-for-client-JWT-assertion',
      () => ({ aud: [issuer, tokenUrl, pushUrl] }),
      true,
    ],
    [
      'par-test-pushed-authorization-url-as-audience-for-client-JWT-assertion',
      () => ({ aud: pushUrl }),
      true,
    ],
  ])('fapi1-advanced-final-%s', async (_module, changes, accepted) => {
    const answer = await redeem({ assertion: changes() })
    if (accepted) expect(answer.status, answer.body).toBe(200)
    else expect(errorOf(answer)).toMatch(/^40[01] invalid_client$/)
  })

  it('fapi1-advanced-final-ensure-signed-client-assertion-with-RS256-fails', async () => {
    const form = await fapi.assertion(0, {}, await Signer.create('RS256'))
    expect(errorOf(await redeem({ form }))).toMatch(/^40[01] invalid_client$/)
  })

  it('fapi1-advanced-final-par-endpoint-authentication-fails', async () => {
    const request = await (fapi.clients[0] as Signer).sign(claims())
    const wrong = { aud: 'https://other.example' }
    const answer = await fapi.post(pushUrl, { request }, { assertion: wrong })
    expect(errorOf(answer)).toBe('401 invalid_client')
  })

  // RFC 7636 §4.3
  it.each<[string, Changes]>([
    ['ensure-pkce-required', { code_challenge: undefined, code_challenge_method: undefined }],
    ['plain-pkce-rejected', { code_challenge_method: 'plain' }],
  ])('fapi1-advanced-final-par-%s', async (_module, changes) => {
    const request = await (fapi.clients[0] as Signer).sign(claims(changes))
    expect(errorOf(await fapi.post(pushUrl, { request }))).toBe('400 invalid_request')
  })

  it('fapi1-advanced-final-refresh-token', async () => {
    const answer = await redeem()
    const { refresh_token: token = '' } = JSON.parse(answer.body) as Record<string, string>
    const form = { grant_type: 'refresh_token', refresh_token: token }
    const { certificate } = fapi
    expect((await fapi.post(tokenUrl, form, { certificate })).status).toBe(200)
    expect((await fapi.post(tokenUrl, form)).status).toBe(400)
    const stolen = await fapi.post(tokenUrl, form, { certificate, client: 1 })
    expect(errorOf(stolen)).toBe('400 invalid_grant')
  })
})
