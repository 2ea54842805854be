import http from 'node:http'
import { demoPassword, demoSecret } from '../../harness/demo-realm.ts'
import { now, pause } from '../run-clock.ts'

/** Longest that a client waits for one answer. */
const answerTimeoutMs = 12_000
const paceMs = 120
/** How often, and how long at most, a client that obeys Retry-After asks again. */
const triesMax = 30
const obeysForMs = 60_000

/** What one request came to. `again`: 503 with Retry-After. `failed`: anything else that is no success. */
export interface Outcome {
  readonly at: number
  readonly tookMs: number
  readonly kind: 'ok' | 'again' | 'failed'
  /** Status, or the error's code. */
  readonly what: string
  readonly retryAfterSeconds: number
}

/** What a client of the stack saw. */
export interface Seen {
  readonly outcomes: Outcome[]
  /** Requests that failed although Retry-After was obeyed. */
  readonly obedientFailed: string[]
}

/** An application behind the proxy that logs in, and then refreshes its tokens and lists its keys all the time. */
export class StackClient {
  readonly seen: Seen = { outcomes: [], obedientFailed: [] }
  readonly #port: number
  readonly #person: string
  readonly #obeys: boolean
  #refreshToken: string | null = null
  #stopped = false

  /** @param obeys whether it asks again after the time that a 503 names */
  constructor(port: number, person: string, obeys: boolean) {
    this.#port = port
    this.#person = person
    this.#obeys = obeys
  }

  stop(): void {
    this.#stopped = true
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#step()
      await pause(paceMs)
    }
  }

  async #step(): Promise<void> {
    const form =
      this.#refreshToken === null
        ? {
            grant_type: 'password',
            username: this.#person,
            password: demoPassword(this.#person),
            scope: 'openid',
          }
        : { grant_type: 'refresh_token', refresh_token: this.#refreshToken }
    const begun = now()
    for (let tries = 1; ; tries += 1) {
      const { outcome, body } = await this.#post(form)
      this.seen.outcomes.push(outcome)
      if (outcome.kind === 'ok') {
        this.#refreshToken = (JSON.parse(body) as { refresh_token: string }).refresh_token
        return
      }
      const mayAsk = outcome.kind === 'again' && tries < triesMax && now() - begun < obeysForMs
      if (!this.#obeys || !mayAsk || this.#stopped) {
        if (this.#obeys && !this.#stopped) this.seen.obedientFailed.push(outcome.what)
        // A session that was lost is one failure, not all that follow.
        if (outcome.what === '400') this.#refreshToken = null
        return
      }
      await pause(outcome.retryAfterSeconds * 1_000)
    }
  }

  async #post(form: Record<string, string>): Promise<{ outcome: Outcome; body: string }> {
    const body = new URLSearchParams({
      client_id: 'app',
      client_secret: demoSecret('app'),
      ...form,
    }).toString()
    const at = now()
    const answer = await send(this.#port, '/realms/demo/protocol/openid-connect/token', body)
    const { status, retryAfter } = answer
    const again = status === '503' && retryAfter > 0
    const kind = status === '200' ? 'ok' : again ? 'again' : 'failed'
    const outcome = {
      at,
      tookMs: now() - at,
      kind,
      what: status,
      retryAfterSeconds: retryAfter,
    } as const
    return { outcome, body: answer.body }
  }
}

interface Answer {
  readonly status: string
  readonly retryAfter: number
  readonly body: string
}

/** On a connection of its own: one that is kept open may be closed while a request is on its way. Never rejects. */
function send(port: number, path: string, form: string): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (what: string) => resolve({ status: what, retryAfter: 0, body: '' })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false as const,
      headers,
    }
    const request = http.request(options, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('error', () => failed('cut off'))
      answer.on('end', () =>
        resolve({
          status: String(answer.statusCode),
          retryAfter: Number(answer.headers['retry-after'] ?? 0),
          body,
        }),
      )
    })
    request.on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.message))
    request.setTimeout(answerTimeoutMs, () => {
      failed('time-out')
      request.destroy()
    })
    request.end(form)
  })
}
