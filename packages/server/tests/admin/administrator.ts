import { DeclaredAnswers } from '../harness/declared-answers.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'

/** An answer with its body parsed. */
export interface AdminAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** What a request carries besides its path. */
export interface AdminRequest {
  readonly method?: string
  /** Sent as JSON, with spaces as Python writes it: error messages name columns. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly rawBody?: string
  /** The answer need not be of the shape that the server declares. */
  readonly anyAnswer?: true
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

const tokenUsedMs = 40_000

/** Sends Admin REST requests with the token of one user. */
export class AdminSession {
  readonly origin: string
  #token: string | null
  /** Signs in again; absent where the token was given. */
  readonly #signIn: (() => Promise<string>) | undefined
  #signedInAt = performance.now()

  constructor(origin: string, token: string | null, signIn?: () => Promise<string>) {
    this.origin = origin
    this.#token = token
    this.#signIn = signIn
  }

  get token(): string | null {
    return this.#token
  }

  /** Signs in by the password grant, to master's first administrator unless told otherwise. */
  static async open(
    origin: string,
    realm = 'master',
    { username, password }: { username: string; password: string } = bootstrapAdmin,
  ): Promise<AdminSession> {
    const form = new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username,
      password,
    })
    const url = `${origin}/realms/${realm}/protocol/openid-connect/token`
    const signIn = async (): Promise<string> => {
      const answer = await fetch(url, { method: 'POST', body: form })
      const body = (await answer.json()) as { access_token?: string }
      if (!body.access_token) throw new Error(`no token for ${username}: ${JSON.stringify(body)}`)
      return body.access_token
    }
    return new AdminSession(origin, await signIn(), signIn)
  }

  /** @param path below the origin; encoded as browsers do */
  async send(path: string, request: AdminRequest = {}): Promise<AdminAnswer> {
    const text = request.rawBody ?? (request.body === undefined ? undefined : spaced(request.body))
    // Tokens of administrators live for a minute, tests on a busy machine longer.
    if (this.#signIn && performance.now() - this.#signedInAt > tokenUsedMs) {
      this.#signedInAt = performance.now()
      this.#token = await this.#signIn()
    }
    const answer = await fetch(`${this.origin}${path}`, {
      method: request.method ?? 'GET',
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(text === undefined
          ? {}
          : { 'content-type': request.contentType ?? 'application/json' }),
        ...request.headers,
      },
      ...(text === undefined ? {} : { body: text }),
    })
    const { status, headers } = answer
    const body = parsed(await answer.text())
    if (answer.ok && this.token !== null && !request.anyAnswer) {
      const declared = await DeclaredAnswers.of(this.origin, this.token)
      const contentType = headers.get('content-type')
      declared?.check({ method: request.method ?? 'GET', path, status, contentType, body })
    }
    return { status, headers, body }
  }
}

/** JSON with a space behind commas and colons, as it was recorded. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`,
  )
  return `{${members.join(', ')}}`
}

function parsed(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
