import { expect } from 'vitest'
import { Browser, Page } from '../harness/browser.ts'
import { differences, type RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword } from '../harness/fixtures.ts'
import { formBody, type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Where the clients of the realm `acme` expect their users back. */
export const acmeRedirectUri = 'http://127.0.0.1:3000/cb'

/** What a recorded request cannot hold: codes, tokens and assertions of this run. */
export interface LiveValues {
  readonly form?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Cookies go along and come back. */
  readonly browser?: Browser
  /** Parts that are not compared; see `Comparison`. */
  readonly ignore?: readonly string[]
}

/** Tokens of one token response. */
export interface Tokens {
  readonly access: string
  readonly refresh: string
  readonly id: string
}

/** Sends what was recorded from a real Keycloak to the server under test and compares the answers. */
export class Replay implements AsyncDisposable {
  readonly server: TestServer
  readonly #client = new HttpClient()

  constructor(server: TestServer) {
    this.server = server
  }

  /** A replay against a fresh server with the realm `acme`. */
  static async start(options?: Parameters<typeof startTestServer>[0]): Promise<Replay> {
    return new Replay(await startTestServer(options))
  }

  get origin(): string {
    return this.server.url
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
    await this.server[Symbol.asyncDispose]()
  }

  /** Sends a recorded request and expects the recorded answer. */
  async check(recorded: RecordedExchange, live: LiveValues = {}): Promise<HttpAnswer> {
    const answer = await this.send(recorded, live)
    this.compare(recorded, answer, live.ignore)
    return answer
  }

  /** Expects an answer to be what was recorded. */
  compare(recorded: RecordedExchange, answer: HttpAnswer, ignore: readonly string[] = []): void {
    const found = differences(recorded, answer, { origin: this.origin, ignore })
    if (found.length > 0) expect.fail(`not as recorded:\n${found.join('\n')}`)
  }

  /** Sends a recorded request with the live values put in. */
  async send(recorded: RecordedExchange, live: LiveValues = {}): Promise<HttpAnswer> {
    const { request } = recorded
    if (request === undefined) throw new Error(`nothing was sent: ${recorded.note}`)
    const url = new URL(this.#here(request.path), this.origin)
    const query = this.#parameters(request.query ?? {}, live.query ?? {})
    for (const [name, value] of query) url.searchParams.append(name, value)
    const cookie = live.browser?.cookies.header(url) ?? null
    const body =
      request.form === undefined && request['body']
        ? jsonOf(this.#here(textOf(request['body'])))
        : this.#body(request.form, live.form ?? {})
    const answer = await this.#client.send({
      method: request.method.split(' ')[0] ?? 'GET',
      url: url.href,
      headers: {
        ...(cookie === null ? {} : { cookie }),
        ...body?.headers,
        ...this.#headers(request.headers ?? {}, live.headers ?? {}),
      },
      ...(body === undefined ? {} : { body: body.body }),
    })
    live.browser?.cookies.store(url, answer.setCookies)
    return answer
  }

  /** Signs somebody in through the browser and redeems the code. */
  async login(login: {
    readonly username: string
    readonly clientId?: string
    readonly secret?: string
    readonly scope?: string
    readonly redirectUri?: string
    readonly browser?: Browser
  }): Promise<Tokens> {
    const browser = login.browser ?? new Browser()
    const clientId = login.clientId ?? 'web'
    const redirectUri = login.redirectUri ?? acmeRedirectUri
    const code = await this.code({ ...login, browser })
    const { body } = await this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_secret: login.secret ?? `${clientId}-secret`,
    })
    return tokensOf(body)
  }

  /** Signs somebody in (or uses the browser's session) up to the authorization code. */
  async code(login: {
    readonly username: string
    readonly clientId?: string
    readonly scope?: string
    readonly redirectUri?: string
    readonly browser: Browser
    readonly parameters?: Readonly<Record<string, string>>
  }): Promise<string> {
    const url = authorizationUrl({
      realmUrl: this.server.realmUrl('acme'),
      clientId: login.clientId ?? 'web',
      redirectUri: login.redirectUri ?? acmeRedirectUri,
      parameters: { scope: login.scope ?? 'openid', ...login.parameters },
    })
    const person = { username: login.username, password: acmePassword(login.username) }
    const first = await login.browser.get(url)
    return authorizationResponse(await signIn(login.browser, first, person)).code
  }

  /** A plain token request. */
  token(form: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    return this.#client.send({
      method: 'POST',
      url: `${this.server.realmUrl('acme')}/protocol/openid-connect/token`,
      ...formBody(form),
    })
  }

  /** The page of an answer, for reading and for filling in its forms. */
  page(recorded: RecordedExchange, answer: HttpAnswer): Page {
    return new Page(new URL(recorded.request?.path ?? '/', this.origin), answer)
  }

  #here(text: string): string {
    return text.replaceAll('http://127.0.0.1:8080', this.origin)
  }

  #headers(
    recorded: Readonly<Record<string, unknown>>,
    live: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const names = Object.entries(recorded).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ])
    return { ...Object.fromEntries(names), ...live }
  }

  #body(
    recorded: unknown,
    live: Readonly<Record<string, string>>,
  ): { body: string; headers: Record<string, string> } | undefined {
    if (recorded === undefined) return undefined
    if (typeof recorded === 'string') return { ...formBody({}), body: recorded }
    return formBody(this.#parameters(recorded as Record<string, unknown>, live))
  }

  #parameters(
    recorded: Readonly<Record<string, unknown>>,
    live: Readonly<Record<string, string>>,
  ): [string, string][] {
    const names = new Set([...Object.keys(recorded), ...Object.keys(live)])
    return [...names].map((name) => {
      const value = live[name] ?? recorded[name]
      if (typeof value !== 'string' || /^<.*>$/.test(value)) {
        throw new Error(`the recording of ${name} needs a value of this run`)
      }
      return [name, this.#here(value)]
    })
  }
}

/** What was no JSON is recorded as it was sent. */
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))

function jsonOf(body: string) {
  return { body, headers: { 'content-type': 'application/json' } }
}

/** Tokens of a token response. @throws when there is none */
export function tokensOf(body: string): Tokens {
  const members = JSON.parse(body) as Record<string, string>
  if (members['access_token'] === undefined) throw new Error(`no tokens: ${body}`)
  return {
    access: members['access_token'],
    refresh: members['refresh_token'] ?? '',
    id: members['id_token'] ?? '',
  }
}

/** The recorded exchange with that note. */
export function recordedAs(exchanges: readonly RecordedExchange[], note: string): RecordedExchange {
  const found = exchanges.find((exchange) => exchange.note === note)
  if (found === undefined) throw new Error(`nothing was recorded as "${note}"`)
  return found
}
