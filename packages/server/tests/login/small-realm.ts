import { AdminSession } from '../admin/administrator.ts'
import { Browser, type Page } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Where the client `web` expects its users back; nobody listens there. */
export const webRedirect = 'http://app.example.org/cb'

/** Who can sign in to a small realm; the password is `pw`. */
export const anna = { username: 'anna', password: 'pw' }

/** A server, and realms made for one test each. */
export class SmallRealms {
  readonly server: TestServer
  readonly admin: AdminSession

  constructor(server: TestServer, admin: AdminSession) {
    this.server = server
    this.admin = admin
  }

  static async start(options: Parameters<typeof startTestServer>[0] = {}): Promise<SmallRealms> {
    const server = await startTestServer(options)
    return new SmallRealms(server, await AdminSession.open(server.url))
  }

  /** Makes a realm with the clients `web` and `other`, and the user anna. */
  async create(
    name: string,
    settings: Readonly<Record<string, unknown>> = {},
    client: Readonly<Record<string, unknown>> = {},
    user: Readonly<Record<string, unknown>> = {},
  ): Promise<SmallRealm> {
    const { status, body } = await this.admin.send('/admin/realms', {
      method: 'POST',
      body: {
        realm: name,
        enabled: true,
        clients: [
          { clientId: 'web', publicClient: true, redirectUris: [`${webRedirect}*`], ...client },
          { clientId: 'other', publicClient: true, redirectUris: [`${webRedirect}*`] },
        ],
        users: [
          {
            username: anna.username,
            enabled: true,
            email: 'anna@example.org',
            emailVerified: true,
            firstName: 'An',
            lastName: 'Na',
            credentials: [{ type: 'password', value: anna.password }],
            ...user,
          },
        ],
        ...settings,
      },
    })
    if (status !== 201) throw new Error(`realm ${name}: ${status} ${JSON.stringify(body)}`)
    return new SmallRealm(this, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}

/** One realm of a test. */
export class SmallRealm {
  readonly name: string
  readonly #realms: SmallRealms

  constructor(realms: SmallRealms, name: string) {
    this.#realms = realms
    this.name = name
  }

  get url(): string {
    return this.#realms.server.realmUrl(this.name)
  }

  /** Sends a browser to sign in. */
  begin(
    browser: Browser,
    parameters: Readonly<Record<string, string>> = {},
    clientId = 'web',
  ): Promise<Page> {
    const request = { realmUrl: this.url, clientId, redirectUri: webRedirect, parameters }
    return browser.get(authorizationUrl(request))
  }

  /** Signs anna in with a new browser. */
  async signIn(parameters: Readonly<Record<string, string>> = {}): Promise<Browser> {
    const browser = new Browser()
    const page = await browser.submit(await this.begin(browser, parameters), anna)
    if (page.location === null) throw new Error(`not signed in: ${page.describe()}`)
    return browser
  }

  /** Admin REST below the realm. */
  async send(path: string, method: string, body?: unknown): Promise<unknown> {
    const answer = await this.#realms.admin.send(`/admin/realms/${this.name}${path}`, {
      method,
      body,
    })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}`)
    return answer.body
  }

  /** Changes settings of a client. */
  async changeClient(clientId: string, change: Readonly<Record<string, unknown>>): Promise<void> {
    const found = (await this.send(`/clients?clientId=${clientId}`, 'GET')) as { id: string }[]
    const id = found[0]?.id ?? ''
    const client = (await this.send(`/clients/${id}`, 'GET')) as Record<string, unknown>
    await this.send(`/clients/${id}`, 'PUT', { ...client, ...change })
  }

  /** Makes an execution of a flow required. */
  async requireExecution(flow: string, provider: string): Promise<void> {
    const path = `/authentication/flows/${encodeURIComponent(flow)}/executions`
    const executions = (await this.send(path, 'GET')) as { id: string; providerId: string }[]
    const execution = executions.find(({ providerId }) => providerId === provider)
    await this.send(path, 'PUT', { ...execution, requirement: 'REQUIRED' })
  }

  async userId(): Promise<string> {
    const found = (await this.send('/users?username=anna', 'GET')) as { id: string }[]
    return found[0]?.id ?? ''
  }
}

/** What a redirect to the client says. */
export function answerOf(page: Page): Record<string, string> {
  const { location } = page
  if (location === null) throw new Error(`no redirect: ${page.describe()}`)
  return Object.fromEntries([
    ...location.searchParams,
    ...new URLSearchParams(location.hash.slice(1)),
  ])
}
