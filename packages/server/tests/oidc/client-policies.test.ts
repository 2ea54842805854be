import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anyClient, appUri, described, PolicyRealm, type Rule, secret } from './policy-realm.ts'

/** Which clients policies are for, and what they ask of clients, with Keycloak's errors. */
describe('client policies', () => {
  let world: PolicyRealm

  beforeAll(async () => {
    world = await PolicyRealm.start()
  })
  beforeEach(async () => await world.policies([], []))
  afterAll(() => world?.[Symbol.asyncDispose]())

  it.each<[Rule, boolean, boolean]>([
    [['any-client'], true, true],
    [['client-access-type', { type: ['confidential'] }], true, false],
    [['client-access-type', { type: ['public'], 'is-negative-logic': true }], true, false],
    [['client-type', { protocol: 'saml' }], false, false],
    [['client-attributes', { attributes: '[{"key":"realm_client","value":"false"}]' }], true, true],
    [
      ['client-attributes', { attributes: '[{"key":"realm_client","value":"true"}]' }],
      false,
      false,
    ],
    [['client-scopes', { scopes: ['profile'], type: 'Default' }], true, true],
    [['client-scopes', { scopes: ['profile'] }], false, false],
    [['client-roles', { roles: ['nobody'] }], false, false],
    [['grant-type', { grant_types: ['password'] }], true, true],
    [['grant-type', { grant_types: ['refresh_token'] }], false, false],
    [['client-updater-context', { 'update-client-source': ['ByAnonymous'] }], false, false],
    [['acr-condition', { 'acr-property': 'gold' }], false, false],
    [['identity-provider-alias', { identity_provider_aliases: ['x'] }], false, false],
  ])('are for those that they are meant for: %j', async (condition, app, web) => {
    await world.policies([['reject-request']], [condition])
    const refused = '400 invalid_request Request not allowed'
    expect(described(await world.realm.password('app', secret))).toBe(app ? refused : '200')
    expect(described(await world.realm.password('web'))).toBe(web ? refused : '200')
  })

  it('pass over conditions that say nothing, unless they are strict', async () => {
    const conditions: Rule[] = [anyClient, ['client-updater-context', {}]]
    await world.policies([['reject-request']], conditions)
    expect((await world.service()).status).toBe(400)
    await world.policies([['reject-request']], conditions, 'STRICT')
    expect((await world.service()).status).toBe(200)
  })

  it.each<[string, Rule, Record<string, unknown>, string, Record<string, unknown>]>([
    [
      'consent',
      ['consent-required', { 'auto-configure': false }],
      {},
      '400 invalid_registration Client is required to enable consentRequired',
      { consentRequired: true },
    ],
    [
      'full scope',
      ['full-scope-disabled', { 'auto-configure': false }],
      {},
      '400 invalid_registration Not permitted to enable fullScopeAllowed',
      { fullScopeAllowed: false },
    ],
    [
      'the implicit flow',
      ['reject-implicit-grant'],
      { implicitFlowEnabled: true },
      '400 invalid_client_metadata Invalid client metadata: implicit flow enabled',
      {},
    ],
    [
      'passwords',
      ['reject-ropc-grant'],
      { directAccessGrantsEnabled: true },
      '400 invalid_client_metadata Invalid client metadata: resource owner password credentials grant enabled',
      { directAccessGrantsEnabled: false },
    ],
    [
      'PKCE',
      ['pkce-enforcer'],
      {},
      '400 invalid_client_metadata Invalid client metadata: code_challenge_method',
      { attributes: { 'pkce.code.challenge.method': 'S256' } },
    ],
    [
      'certificates',
      ['holder-of-key-enforcer'],
      {},
      '400 invalid_client_metadata Invalid client metadata: MTLS token in disabled',
      { attributes: { 'tls.client.certificate.bound.access.tokens': 'true' } },
    ],
    [
      'DPoP',
      ['dpop-bind-enforcer'],
      {},
      '400 invalid_client_metadata Invalid client metadata: DPoP token is disabled',
      { attributes: { 'dpop.bound.access.tokens': 'true' } },
    ],
    [
      'detached signatures',
      ['secure-response-type'],
      {},
      '400 invalid_client_metadata Invalid client metadata: ID Token as detached signature in disabled',
      { attributes: { 'id.token.as.detached.signature': 'true' } },
    ],
    [
      'authentication',
      ['secure-client-authenticator', { 'allowed-client-authenticators': ['client-jwt'] }],
      { clientAuthenticatorType: 'client-secret' },
      '400 invalid_client_metadata Invalid client metadata: token_endpoint_auth_method',
      { clientAuthenticatorType: 'client-jwt' },
    ],
    [
      'algorithms',
      ['secure-signature-algorithm'],
      { attributes: { 'id.token.signed.response.alg': 'RS256' } },
      '400 invalid_request not allowed signature algorithm.',
      {},
    ],
    [
      'CIBA algorithms',
      ['secure-ciba-req-sig-algorithm'],
      { attributes: { 'ciba.backchannel.auth.request.signing.alg': 'RS256' } },
      '400 invalid_request not allowed signature algorithm.',
      {},
    ],
    [
      'addresses',
      ['secure-client-uris'],
      { rootUrl: 'http://app.example.org' },
      '400 invalid_client_metadata Invalid rootUrl',
      { rootUrl: 'https://app.example.org' },
    ],
    [
      'patterns',
      [
        'secure-client-uris-pattern',
        { 'allowed-patterns': ['https://a\\.example/.*'], 'client-uri-fields': ['redirectUris'] },
      ],
      { redirectUris: ['https://b.example/x'] },
      '400 invalid_client_metadata Invalid redirectUris',
      { redirectUris: ['https://a.example/x'] },
    ],
    [
      'redirects',
      ['secure-redirect-uris-enforcer', { 'oauth-2-1-compliant': true }],
      { redirectUris: ['https://a.example/*'] },
      '400 invalid_request Invalid Redirect Uri: invalid uri',
      { redirectUris: ['https://a.example/x'] },
    ],
    [
      'loopback',
      ['secure-redirect-uris-enforcer'],
      { redirectUris: ['http://127.0.0.1/x'] },
      '400 invalid_request Invalid Redirect Uri: invalid loopback address',
      { redirectUris: ['https://a.example/x'] },
    ],
    [
      'private schemes',
      ['secure-redirect-uris-enforcer'],
      { redirectUris: ['com.example.app:/x'] },
      '400 invalid_request Invalid Redirect Uri: invalid private use scheme',
      { redirectUris: ['https://a.example/x'] },
    ],
    [
      'logout',
      ['secure-logout'],
      { frontchannelLogout: true },
      '400 invalid_registration Front-channel logout is not allowed for this client',
      {},
    ],
    [
      'authorities',
      ['tls-client-auth-ca-subject-dn', { 'ca-subject-dn': 'CN=CA', enforced: true }],
      { clientAuthenticatorType: 'client-x509', attributes: { 'x509.casubjectdn': 'CN=other' } },
      '400 invalid_request Certificate Authority subject DN must be CN=CA',
      { clientAuthenticatorType: 'client-x509' },
    ],
    [
      'bindings of SAML',
      ['saml-avoid-redirect'],
      { protocol: 'saml', attributes: { 'saml.force.post.binding': 'false' } },
      '400 invalid_client_metadata Force POST binding is not enabled',
      {},
    ],
    [
      'addresses of SAML',
      ['saml-secure-client-uris'],
      { protocol: 'saml', adminUrl: 'http://sp.example' },
      '400 invalid_client_metadata Non secure scheme for Master SAML Processing URL',
      {},
    ],
    [
      'signatures of SAML',
      ['saml-signature-enforcer'],
      { protocol: 'saml', attributes: { 'saml.client.signature': 'false' } },
      '400 invalid_client_metadata Signatures not ensured for the client. Ensure Client signature required and Sign documents or Sign assertions are ON',
      { protocol: 'saml' },
    ],
  ])(
    'refuse a client because of %s, and take one that is right',
    async (_of, rule, wrong, error, right) => {
      await world.policies([rule])
      const base = { redirectUris: [appUri] }
      const refused = await world.make({ ...base, ...wrong })
      expect([refused.answer, refused.client]).toEqual([error, undefined])
      expect((await world.make({ ...base, ...right })).answer).toBe('201')
    },
  )

  it('configure clients where they are told to, at a change too', async () => {
    const { client } = await world.make({ redirectUris: [appUri] })
    const on = { 'auto-configure': true }
    await world.policies([
      ['pkce-enforcer', on],
      ['full-scope-disabled', on],
      ['secure-signature-algorithm', { 'default-algorithm': 'ES256' }],
      ['tls-client-auth-ca-subject-dn', { 'ca-subject-dn': 'CN=CA' }],
    ])
    const answer = await world.realm.administer('PUT', `/clients/${client.id}`, {
      ...client,
      clientAuthenticatorType: 'client-x509',
    })
    expect(answer.status).toBe(204)
    const { body: changed } = await world.realm.administer('GET', `/clients/${client.id}`)
    expect(changed).toMatchObject({
      fullScopeAllowed: false,
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'id.token.signed.response.alg': 'ES256',
        'access.token.signed.response.alg': 'ES256',
        'x509.casubjectdn': 'CN=CA',
      },
    })
  })

  it('look at clients that register themselves', async () => {
    await world.policies(
      [['pkce-enforcer'], ['registration-access-token-rotation-disabled']],
      [['client-updater-context', { 'update-client-source': ['ByInitialAccessToken'] }]],
    )
    const { body: initial } = await world.realm.administer('POST', '/clients-initial-access', {
      count: 5,
    })
    const register = async () =>
      await world.realm.send(`${world.realm.url}/clients-registrations/openid-connect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${initial.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [appUri] }),
      })
    expect(described(await register())).toBe(
      '400 invalid_client_metadata Invalid client metadata: code_challenge_method',
    )
    await world.policies([
      ['pkce-enforcer', { 'auto-configure': true }],
      ['registration-access-token-rotation-disabled'],
    ])
    const { status, body } = await register()
    expect(status).toBe(201)
    const update = async () =>
      await world.realm.send(body.registration_client_uri, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${body.registration_access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ redirect_uris: [appUri], client_id: body.client_id }),
      })
    expect([(await update()).status, (await update()).status]).toEqual([200, 200])
  })

  it('rotate secrets, and let the one before count until its time is over', async () => {
    await world.policies([
      ['secret-rotation', { 'expiration-period': 100, 'rotated-expiration-period': 50 }],
    ])
    const { client } = await world.make({ serviceAccountsEnabled: true, publicClient: false })
    const ask = async (value: string) =>
      (
        await world.realm.token({
          grant_type: 'client_credentials',
          client_id: client.clientId,
          client_secret: value,
        })
      ).status
    expect(Number(client.attributes['client.secret.expiration.time'])).toBeGreaterThan(
      Date.now() / 1_000,
    )
    const renewed = await world.realm.administer('POST', `/clients/${client.id}/client-secret`)
    expect(renewed.body.value).not.toBe(client.secret)
    expect([await ask(renewed.body.value), await ask(client.secret)]).toEqual([200, 200])
    const rotated = await world.realm.administer(
      'GET',
      `/clients/${client.id}/client-secret/rotated`,
    )
    expect(rotated.body.value).toBe(client.secret)
    await world.realm.configure(client.clientId, { 'client.secret.rotated.expiration.time': '1' })
    expect(await ask(client.secret)).toBe(401)
  })
})
