import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { claimsOf } from './oidc-realm.ts'
import { appUri, described, own, PolicyRealm, type Rule, secret } from './policy-realm.ts'

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** What client policies ask of requests, with Keycloak's errors. */
describe('client policies', () => {
  const certificates = new TestCertificates()
  let world: PolicyRealm
  let certificate: TestCertificate

  beforeAll(async () => {
    certificate = certificates.make('/CN=app')
    world = await PolicyRealm.start()
  })
  beforeEach(async () => await world.policies([], []))
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]()
    certificates[Symbol.dispose]()
  })

  it.each<[Rule, Record<string, string>, string]>([
    [['pkce-enforcer'], {}, 'invalid_request Missing parameter: code_challenge_method'],
    [
      ['pkce-enforcer'],
      { code_challenge_method: 'plain', code_challenge: challenge },
      'invalid_request Invalid parameter: invalid code_challenge_method',
    ],
    [['pkce-enforcer'], { code_challenge_method: 'S256', code_challenge: challenge }, 'login'],
    [['reject-implicit-grant'], {}, 'login'],
    [['secure-response-type'], {}, 'invalid_request invalid response_type'],
    [['secure-response-type'], { response_mode: 'jwt' }, 'login'],
    [['secure-session'], {}, 'invalid_request Missing parameter: nonce'],
    [['secure-session'], { scope: '' }, 'invalid_request Missing parameter: state'],
    [['secure-session'], { nonce: 'n' }, 'login'],
    [
      ['secure-client-uris'],
      { redirect_uri: 'http://app.example.org/cb' },
      'invalid_request Invalid redirect_uri',
    ],
    [
      ['secure-redirect-uris-enforcer'],
      { redirect_uri: 'http://app.example.org/cb' },
      'Invalid Redirect Uri: invalid uri',
    ],
    [['secure-par-content'], {}, 'PAR request_uri not included.'],
    [
      ['secure-par-content'],
      { request_uri: 'urn:ietf:params:oauth:request_uri:0123456789' },
      'PAR not found, not issued or used multiple times.',
    ],
    [
      ['secure-request-object'],
      {},
      "invalid_request Missing parameter: 'request' or 'request_uri'",
    ],
    [
      ['dpop-bind-enforcer', { 'enforce-authorization-code-binding-to-dpop': true }],
      {},
      'invalid_request Missing parameter: dpop_jkt',
    ],
    [
      ['intent-client-bind-checker'],
      {},
      'invalid_request no claim for an intent value in an authorization request',
    ],
    [
      ['confidential-client'],
      { client_id: 'web' },
      'invalid_client invalid client access type: public',
    ],
  ])('judge an authorization request: %j %j', async (rule, parameters, told) => {
    await world.policies([rule])
    expect(await world.authorize(parameters)).toBe(told)
  })

  // RFC 9101 §10.2
  it.each<[Record<string, unknown>, string]>([
    [{}, 'login'],
    [{ exp: null }, "invalid_request_object Missing parameter in the 'request' object: exp"],
    [{ nbf: null }, "invalid_request_object Missing parameter in the 'request' object: nbf"],
    [{ exp: 9_999_999_999 }, "invalid_request_object Request's available period is long"],
    [{ aud: null }, "invalid_request_object Missing parameter in the 'request' object: aud"],
    [
      { nonce: 'other' },
      "invalid_request Invalid parameter. Parameters in 'request' object not matching with request parameters",
    ],
  ])('judge a request object: %j', async (changes, told) => {
    await world.policies([['secure-request-object']])
    const request = await world.requestObject(changes)
    const nonce: Record<string, string> = 'nonce' in changes ? { nonce: 'n' } : {}
    expect(await world.authorize({ client_id: 'signed', request, ...nonce })).toBe(told)
  })

  // RFC 9126 §2.3
  it('judge pushed requests, and what the browser adds to them', async () => {
    await world.policies([['secure-par-content'], ['reject-implicit-grant']])
    const push = async (form: Readonly<Record<string, string>>) =>
      await world.realm.post('ext/par/request', { ...own, response_type: 'code', ...form })
    const { body } = await push({ redirect_uri: appUri, scope: 'openid' })
    const uri = { request_uri: body.request_uri, redirect_uri: appUri, scope: 'openid' }
    expect(await world.authorize({ ...uri, state: 'added' })).toBe(
      'PAR request did not include query parameter',
    )
    const again = await push({ redirect_uri: appUri, scope: 'openid' })
    expect(await world.authorize({ ...uri, request_uri: again.body.request_uri })).toBe('login')
    const hybrid = {
      redirect_uri: appUri,
      scope: 'openid',
      response_type: 'code id_token',
      nonce: 'n',
    }
    const { client } = await world.make({ implicitFlowEnabled: false })
    expect(client).toBeDefined()
    expect((await push(hybrid)).status).toBe(400)
  })

  it.each<[Rule, string]>([
    [
      ['holder-of-key-enforcer'],
      '400 invalid_request Client Certification missing for MTLS HoK Token Binding',
    ],
    [
      ['secure-client-authenticator', { 'allowed-client-authenticators': ['client-jwt'] }],
      '400 invalid_request Configured client authentication method not allowed for client',
    ],
    [
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': true }],
      '400 invalid_request client assertion is required.',
    ],
    [['secure-signature-algorithm-signed-jwt'], '200'],
    [['confidential-client'], '200'],
  ])('judge a token request: %j', async (rule, told) => {
    await world.policies([rule])
    expect(described(await world.service())).toBe(told)
  })

  it('judge passwords, codes without a challenge, and proofs', async () => {
    await world.policies([['reject-ropc-grant']])
    expect(described(await world.realm.password('web'))).toBe(
      '400 invalid_grant resource owner password credentials grant is prohibited.',
    )
    await world.policies([])
    const code = await world.realm.code('web')
    await world.policies([['pkce-enforcer']])
    expect(described(await world.realm.redeem('web', code))).toBe(
      '400 code_verifier_missing PKCE code verifier not specified',
    )
  })

  // RFC 7523 §3
  it('judge client assertions', async () => {
    await world.policies([
      ['secure-client-authentication-assertion'],
      ['secure-signature-algorithm-signed-jwt'],
    ])
    const ask = async (audience: string | string[]) => {
      const grant = { grant_type: 'client_credentials', ...(await world.assertion(audience)) }
      return described(await world.realm.token(grant))
    }
    expect(await ask(world.realm.url)).toBe('200')
    const wrong = '400 invalid_request invalid audience in client assertion'
    expect(await ask(world.realm.endpoint('token'))).toBe(wrong)
    expect(await ask([world.realm.url, world.realm.endpoint('token')])).toBe(wrong)
  })

  // RFC 8705 §3
  it('hold refresh, userinfo, revocation and logout to the certificate', async () => {
    const by = { 'ssl-client-cert': certificate.der }
    const plain = await world.realm.password('web')
    await world.policies([['holder-of-key-enforcer']])
    const form = { client_id: 'web', refresh_token: plain.body.refresh_token }
    expect(
      described(await world.realm.token({ grant_type: 'refresh_token', ...form }, by)),
    ).toMatch(/^400 invalid_grant Client certificate missing/)
    expect((await world.realm.userinfo(plain.body.access_token, by)).status).toBe(401)
    const revoked = { client_id: 'web', token: plain.body.access_token }
    expect(described(await world.realm.post('revoke', revoked, by))).toMatch(/^401 not_allowed /)
    expect(described(await world.realm.post('logout', form, by))).toMatch(/^401 not_allowed /)
    expect(described(await world.service(by))).toBe('200')
  })

  // RFC 9449 §7.1
  it('refuse bearer tokens, and proofs that are signed as FAPI does not want it', async () => {
    const { body } = await world.realm.password('web')
    await world.policies([['dpop-bind-enforcer']])
    const answer = await world.realm.userinfo(body.access_token)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_dpop_proof"')
    await world.policies([['secure-signature-algorithm']])
    const header = Buffer.from('{"alg":"RS256","typ":"dpop+jwt"}').toString('base64url')
    expect(described(await world.service({ dpop: `${header}.e30.e30` }))).toBe(
      '400 invalid_dpop_proof not allowed signature algorithm.',
    )
  })

  it('make tokens small, and keep refresh tokens and scopes', async () => {
    await world.policies([['use-lightweight-access-token'], ['suppress-refresh-token-rotation']])
    const first = await world.realm.password('web')
    const [id = ''] = String(claimsOf(first.body.access_token)['jti']).split(':')
    expect(id.slice(2, 4)).toBe('lt')
    const form = { client_id: 'web', refresh_token: first.body.refresh_token }
    const next = await world.realm.token({ grant_type: 'refresh_token', ...form })
    expect([next.status, next.body.refresh_token]).toEqual([200, undefined])
  })

  it.each<[Rule, Record<string, string>, string]>([
    [['secure-ciba-session'], {}, 'Missing parameter: binding_message'],
    [['secure-ciba-signed-authn-req'], {}, "Missing parameter: 'request' or 'request_uri'"],
  ])('judge a backchannel request: %j', async (rule, parameters, told) => {
    await world.realm.configure('app', { 'oidc.ciba.grant.enabled': 'true' })
    await world.policies([rule])
    const asked = { ...own, scope: 'openid', login_hint: 'anna', ...parameters }
    const answer = await world.realm.post('ext/ciba/auth', asked)
    expect(described(answer)).toBe(`400 invalid_request ${told}`)
  })

  // RFC 8693 §2.1
  it('let an exchange narrow a token only', async () => {
    const { body } = await world.realm.password('app', { ...secret, scope: 'openid' })
    const exchange = async (form: Readonly<Record<string, string>>) =>
      await world.realm.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        ...own,
        subject_token: body.access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        ...form,
      })
    await world.policies([['downscope-assertion-grant-enforcer']])
    expect(described(await exchange({ scope: 'address' }))).toMatch(
      /^400 invalid_scope Scopes \[address\] not present in the initial access token/,
    )
    expect((await exchange({})).status).toBe(200)
    const claim = (value: string) =>
      ['jwt-claim-enforcer', { 'claim-name': 'azp', 'allowed-value': value }] as const
    await world.policies([claim('ap.')])
    expect((await exchange({})).status).toBe(200)
    await world.policies([claim('other')])
    expect(described(await exchange({}))).toBe(
      "400 invalid_request Value for claim 'azp' not allowed",
    )
    await world.policies([['jwt-claim-enforcer', { 'claim-name': 'nothing' }]])
    expect(described(await exchange({}))).toBe(
      "400 invalid_request Required claim 'nothing' is missing from the token",
    )
  })

  it('run the flow that a level of authentication asks for', async () => {
    await world.policies(
      [['auth-flow-enforcer', { 'auth-flow-alias': 'nowhere' }]],
      [['acr-condition', { 'acr-property': 'gold' }]],
    )
    expect(await world.authorize({})).toBe('login')
    expect(await world.authorize({ acr_values: 'gold' })).not.toBe('login')
  })

  it.each([
    'fapi-1-baseline',
    'fapi-1-advanced',
    'fapi-2-security-profile',
    'fapi-2-message-signing',
  ])('of every realm are there: %s refuses a secret', async (profile) => {
    await world.policies([profile])
    expect(described(await world.service())).toBe(
      '400 invalid_request Configured client authentication method not allowed for client',
    )
  })
})
