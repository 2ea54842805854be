import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { TestCertificates } from '../harness/certificates.ts'
import { authorizationUrl, pkcePair, signIn } from '../harness/login.ts'
import { OidcRealm } from './oidc-realm.ts'

const redirectUri = 'http://app.example.org/cb'
const anna = { username: 'anna', password: 'pw' }

/** Where an application publishes what it is. */
class Publisher implements Disposable {
  readonly asked: string[] = []
  /** Undefined: nothing is there. */
  answer: { status?: number; headers?: Record<string, string>; body: unknown } | undefined
  readonly #server: Server

  constructor(tls: { readonly cert: string; readonly key: string }) {
    this.#server = createServer(tls, ({ url = '' }, response) => {
      this.asked.push(url)
      const { status = 200, headers = {}, body } = this.answer ?? { status: 404, body: '' }
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  [Symbol.dispose](): void {
    this.#server.close()
  }
}

/** The profile and the policy that a realm takes such clients with. */
const takesDocuments = (name: string, configuration: object, path: string) => ({
  profile: {
    name,
    executors: [{ executor: 'client-id-metadata-document', configuration }],
  },
  policy: {
    name,
    enabled: true,
    profiles: [name],
    conditions: [
      {
        condition: 'client-id-uri',
        configuration: {
          'client-id-uri-scheme': ['https'],
          'client-id-uri-allow-permitted-domains': [path],
        },
      },
    ],
  },
})

// OAuth Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document)
describe('clients known by the address of their metadata', () => {
  const certificates = new TestCertificates()
  const own = certificates.make('/CN=localhost')
  const publisher = new Publisher({ cert: own.certificate, key: own.key })
  let realm: OidcRealm
  let origin: string
  let count = 0
  let clientId: string

  beforeAll(async () => {
    origin = await publisher.listen()
    const usual = takesDocuments(
      'documents',
      { 'cimd-allow-permitted-domains': ['localhost', '*.example.org'] },
      'localhost',
    )
    realm = await OidcRealm.start(
      {
        clients: [{ clientId: `${origin}/registered`, publicClient: true }],
        clientProfiles: { profiles: [usual.profile] },
        clientPolicies: { policies: [usual.policy] },
      },
      {
        options: [
          '--features=cimd',
          `--truststore-paths=${own.certificateFile}`,
          '--outgoing-private-addresses=all',
        ],
      },
    )
  })
  beforeEach(() => {
    count += 1
    clientId = `${origin}/client-${count}.json`
    publisher.asked.length = 0
    publisher.answer = { body: document() }
  })
  afterAll(async () => {
    publisher[Symbol.dispose]()
    certificates[Symbol.dispose]()
    await realm?.[Symbol.asyncDispose]()
  })

  const document = (changes: Record<string, unknown> = {}) => ({
    client_id: clientId,
    client_name: 'Tools',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    ...changes,
  })
  const pkce = pkcePair()
  const ask = async (id = clientId, parameters: Record<string, string> = {}) => {
    const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }
    const all = { ...challenge, ...parameters }
    const url = authorizationUrl({
      realmUrl: realm.url,
      clientId: id,
      redirectUri,
      parameters: all,
    })
    const browser = new Browser()
    return { browser, page: await browser.get(url.href) }
  }
  const stored = async (id = clientId) => {
    const { body } = await realm.administer('GET', `/clients?clientId=${encodeURIComponent(id)}`)
    return body[0]
  }

  it('is said in discovery', async () => {
    const { body } = await realm.send(`${realm.url}/.well-known/openid-configuration`)
    expect(body.client_id_metadata_document_supported).toBe(true)
    const master = `${realm.server.realmUrl('master')}/.well-known/openid-configuration`
    expect((await realm.send(master)).body).not.toHaveProperty(
      'client_id_metadata_document_supported',
    )
  })

  it('sign users in who agree, and are told the host', async () => {
    const { browser, page } = await ask()
    const consent = await signIn(browser, page, anna)
    expect(consent.text).toContain('localhost')
    const { location } = await browser.submit(consent, { accept: 'Yes' }, {})
    const code = location?.searchParams.get('code') ?? ''
    const { status, body } = await realm.token({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: pkce.verifier,
    })
    expect([status, body]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })])
    expect(await stored()).toMatchObject({
      publicClient: true,
      consentRequired: true,
      fullScopeAllowed: false,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
    })
    expect((await realm.password(clientId)).status).toBe(400)
  })

  it('have to use PKCE', async () => {
    const { page } = await ask(clientId, { code_challenge: '', code_challenge_method: '' })
    expect(page.location?.searchParams.get('error')).toBe('invalid_request')
  })

  it('are asked for their document once in five minutes, at once from many places too', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map(() => ask()))
    expect(pages.map(({ page }) => page.status)).toEqual([200, 200, 200, 200])
    const before = publisher.asked.length
    publisher.answer = undefined
    expect((await ask()).page.status).toBe(200)
    expect(publisher.asked).toHaveLength(before)
  })

  it('are brought up to date once their time is over, and refused when they cannot be', async () => {
    await ask()
    const { id, attributes, ...client } = await stored()
    const over = { ...attributes, 'cimd.cache.expiry.time.in.sec': '1' }
    await realm.administer('PUT', `/clients/${id}`, { ...client, attributes: over })
    publisher.answer = undefined
    expect((await ask()).page.text).toContain('Client Metadata fetch failed')
    publisher.answer = { body: document({ client_name: 'More tools' }) }
    expect((await ask()).page.status).toBe(200)
    expect((await stored()).name).toBe('More tools')
  })

  it('are left alone where somebody registered them', async () => {
    expect((await ask(`${origin}/registered`)).page.status).toBe(200)
    expect(publisher.asked).toEqual([])
  })

  it.each<[string, (id: string) => string, string]>([
    ['a query', (id) => `${id}?x=1`, 'query included'],
    ['a fragment', (id) => `${id}#x`, 'fragment included'],
    ['a user', (id) => id.replace('//', '//user@'), 'userinfo included'],
    ['dots', (id) => id.replace(/\/client/, '/a/../client'), 'path traverse segment included'],
    ['coded dots', (id) => id.replace(/\/client/, '/a/%2e%2e/client'), 'path traverse segment'],
    ['no path', (id) => new URL(id).origin, 'empty path'],
  ])('have no id with %s', async (_what, change, text) => {
    const { page } = await ask(change(clientId))
    expect([page.status, page.text]).toEqual([400, expect.stringContaining(text)])
    expect(publisher.asked).toEqual([])
  })

  it('come from domains that the realm trusts alone', async () => {
    for (const id of [
      'https://127.0.0.1:1/x',
      'https://evil.invalid/x',
      `http${clientId.slice(5)}`,
    ]) {
      expect((await ask(id)).page.text).toContain('Client not found')
    }
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['another id', { client_id: 'https://localhost/other' }, 'does not exactly match client_id'],
    ['no id', { client_id: undefined }, 'no client_id'],
    ['a secret', { client_secret: 's' }, 'client_secret'],
    ['a method of secrets', { token_endpoint_auth_method: 'client_secret_basic' }, 'not-allowed'],
    ['a method without keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    ['another redirect URI', { redirect_uris: ['http://app.example.org/x'] }, 'redirect_uri'],
    ['foreign keys', { jwks_uri: 'https://evil.invalid/k' }, 'domain not allowed'],
    ['a software statement', { software_statement: 'x' }, 'Software statements'],
    ['a script', { redirect_uris: [redirectUri, 'javascript:alert(1)'] }, 'illegal scheme'],
  ])('publish no document with %s', async (_what, changes, text) => {
    publisher.answer = { body: document(changes) }
    const { page } = await ask()
    expect([page.status, page.text]).toEqual([400, expect.stringContaining(text)])
    expect(await stored()).toBeUndefined()
  })

  it.each<[string, NonNullable<Publisher['answer']>]>([
    ['is too long', { body: 'x'.repeat(5_001) }],
    ['is elsewhere', { status: 302, headers: { location: '/other' }, body: '' }],
    ['is none', { status: 404, body: '{}' }],
  ])('are refused when their document %s', async (_what, answer) => {
    publisher.answer = answer
    const { page } = await ask()
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('fetch failed')])
    expect(publisher.asked).toHaveLength(1)
  })

  it('are refused when their document is no object', async () => {
    for (const body of ['[]', 'null', '{', '"x"']) {
      publisher.answer = { body }
      expect((await ask()).page.text).toContain('no content')
    }
  })

  it('are told where the answer has to go', async () => {
    const url = new URL(realm.endpoint('auth'))
    url.search = new URLSearchParams({ client_id: clientId, response_type: 'code' }).toString()
    expect((await new Browser().get(url)).text).toContain('does not include redirect_uri')
  })
})
