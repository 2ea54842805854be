import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { signIn } from '../harness/login.ts'
import { claimsOf, mapper, OidcRealm } from '../oidc/oidc-realm.ts'

const appUri = 'http://app.example.org/cb'
const anna = { username: 'anna', password: 'pw' }
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const insecure = { [oauth.allowInsecureRequests]: true } as const

/** Grants and requests beyond code and refresh, by the two certified libraries. */
describe('relying parties that do more than sign users in', () => {
  let realm: OidcRealm
  let as: oauth.AuthorizationServer
  let signing: client.CryptoKey
  const app: oauth.Client = { client_id: 'app' }
  const secret = oauth.ClientSecretBasic('s')

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    signing = pair.privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', use: 'sig', alg: 'ES256' }
    realm = await OidcRealm.start({
      attributes: { cibaInterval: '1' },
      clients: [
        {
          clientId: 'app',
          secret: 's',
          attributes: {
            'oauth2.device.authorization.grant.enabled': 'true',
            'oauth2.device.polling.interval': '1',
            'oidc.ciba.grant.enabled': 'true',
            'standard.token.exchange.enabled': 'true',
            'authorization.signed.response.alg': 'ES256',
            'use.jwks.string': 'true',
            'jwks.string': JSON.stringify({ keys: [jwk] }),
          },
          protocolMappers: [mapper('oidc-audience-mapper', { 'included.client.audience': 'app' })],
        },
      ],
    })
    const issuer = new URL(realm.url)
    as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    )
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const discovered = async (...execute: ((config: client.Configuration) => void)[]) =>
    await client.discovery(new URL(realm.url), 'app', 's', client.ClientSecretBasic('s'), {
      execute: [client.allowInsecureRequests, ...execute],
    })

  /** Signs anna in at an address of the realm and agrees to what it asks. */
  async function agree(url: string): Promise<Page> {
    const browser = new Browser()
    const page = await signIn(browser, await browser.get(url), anna)
    return await browser.submit(page, { accept: 'Yes' }, {})
  }
  const backAt = async (url: URL): Promise<URL> => {
    const browser = new Browser()
    const { location } = await signIn(browser, await browser.get(url), anna)
    if (location === null) throw new Error('the browser did not come back to the client')
    return location
  }

  it('openid-client: device authorization grant', async () => {
    const config = await discovered()
    const started = await client.initiateDeviceAuthorization(config, { scope: 'openid' })
    await agree(started.verification_uri_complete ?? '')
    const tokens = await client.pollDeviceAuthorizationGrant(config, started)
    expect(tokens.claims()?.['preferred_username']).toBe('anna')
  })

  it('oauth4webapi: device authorization grant', async () => {
    const parameters = { scope: 'openid' }
    const asked = await oauth.deviceAuthorizationRequest(as, app, secret, parameters, insecure)
    const started = await oauth.processDeviceAuthorizationResponse(as, app, asked)
    const poll = async () => {
      const { device_code: code } = started
      const answer = await oauth.deviceCodeGrantRequest(as, app, secret, code, insecure)
      return await oauth.processDeviceCodeResponse(as, app, answer)
    }
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    await agree(started.verification_uri_complete ?? '')
    expect(oauth.getValidatedIdTokenClaims(await poll())).toMatchObject({ azp: 'app' })
  })

  it('openid-client: backchannel authentication (CIBA)', async () => {
    const config = await discovered()
    const started = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: 'anna',
    })
    await agree(`${realm.url}/ciba`)
    const tokens = await client.pollBackchannelAuthenticationGrant(config, started)
    expect(tokens.claims()?.['preferred_username']).toBe('anna')
  })

  it('oauth4webapi: backchannel authentication (CIBA)', async () => {
    const parameters = { scope: 'openid', login_hint: 'anna' }
    const asked = await oauth.backchannelAuthenticationRequest(
      as,
      app,
      secret,
      parameters,
      insecure,
    )
    const started = await oauth.processBackchannelAuthenticationResponse(as, app, asked)
    await agree(`${realm.url}/ciba`)
    const { auth_req_id: id } = started
    const answer = await oauth.backchannelAuthenticationGrantRequest(as, app, secret, id, insecure)
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, app, answer)
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ azp: 'app' })
  })

  it('both: token exchange', async () => {
    const { body } = await realm.password('app', { client_secret: 's' })
    const parameters = { subject_token: body.access_token, subject_token_type: accessTokenType }
    const config = await discovered()
    const first = await client.genericGrantRequest(config, exchangeGrant, parameters)
    expect(first['issued_token_type']).toBe(accessTokenType)
    const again = await oauth.genericTokenEndpointRequest(
      as,
      app,
      secret,
      exchangeGrant,
      parameters,
      insecure,
    )
    const second = await oauth.processGenericTokenEndpointResponse(as, app, again)
    for (const { access_token: token } of [first, second]) {
      expect(claimsOf(token)).toMatchObject({ azp: 'app', sub: claimsOf(body.access_token)['sub'] })
    }
  })

  it('openid-client: a signed request that is pushed, a signed answer, a bound token', async () => {
    const config = await discovered(client.useJwtResponseMode)
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const signed = await client.buildAuthorizationUrlWithJAR(
      config,
      {
        redirect_uri: appUri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
      },
      { key: signing, kid: 'k' },
    )
    const url = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams)
    expect(url.searchParams.has('request_uri')).toBe(true)
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
    const back = await backAt(url)
    expect(back.searchParams.has('response')).toBe(true)
    const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
    expect(tokens.token_type).toBe('dpop')
    const { sub } = tokens.claims() as { sub: string }
    const user = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })
    expect(user.preferred_username).toBe('anna')
  })

  it('oauth4webapi: a signed request that is pushed, and a signed answer', async () => {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const request = await oauth.issueRequestObject(
      as,
      app,
      {
        response_type: 'code',
        response_mode: 'jwt',
        redirect_uri: appUri,
        scope: 'openid',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
      },
      { key: signing, kid: 'k' },
    )
    const pushed = await oauth.pushedAuthorizationRequest(as, app, secret, { request }, insecure)
    const { request_uri: uri } = await oauth.processPushedAuthorizationResponse(as, app, pushed)
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = new URLSearchParams({ client_id: 'app', request_uri: uri }).toString()
    const told = await oauth.validateJwtAuthResponse(as, app, await backAt(url), state, insecure)
    const redeemed = await oauth.authorizationCodeGrantRequest(
      as,
      app,
      secret,
      told,
      appUri,
      verifier,
      insecure,
    )
    const checks = { requireIdToken: true }
    const tokens = await oauth.processAuthorizationCodeResponse(as, app, redeemed, checks)
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ azp: 'app' })
  })
})
