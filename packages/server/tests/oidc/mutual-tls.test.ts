import { createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const mismatch = 'Client certificate missing, or its thumbprint and one in the token did NOT match'

describe('mutual TLS (RFC 8705), behind a proxy', () => {
  const certificates = new TestCertificates()
  let realm: OidcRealm
  let app: TestCertificate
  let other: TestCertificate

  /** What the proxy adds to a request. */
  const by = (certificate: TestCertificate) => ({ 'ssl-client-cert': certificate.der })
  const grant = (clientId: string) => ({ grant_type: 'client_credentials', client_id: clientId })
  const clientOf = (clientId: string, attributes: Readonly<Record<string, string>>) => ({
    clientId,
    serviceAccountsEnabled: true,
    clientAuthenticatorType: 'client-x509',
    attributes,
  })
  const bound = { 'tls.client.certificate.bound.access.tokens': 'true' }

  beforeAll(async () => {
    app = certificates.make('/C=DE/O=Acme, Inc./CN=app/emailAddress=app@example.org')
    other = certificates.make('/C=DE/O=Acme, Inc./CN=other')
    const jwk = createPublicKey(app.certificate).export({ format: 'jwk' })
    const subject = 'EMAILADDRESS=app@example.org,CN=app,O="Acme, Inc.",C=DE'
    const pattern = { 'x509.allow.regex.pattern.comparison': 'true' }
    realm = await OidcRealm.start(
      {
        clients: [
          {
            ...clientOf('exact', { 'x509.subjectdn': subject, ...bound }),
            protocolMappers: [
              mapper('oidc-audience-mapper', { 'included.client.audience': 'api' }),
            ],
          },
          clientOf('pattern', { 'x509.subjectdn': '(.*?)CN=app, (.*?)', ...pattern }),
          clientOf('none', {}),
          clientOf('authority', { 'x509.subjectdn': subject, 'x509.casubjectdn': 'CN=nobody' }),
          clientOf('own', {
            'token.endpoint.auth.method': 'self_signed_tls_client_auth',
            'use.jwks.string': 'true',
            'jwks.string': JSON.stringify({ keys: [jwk] }),
          }),
          { clientId: 'bound', publicClient: true, attributes: bound },
          { clientId: 'api', secret: 's' },
        ],
        users: [
          {
            username: 'chief',
            enabled: true,
            email: 'chief@example.org',
            firstName: 'C',
            lastName: 'C',
            credentials: [{ type: 'password', value: 'pw' }],
            clientRoles: {
              'realm-management': ['realm-admin'],
              account: ['manage-account', 'view-profile'],
            },
          },
        ],
      },
      {
        options: [
          '--spi-x509cert-lookup--provider=haproxy',
          '--spi-x509cert-lookup--haproxy--ssl-client-cert=SSL-Client-Cert',
        ],
      },
    )
  })
  afterAll(async () => {
    await realm?.[Symbol.asyncDispose]()
    certificates[Symbol.dispose]()
  })

  // RFC 8705 §2.1, §2.2
  it.each(['exact', 'pattern', 'own'])('lets a client in by its certificate: %s', async (id) => {
    expect((await realm.token(grant(id), by(app))).status).toBe(200)
    for (const headers of [by(other), {}, { 'ssl-client-cert': 'x' }]) {
      const { status, body } = await realm.token(grant(id), headers)
      expect(status).toBe(401)
      expect(body).toEqual({
        error: 'invalid_client',
        error_description: 'Invalid client or Invalid client credentials',
      })
    }
  })

  // RFC 8705 §2.1
  it.each(['none', 'authority', 'api'])(
    'lets nobody in without what the client wants: %s',
    async (id) => {
      expect((await realm.token(grant(id), by(app))).status).toBe(401)
    },
  )

  // RFC 8705 §3
  it('binds tokens to the certificate, and issues none without', async () => {
    const { body } = await realm.token(grant('exact'), by(app))
    expect(body.token_type).toBe('Bearer')
    expect(claimsOf(body.access_token)['cnf']).toEqual({ 'x5t#S256': app.thumbprint })
    const { status, body: refused } = await realm.password('bound')
    expect([status, refused]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: 'Client Certification missing for MTLS HoK Token Binding',
      },
    ])
  })

  // RFC 8705 §3
  it('shows userinfo to the holder of the certificate alone', async () => {
    const { body } = await realm.password('bound', {}, by(app))
    expect((await realm.userinfo(body.access_token, by(app))).status).toBe(200)
    for (const headers of [by(other), {}]) {
      const { status, headers: answered } = await realm.userinfo(body.access_token, headers)
      expect(status).toBe(401)
      expect(answered.get('www-authenticate')).toContain(`error_description="${mismatch}"`)
    }
  })

  // RFC 8705 §7.1
  it('lets the holder of the certificate alone refresh and end a session', async () => {
    const { body } = await realm.password('bound', {}, by(app))
    const token = { client_id: 'bound', refresh_token: body.refresh_token }
    const refresh = (headers: Readonly<Record<string, string>>) =>
      realm.token({ grant_type: 'refresh_token', ...token }, headers)
    expect((await refresh(by(app))).status).toBe(200)
    expect((await refresh(by(other))).body).toEqual({
      error: 'invalid_grant',
      error_description:
        'Client certificate missing, or its thumbprint and one in the refresh token did NOT match',
    })
    expect((await refresh({})).status).toBe(400)
    expect((await realm.post('logout', token)).status).toBe(400)
    expect((await realm.post('logout', token, by(other))).status).toBe(400)
    expect((await realm.post('logout', token, by(app))).status).toBe(204)
  })

  // RFC 8705 §3
  it('guards Admin REST and the account API with a bound token too', async () => {
    const chief = { username: 'chief', password: 'pw' }
    const { body } = await realm.password('bound', chief, by(app))
    const authorization = `Bearer ${body.access_token}`
    for (const url of [
      `${realm.server.url}/admin/realms/oidc/users?max=1`,
      `${realm.url}/account`,
    ]) {
      const ask = async (headers: Readonly<Record<string, string>>) =>
        await realm.send(url, {
          headers: { authorization, accept: 'application/json', ...headers },
        })
      expect((await ask(by(app))).status, url).toBe(200)
      expect((await ask(by(other))).status, url).toBe(401)
      expect((await ask({})).status, url).toBe(401)
    }
  })

  // RFC 8705 §3.2
  it('introspects a bound token with what it is bound to', async () => {
    const scope = { grant_type: 'client_credentials', client_id: 'exact' }
    const { body } = await realm.token(scope, by(app))
    const caller = { client_id: 'api', client_secret: 's' }
    const answer = await realm.post('token/introspect', { ...caller, token: body.access_token })
    expect(answer.body).toMatchObject({ active: true, cnf: { 'x5t#S256': app.thumbprint } })
  })

  // RFC 8705 §3.3, §5
  it('is announced', async () => {
    const { body } = await realm.send(`${realm.url}/.well-known/openid-configuration`)
    expect(body.token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
    )
    expect(body.tls_client_certificate_bound_access_tokens).toBe(true)
    expect(body.mtls_endpoint_aliases).toMatchObject({
      token_endpoint: body.token_endpoint,
      userinfo_endpoint: body.userinfo_endpoint,
    })
  })
})
