import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

describe('openid-client', () => {
  let server: TestServer
  let config: client.Configuration
  const browser = new Browser()
  beforeAll(async () => {
    server = await startTestServer()
    config = await client.discovery(
      new URL(server.realmUrl('demo')),
      'app',
      demoSecret('app'),
      undefined,
      { execute: [client.allowInsecureRequests] },
    )
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const login = async (username: string, visitor = browser): Promise<Tokens> => {
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const nonce = client.randomNonce()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: demoRedirectUri,
      scope: 'openid email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    const first = await visitor.get(url)
    const last = await signIn(visitor, first, { username, password: demoPassword(username) })
    return client.authorizationCodeGrant(config, last.location!, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    })
  }

  it('signs in with code and PKCE, reads userinfo and refreshes', async () => {
    const tokens = await login('person-0')
    const { sub } = tokens.claims()!
    const user = await client.fetchUserInfo(config, tokens.access_token, sub)
    expect(user).toMatchObject({ sub, preferred_username: 'person-0', email: 'person-0@demo.test' })
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token!)
    expect(refreshed.claims()!.sub).toBe(sub)
    expect(refreshed.access_token).not.toBe(tokens.access_token)
  })

  it('lets an API introspect a token that is meant for it', async () => {
    const tokens = await login('person-1', new Browser())
    const api = await client.discovery(
      new URL(server.realmUrl('demo')),
      'api',
      demoSecret('api'),
      client.ClientSecretBasic(demoSecret('api')),
      { execute: [client.allowInsecureRequests] },
    )
    const seen = await client.tokenIntrospection(api, tokens.access_token)
    expect(seen).toMatchObject({ active: true, username: 'person-1', client_id: 'app' })
  })

  it('revokes the refresh token, which ends the session', async () => {
    const tokens = await login('person-2', new Browser())
    await client.tokenRevocation(config, tokens.refresh_token!)
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const sub = tokens.claims()!.sub
    await expect(client.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow()
  })

  it('logs out at the provider', async () => {
    const visitor = new Browser()
    const tokens = await login('person-3', visitor)
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: demoRedirectUri,
      state: 'left',
    })
    const page = await visitor.get(url)
    expect(page.location?.href).toBe(`${demoRedirectUri}?state=left`)
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const again = await visitor.get(
      client.buildAuthorizationUrl(config, {
        redirect_uri: demoRedirectUri,
        scope: 'openid',
        prompt: 'none',
      }),
    )
    expect(again.location?.searchParams.get('error')).toBe('login_required')
  })

  it('gets a token for a service', async () => {
    const service = await client.discovery(
      new URL(server.realmUrl('demo')),
      'service',
      demoSecret('service'),
      client.ClientSecretBasic(demoSecret('service')),
      { execute: [client.allowInsecureRequests] },
    )
    const tokens = await client.clientCredentialsGrant(service)
    expect(tokens.token_type).toBe('bearer')
    expect(tokens.refresh_token).toBeUndefined()
  })
})

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>
