import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

/** Each way in which a client of the demo realm proves who it is. */
const clients: readonly [string, oauth.Client, oauth.ClientAuth][] = [
  ['client_secret_basic', { client_id: 'app' }, oauth.ClientSecretBasic(demoSecret('app'))],
  ['client_secret_post', { client_id: 'app' }, oauth.ClientSecretPost(demoSecret('app'))],
  ['none', { client_id: 'spa' }, oauth.None()],
]

describe.each(clients)('oauth4webapi with %s', (_method, client, authentication) => {
  let server: TestServer
  let as: oauth.AuthorizationServer
  const browser = new Browser()
  beforeAll(async () => {
    server = await startTestServer()
    const issuer = new URL(server.realmUrl('demo'))
    const discovered = await oauth.discoveryRequest(issuer, insecure)
    as = await oauth.processDiscoveryResponse(issuer, discovered)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function login(visitor: Browser): Promise<oauth.TokenEndpointResponse> {
    const verifier = oauth.generateRandomCodeVerifier()
    const nonce = oauth.generateRandomNonce()
    const state = oauth.generateRandomState()
    const url = new URL(as.authorization_endpoint!)
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: demoRedirectUri,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
    }).toString()
    const first = await visitor.get(url)
    const person = { username: 'person-0', password: demoPassword('person-0') }
    const { location } = await signIn(visitor, first, person)
    const parameters = oauth.validateAuthResponse(as, client, location!, state)
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      demoRedirectUri,
      verifier,
      insecure,
    )
    return oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
  }

  it('signs in, reads userinfo, refreshes, introspects, revokes', async () => {
    const tokens = await login(browser)
    const { sub } = oauth.getValidatedIdTokenClaims(tokens)!
    const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    const user = await oauth.processUserInfoResponse(as, client, sub, userinfo)
    expect(user.preferred_username).toBe('person-0')

    const refresh = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      tokens.refresh_token!,
      insecure,
    )
    const refreshed = await oauth.processRefreshTokenResponse(as, client, refresh)
    expect(refreshed.refresh_token).toBeDefined()

    const revocation = await oauth.revocationRequest(
      as,
      client,
      authentication,
      refreshed.refresh_token!,
      insecure,
    )
    await oauth.processRevocationResponse(revocation)
    const late = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      refreshed.refresh_token!,
      insecure,
    )
    await expect(oauth.processRefreshTokenResponse(as, client, late)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('verifies the signatures of its tokens with the published keys', async () => {
    const tokens = await login(new Browser())
    const request = new Request('http://127.0.0.1/', {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    const audience = oauth.getValidatedIdTokenClaims(tokens)!.azp as string
    const payload = JSON.parse(
      Buffer.from(tokens.access_token.split('.')[1]!, 'base64url').toString(),
    ) as { aud?: string | string[] }
    const expected = [payload.aud ?? audience].flat()[0]!
    // RFC 9068 asks for `typ: at+jwt`, which Keycloak does not send: only the signature is looked at here.
    const { jwtVerify, createRemoteJWKSet } = await import('jose')
    const keys = createRemoteJWKSet(new URL(as.jwks_uri!))
    const verified = await jwtVerify(request.headers.get('authorization')!.slice(7), keys, {
      issuer: as.issuer,
      ...(payload.aud === undefined ? {} : { audience: expected }),
    })
    expect(verified.payload['azp']).toBe(client.client_id)
  })

  it('logs out', async () => {
    const visitor = new Browser()
    const tokens = await login(visitor)
    const url = new URL(as.end_session_endpoint!)
    url.search = new URLSearchParams({
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: demoRedirectUri,
    }).toString()
    const page = await visitor.get(url)
    expect(page.location?.href).toBe(demoRedirectUri)
  })
})

describe('oauth4webapi for a service', () => {
  it('gets a token with client_credentials', async () => {
    await using server = await startTestServer()
    const issuer = new URL(server.realmUrl('demo'))
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    )
    const client = { client_id: 'service' }
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      oauth.ClientSecretBasic(demoSecret('service')),
      {},
      insecure,
    )
    const tokens = await oauth.processClientCredentialsResponse(as, client, response)
    expect(tokens.expires_in).toBe(300)
  })
})
