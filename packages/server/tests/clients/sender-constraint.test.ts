import { request } from 'node:https'
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { HttpClient } from '../harness/http-exchange.ts'
import { signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const redirectUri = 'https://app.example.org/cb'
const anna = { username: 'anna', password: 'pw-of-Anna' }

/** Certified relying-party libraries over a TLS connection of this server's own, with certificates and proofs. */
describe('relying parties that prove what they hold', () => {
  const certificates = new TestCertificates()
  const http = new HttpClient()
  let server: TestServer
  let origin: string
  let issuer: URL
  let authority: TestCertificate
  let app: TestCertificate
  let stranger: TestCertificate
  let signingKey: CryptoKey

  beforeAll(async () => {
    authority = certificates.make('/CN=Authority')
    app = certificates.make('/O=Acme/CN=app', authority)
    stranger = certificates.make('/O=Acme/CN=app')
    const pair = await generateKeyPair('PS256', { extractable: true })
    signingKey = pair.privateKey
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] })
    const port = await freePort()
    origin = `https://localhost:${port}`
    issuer = new URL(`${origin}/realms/tls`)
    const common = { redirectUris: [redirectUri], serviceAccountsEnabled: true }
    server = await startTestServer({
      options: [
        `--hostname=${origin}`,
        `--https-port=${port}`,
        `--https-certificate-file=${authority.certificateFile}`,
        `--https-certificate-key-file=${authority.keyFile}`,
        `--https-trust-store-file=${authority.certificateFile}`,
        '--https-client-auth=request',
        '--http-management-scheme=http',
      ],
      realms: [
        {
          realm: 'tls',
          enabled: true,
          clients: [
            {
              ...common,
              clientId: 'mtls',
              clientAuthenticatorType: 'client-x509',
              attributes: {
                'x509.subjectdn': 'CN=app,O=Acme',
                'tls.client.certificate.bound.access.tokens': 'true',
              },
            },
            {
              ...common,
              clientId: 'dpop',
              clientAuthenticatorType: 'client-jwt',
              attributes: {
                'use.jwks.string': 'true',
                'jwks.string': keys,
                'dpop.bound.access.tokens': 'true',
              },
            },
          ],
          users: [
            {
              username: anna.username,
              enabled: true,
              email: 'anna@example.org',
              firstName: 'An',
              lastName: 'Na',
              credentials: [{ type: 'password', value: anna.password }],
            },
          ],
        },
      ],
    })
  })
  afterAll(async () => {
    http[Symbol.dispose]()
    certificates[Symbol.dispose]()
    await server?.[Symbol.asyncDispose]()
  })

  /** `fetch` that shows a certificate in its handshake. */
  const fetchWith =
    (shown?: TestCertificate) =>
    async (url: string, options: RequestInit | client.CustomFetchOptions): Promise<Response> => {
      const body = options.body instanceof URLSearchParams ? options.body.toString() : options.body
      const given = new Headers(options.headers as HeadersInit)
      const headers = Object.fromEntries(given)
      if (options.body instanceof URLSearchParams) {
        headers['content-type'] = 'application/x-www-form-urlencoded'
      }
      const own = shown === undefined ? {} : { cert: shown.certificate, key: shown.key }
      const tls = { ca: authority.certificate, agent: false, ...own } as const
      return await new Promise((resolve, reject) => {
        const method = options.method ?? 'GET'
        const sent = request(url, { ...tls, method, headers }, (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('end', () => {
            const answered = Object.entries(answer.headers).map(([name, value]) => [
              name,
              String(value),
            ])
            const status = answer.statusCode ?? 0
            const text = Buffer.concat(parts).toString()
            const init = { status, headers: Object.fromEntries(answered) }
            resolve(new Response(status === 204 ? null : text, init))
          })
        })
        sent.on('error', reject).end(typeof body === 'string' ? body : undefined)
      })
    }

  const configured = async (
    clientId: string,
    authentication: client.ClientAuth,
    shown?: TestCertificate,
  ) => {
    const metadata = { id_token_signed_response_alg: 'RS256', use_mtls_endpoint_aliases: true }
    return await client.discovery(issuer, clientId, metadata, authentication, {
      [client.customFetch]: fetchWith(shown),
    })
  }

  /** Signs anna in. @returns where her browser was sent in the end */
  const signedIn = async (url: URL): Promise<URL> => {
    const transport = (asked: Parameters<HttpClient['send']>[0]) =>
      http.send(asked, new URL(server.url))
    const browser = new Browser({ transport, origins: [origin] })
    const page = await signIn(browser, await browser.get(url), anna)
    if (page.location === null) throw new Error(page.describe())
    return page.location
  }

  /** A login by a pushed request with an answer that is a JWT. */
  const login = async (config: client.Configuration, options: client.DPoPOptions = {}) => {
    const verifier = client.randomPKCECodeVerifier()
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce() }
    const url = await client.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: redirectUri,
        scope: 'openid',
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      options,
    )
    const location = await signedIn(url)
    const all = { ...checks, pkceCodeVerifier: verifier, idTokenExpected: true }
    return await client.authorizationCodeGrant(config, location, all, undefined, options)
  }

  it('openid-client signs in by its certificate, with PAR and JARM', async () => {
    const config = await configured('mtls', client.TlsClientAuth(), app)
    client.useJwtResponseMode(config)
    const tokens = await login(config)
    const sub = tokens.claims()?.sub ?? ''
    expect((await client.fetchUserInfo(config, tokens.access_token, sub)).sub).toBe(sub)
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.token_type).toBe('bearer')
    const others = await configured('mtls', client.TlsClientAuth(), stranger)
    await expect(client.fetchUserInfo(others, tokens.access_token, sub)).rejects.toThrow()
    await expect(client.clientCredentialsGrant(others)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })

  it('openid-client signs in with private_key_jwt, PAR and DPoP', async () => {
    const key = { key: signingKey, kid: 'k' }
    const config = await configured('dpop', client.PrivateKeyJwt(key))
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await login(config, { DPoP })
    expect(tokens.token_type).toBe('dpop')
    const sub = tokens.claims()?.sub ?? ''
    const user = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })
    expect(user.sub).toBe(sub)
    await expect(client.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow()
  })

  it('oauth4webapi gets tokens by its certificate', async () => {
    const options = { [oauth.customFetch]: fetchWith(app) as never }
    const found = await oauth.discoveryRequest(issuer, options)
    const as = await oauth.processDiscoveryResponse(issuer, found)
    expect(as.tls_client_certificate_bound_access_tokens).toBe(true)
    const party: oauth.Client = { client_id: 'mtls', use_mtls_endpoint_aliases: true }
    const grant = await oauth.clientCredentialsGrantRequest(
      as,
      party,
      oauth.TlsClientAuth(),
      new URLSearchParams({ scope: 'profile' }),
      options,
    )
    const tokens = await oauth.processClientCredentialsResponse(as, party, grant)
    const claims = JSON.parse(
      Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims.cnf).toEqual({ 'x5t#S256': app.thumbprint })
  })
})
