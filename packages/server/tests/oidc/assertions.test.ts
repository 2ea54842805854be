import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const jwtAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const spiffeAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'
const external = 'https://external.example.org'
const partner = 'https://partner.example.org'

/** An issuer whose keys are published, and a cluster's metadata. */
class Issuer {
  readonly #server: Server
  #keys: object[] = []
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      const metadata = { issuer: this.url, jwks_uri: `${this.url}/keys` }
      const isMetadata = request.url?.endsWith('/openid-configuration') === true
      const keys = request.url === '/bundle' ? this.#keys.map(asSvid) : this.#keys
      response.end(JSON.stringify(isMetadata ? metadata : { keys }))
    })
  }

  async start(keys: object[]): Promise<void> {
    this.#keys = keys
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
  }
}

const asSvid = (key: object) => ({ ...key, use: 'jwt-svid' })

describe('tokens that others have signed', () => {
  const issuer = new Issuer()
  let realm: OidcRealm
  let privateKey: CryptoKey
  let strangersKey: CryptoKey

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    privateKey = pair.privateKey
    strangersKey = (await generateKeyPair('ES256')).privateKey
    await issuer.start([
      { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' },
    ])
    const published = { useJwksUrl: 'true', jwksUrl: `${issuer.url}/keys` }
    const granting = { 'oauth2.jwt.authorization.grant.enabled': 'true' }
    const link = (identityProvider: string, userId: string) => ({
      identityProvider,
      userId,
      userName: userId,
    })
    const person = (username: string, more: object = {}) => ({
      username,
      enabled: true,
      federatedIdentities: [link('external', `ext-${username}`)],
      ...more,
    })
    const federated = (clientId: string, alias: string, subject: string) => ({
      clientId,
      clientAuthenticatorType: 'federated-jwt',
      serviceAccountsEnabled: true,
      attributes: { 'jwt.credential.issuer': alias, 'jwt.credential.sub': subject },
    })
    realm = await OidcRealm.start(
      {
        users: [
          person('bob'),
          person('gone', { enabled: false }),
          person('new', { requiredActions: ['UPDATE_PASSWORD'] }),
        ],
        identityProviders: [
          provider('external', 'jwt-authorization-grant', { issuer: external, ...published }),
          provider('limited', 'jwt-authorization-grant', {
            issuer: 'https://limited.example.org',
            publicKeySignatureVerifier: await exportSPKI(pair.publicKey),
            jwtAuthorizationGrantAssertionSignatureAlg: 'RS256',
          }),
          provider('partner', 'oidc', {
            issuer: partner,
            ...published,
            clientId: 'us',
            supportsClientAssertions: 'true',
          }),
          provider('silent', 'oidc', { issuer: 'https://silent.example.org', ...published }),
          provider('cluster', 'kubernetes', { issuer: issuer.url }),
          provider('mesh', 'spiffe', {
            trustDomain: 'spiffe://example.org',
            bundleEndpoint: `${issuer.url}/bundle`,
          }),
        ],
        clients: [
          {
            clientId: 'app',
            secret: 's',
            attributes: { ...granting, 'oauth2.jwt.authorization.grant.idp': 'external##limited' },
          },
          { clientId: 'none', secret: 's', attributes: granting },
          { clientId: 'closed', secret: 's' },
          {
            clientId: 'asking',
            secret: 's',
            consentRequired: true,
            attributes: { ...granting, 'oauth2.jwt.authorization.grant.idp': 'external' },
          },
          federated('worker', 'partner', 'their-worker'),
          federated('silenced', 'silent', 'their-silent'),
          federated('pod', 'cluster', 'system:serviceaccount:ns:pod'),
          federated('workload', 'mesh', 'spiffe://example.org/workload'),
          federated('outside', 'mesh', 'spiffe://elsewhere.org/workload'),
          { clientId: 'plain', secret: 's', serviceAccountsEnabled: true },
        ],
      },
      { options: ['--features=spiffe'] },
    )
  })
  afterAll(async () => {
    issuer.stop()
    await realm?.[Symbol.asyncDispose]()
  })

  function provider(alias: string, providerId: string, config: Record<string, string>) {
    return { alias, providerId, enabled: true, config }
  }

  const signed = (claims: Record<string, unknown> = {}, key = privateKey): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000)
    const times = { iat: now, exp: now + 60, jti: crypto.randomUUID() }
    return new SignJWT({ iss: external, sub: 'ext-bob', aud: realm.url, ...times, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(key)
  }
  const grant = (assertion: string, clientId = 'app', form: Record<string, string> = {}) =>
    realm.token({
      grant_type: grantType,
      client_id: clientId,
      client_secret: 's',
      assertion,
      ...form,
    })
  const refusal = ({ status, body }: Awaited<ReturnType<typeof grant>>) =>
    `${status} ${body.error} ${body.error_description}`

  describe('as a grant', () => {
    // RFC 7523 §2.1, §3.1
    it('give a token of the user who is linked with that account', async () => {
      const { status, body } = await grant(await signed(), 'app', { scope: 'openid' })
      expect([status, body.refresh_token, body.session_state]).toEqual([200, undefined, undefined])
      const claims = claimsOf(body.access_token)
      expect(claims).toMatchObject({ preferred_username: 'bob', azp: 'app' })
      expect(String(claims['jti'])).toMatch(/^trrtag:/)
      expect(claimsOf(body.id_token)['sub']).toBe(claims['sub'])
    })

    // RFC 7523 §3, §5
    it('count once, wherever they are shown', async () => {
      const assertion = await signed()
      const answers = await Promise.all([1, 2, 3].map(() => grant(assertion)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(refusal(await grant(assertion))).toBe('400 invalid_grant Token reuse detected')
    })

    // RFC 7523 §3
    it.each([
      [{ iss: undefined }, 'Missing claim: iss'],
      [{ sub: undefined }, 'Missing claim: sub'],
      [{ iss: 'https://nobody.example.org' }, 'No Identity Provider for provided issuer'],
      [{ iss: partner }, 'No Identity Provider for provided issuer'],
      [{ sub: 'nobody' }, 'User not found'],
      [{ sub: 'ext-gone' }, 'User is not enabled'],
      [{ sub: 'ext-new' }, 'Account is not fully set up'],
      [{ aud: 'https://elsewhere.example.org' }, 'Invalid token audience'],
      [{ exp: 1 }, 'Token is not active'],
      [{ exp: undefined }, 'Token exp claim is required'],
      [{ nbf: 9_999_999_999 }, 'Token is not active'],
      [{ iat: 1 }, 'Token was issued too far in the past to be used now'],
      [{ iat: 9_999_999_999 }, 'Token was issued in the future'],
      [
        { iat: undefined, exp: 9_999_999_999 },
        'Token expiration is too far in the future and iat claim not present in token',
      ],
      [{ jti: undefined }, 'Token jti claim is required'],
    ])('are refused with %j', async (claims, wanted) => {
      expect(refusal(await grant(await signed(claims)))).toBe(`400 invalid_grant ${wanted}`)
    })

    // RFC 7523 §3
    it('are refused when another has signed them, and with several audiences', async () => {
      expect(refusal(await grant(await signed({}, strangersKey)))).toMatch(/Invalid signature$/)
      const aud = [realm.url, 'https://elsewhere.example.org']
      expect(refusal(await grant(await signed({ aud })))).toMatch(/Multiple audiences not allowed$/)
      const iss = 'https://limited.example.org'
      expect(refusal(await grant(await signed({ iss })))).toMatch(/Invalid signature algorithm$/)
      expect(refusal(await grant('x'))).toMatch(/The provided assertion is not a valid JWT$/)
    })

    // RFC 7523 §3.1
    it('are refused to clients that may not use them', async () => {
      expect(refusal(await grant(await signed(), 'closed'))).toMatch(
        /is not supported for the requested client$/,
      )
      expect(refusal(await grant(await signed(), 'none'))).toMatch(/is not allowed for the client$/)
      expect(refusal(await grant(await signed(), 'asking'))).toMatch(
        /^400 invalid_scope Missing consents/,
      )
    })
  })

  const authenticate = (assertion: string, form: Record<string, string> = {}) =>
    realm.token({
      grant_type: 'client_credentials',
      client_assertion_type: jwtAssertion,
      client_assertion: assertion,
      ...form,
    })
  const worker = { iss: partner, sub: 'their-worker' }

  describe('as proof of a client', () => {
    // RFC 7523 §2.2
    it('let the client in that its settings name, once', async () => {
      const assertion = await signed(worker)
      const { status, body } = await authenticate(assertion)
      expect([status, claimsOf(body.access_token)['azp']]).toEqual([200, 'worker'])
      expect(refusal(await authenticate(assertion))).toBe('400 invalid_client Token reuse detected')
      const named = await authenticate(await signed(worker), { client_id: 'worker' })
      expect(named.status).toBe(200)
      const other = await authenticate(await signed(worker), { client_id: 'plain' })
      expect(other.status).toBe(401)
    })

    // RFC 7523 §3.2
    it.each([
      [{ ...worker, aud: 'x' }, '400 invalid_client Invalid token audience'],
      [{ ...worker, exp: 1 }, '400 invalid_client Token is not active'],
      [{ ...worker, jti: undefined }, '400 invalid_client Token jti claim is required'],
      [
        { ...worker, iss: external },
        '401 invalid_client Invalid client or Invalid client credentials',
      ],
      [{ ...worker, sub: 'x' }, '401 invalid_client Invalid client or Invalid client credentials'],
      [
        { iss: 'https://silent.example.org', sub: 'their-silent' },
        '401 invalid_client Invalid client or Invalid client credentials',
      ],
    ])('are refused with %j', async (claims, wanted) => {
      expect(refusal(await authenticate(await signed(claims)))).toBe(wanted)
    })

    it('are refused when another has signed them', async () => {
      expect((await authenticate(await signed(worker, strangersKey))).status).toBe(401)
    })

    it('may be of a service account of a Kubernetes cluster, again and again', async () => {
      const claims = { iss: issuer.url, sub: 'system:serviceaccount:ns:pod', jti: undefined }
      const assertion = await signed(claims)
      for (const _ of [1, 2]) expect((await authenticate(assertion)).status).toBe(200)
    })

    it('may be of a workload of a SPIFFE trust domain', async () => {
      const form = { client_assertion_type: spiffeAssertion }
      const claims = { iss: undefined, sub: 'spiffe://example.org/workload', jti: undefined }
      expect((await authenticate(await signed(claims), form)).status).toBe(200)
      const outside = { ...claims, sub: 'spiffe://elsewhere.org/workload' }
      expect((await authenticate(await signed(outside), form)).status).toBe(401)
      expect((await authenticate(await signed(claims))).status).toBe(401)
    })
  })
})
