import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Where clients of these tests expect their users back; nobody listens there. */
const appUri = 'http://app.example.org/cb'
/** The one user of the realm. */
const anna = { username: 'anna', password: 'pw' }

/** An answer with its body parsed where it is JSON. */
export interface OidcAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared, not used
  readonly body: any
}

/** A running server with a realm of a test file's own. */
export class OidcRealm implements AsyncDisposable {
  readonly server: TestServer
  readonly name: string
  #admin: Promise<AdminSession> | undefined

  private constructor(server: TestServer, name: string) {
    this.server = server
    this.name = name
  }

  /**
   * Starts a server and imports a realm with user `anna`.
   * @param realm what differs from an enabled realm; its clients get `appUri` and direct access
   */
  static async start(
    realm: Record<string, unknown> & { clients: readonly object[]; users?: readonly object[] },
    options: Parameters<typeof startTestServer>[0] = {},
  ): Promise<OidcRealm> {
    const started = new OidcRealm(await startTestServer(options), String(realm['realm'] ?? 'oidc'))
    const clients = realm.clients.map((client) => ({
      redirectUris: ['http://app.example.org/*'],
      directAccessGrantsEnabled: true,
      ...client,
    }))
    const users = [
      {
        username: anna.username,
        enabled: true,
        email: 'anna@example.org',
        emailVerified: true,
        firstName: 'An',
        lastName: 'Na',
        credentials: [{ type: 'password', value: anna.password }],
      },
      ...(realm.users ?? []),
    ]
    const body = { enabled: true, ...realm, realm: started.name, clients, users }
    const admin = await started.admin()
    const answer = await admin.send('/admin/realms', { method: 'POST', body })
    if (answer.status !== 201) throw new Error(`no realm: ${JSON.stringify(answer.body)}`)
    return started
  }

  get url(): string {
    return this.server.realmUrl(this.name)
  }

  /** Address of an OpenID Connect endpoint. */
  endpoint(path: string): string {
    return `${this.url}/protocol/openid-connect/${path}`
  }

  admin(): Promise<AdminSession> {
    this.#admin ??= AdminSession.open(this.server.url, 'master', bootstrapAdmin)
    return this.#admin
  }

  /** Sends an administrator's request about this realm. */
  async administer(method: string, path: string, body?: unknown): Promise<OidcAnswer> {
    const admin = await AdminSession.open(this.server.url, 'master', bootstrapAdmin)
    return await admin.send(`/admin/realms/${this.name}${path}`, { method, body })
  }

  /** Changes attributes of a client. */
  async configure(clientId: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    const { body: found } = await this.administer('GET', `/clients?clientId=${clientId}`)
    const [client] = found
    const changed = { ...client, attributes: { ...client.attributes, ...attributes } }
    const answer = await this.administer('PUT', `/clients/${client.id}`, changed)
    if (answer.status !== 204) throw new Error(`not changed: ${JSON.stringify(answer.body)}`)
  }

  async send(url: string, init: RequestInit = {}): Promise<OidcAnswer> {
    const answer = await fetch(url, { redirect: 'manual', ...init })
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('json') === true
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text }
  }

  /** Posts a form to an endpoint. */
  async post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    const body = new URLSearchParams(form)
    return await this.send(this.endpoint(path), { method: 'POST', body, headers })
  }

  async token(
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    return await this.post('token', form, headers)
  }

  /** Signs anna in by the password grant. */
  async password(
    clientId: string,
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    const request = { grant_type: 'password', client_id: clientId, scope: 'openid', ...anna }
    return await this.token({ ...request, ...form }, headers)
  }

  /** Signs anna in with a browser. @returns the parameters that the client gets */
  async authorize(
    clientId: string,
    parameters: Readonly<Record<string, string>> = {},
    browser = new Browser(),
  ): Promise<URLSearchParams> {
    const request = { realmUrl: this.url, clientId, redirectUri: appUri, parameters }
    const page = await signIn(browser, await browser.get(authorizationUrl(request).href), anna)
    const { location } = page
    if (location === null) throw new Error(`no redirect: ${page.describe()}`)
    return new URLSearchParams(location.hash === '' ? location.search : location.hash.slice(1))
  }

  /** A code for anna. */
  async code(
    clientId: string,
    parameters: Readonly<Record<string, string>> = {},
    browser = new Browser(),
  ): Promise<string> {
    const request = { realmUrl: this.url, clientId, redirectUri: appUri, parameters }
    const first = await browser.get(authorizationUrl(request).href)
    return authorizationResponse(await signIn(browser, first, anna)).code
  }

  /** Redeems a code. */
  async redeem(
    clientId: string,
    code: string,
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    const request = { grant_type: 'authorization_code', client_id: clientId, code }
    return await this.token({ ...request, redirect_uri: appUri, ...form }, headers)
  }

  async userinfo(
    accessToken: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    const authorization = `Bearer ${accessToken}`
    return await this.send(this.endpoint('userinfo'), { headers: { authorization, ...headers } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** A protocol mapper that acts on everything. */
export function mapper(protocolMapper: string, config: Record<string, string> = {}): object {
  return {
    name: `${protocolMapper} ${config['claim.name'] ?? ''}`,
    protocol: 'openid-connect',
    protocolMapper,
    config: {
      'access.token.claim': 'true',
      'id.token.claim': 'true',
      'userinfo.token.claim': 'true',
      'introspection.token.claim': 'true',
      'jsonType.label': 'String',
      ...config,
    },
  }
}
