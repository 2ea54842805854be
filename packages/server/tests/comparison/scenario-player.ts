import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Browser, Page } from '../harness/browser.ts'
import {
  formBody,
  type HttpAnswer,
  HttpClient,
  type HttpRequest,
} from '../harness/http-exchange.ts'
import { keptValue } from './kept-value.ts'
import { normalAnswer } from './normal-answer.ts'
import type { Names } from './normal-value.ts'
import type { Scenario, Step } from './scenario.ts'
import type { Recording } from './scenario-files.ts'

/** A server that scenarios are played against. */
export interface Target {
  /** Without a trailing slash. */
  readonly origin: string
  /** The administrator of the realm master. */
  readonly administrator: { readonly username: string; readonly password: string }
  /** Time after which what an answer has caused is done; 0 = before it is sent. */
  readonly settleMs: number
}

/** Age at which the administrator's token is fetched anew; Keycloak's lasts a minute. */
const tokenAgeMaxMs = 30_000
const answerTimeoutMs = 60_000

/** Plays scenarios against one server, each in a realm of its own that is gone afterwards. */
export class ScenarioPlayer implements Disposable {
  readonly #target: Target
  readonly #client = new HttpClient()
  #token: { readonly value: string; readonly at: number } | null = null

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the answers that are compared, by the name of their step */
  async play(name: string, scenario: Scenario): Promise<Recording> {
    const realm = `compare-${name.replaceAll('/', '-')}-${randomBytes(4).toString('hex')}`
    const values = new Map([['realm', realm]])
    if (scenario.realm !== null) await this.#makeRealm({ ...scenario.realm, realm })
    try {
      const visitors = new Map<string, { browser: Browser; page: Page | null }>()
      const answers: Record<string, Recording[string]> = {}
      for (const step of scenario.steps) {
        if (step.afterMs !== undefined) await pause(step.afterMs)
        if (step.settled) await pause(this.#target.settleMs)
        const answer = await this.#take(step, values, visitors)
        for (const [kept, place] of Object.entries(step.keep ?? {})) {
          values.set(kept, keptValue(answer, place, step.name))
        }
        if (step.compare)
          answers[step.name] = normalAnswer(answer, this.#names(values, step.ordered))
      }
      return answers
    } finally {
      await this.#asAdministrator('DELETE', `/admin/realms/${realm}`)
    }
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]()
  }

  #names(values: ReadonlyMap<string, string>, ordered: boolean): Names {
    // Longer ones first, so that a value that contains another is not cut.
    const kept = [...values].toSorted(([, a], [, b]) => b.length - a.length)
    return {
      origin: this.#target.origin,
      values: new Map(kept.map(([name, value]) => [value, name])),
      ordered,
    }
  }

  async #makeRealm(realm: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await this.#asAdministrator('POST', '/admin/realms', JSON.stringify(realm))
    if (answer.status !== 201) throw new Error(`no realm: ${answer.status} ${answer.body}`)
  }

  async #asAdministrator(method: string, path: string, json?: string): Promise<HttpAnswer> {
    return await this.#send({
      method,
      url: `${this.#target.origin}${path}`,
      headers: {
        authorization: `Bearer ${await this.#administratorToken()}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: json }),
    })
  }

  async #take(
    step: Step,
    values: ReadonlyMap<string, string>,
    visitors: Map<string, { browser: Browser; page: Page | null }>,
  ): Promise<HttpAnswer> {
    if (step.browser === undefined) return await this.#send(await this.#requestOf(step, values))
    const found = visitors.get(step.browser)
    const visitor = found ?? {
      browser: new Browser({ transport: (sent) => this.#send(sent) }),
      page: null,
    }
    visitors.set(step.browser, visitor)
    visitor.page = await this.#navigate(step, values, visitor)
    return visitor.page.answer
  }

  async #navigate(
    step: Step,
    values: ReadonlyMap<string, string>,
    { browser, page }: { browser: Browser; page: Page | null },
  ): Promise<Page> {
    if (step.request !== undefined) {
      const request = await this.#requestOf(step, values)
      const url = new URL(request.url)
      const cookie = browser.cookies.header(url)
      const headers = { ...(cookie === null ? {} : { cookie }), ...request.headers }
      const answer = await this.#send({ ...request, headers })
      browser.cookies.store(url, answer.setCookies)
      return new Page(url, answer)
    }
    if (page === null) throw new Error(`${step.name}: the browser has no page yet`)
    if (step.submit !== undefined) {
      const { form, fields, button, headers = {} } = filledIn(step.submit, values)
      const options = {
        headers,
        follow: false,
        ...(form === undefined ? {} : { form }),
        ...(button === undefined ? {} : { button }),
      }
      return await browser.submit(page, fields, options)
    }
    if (step.follow === 'redirect') {
      if (page.location === null) throw new Error(`${step.name}: no redirect: ${page.describe()}`)
      return await browser.get(page.location, { follow: false })
    }
    if (step.follow === undefined) throw new Error(`${step.name}: nothing to send`)
    const link = new RegExp(step.follow.link)
    return await browser.click(page, link, { follow: false })
  }

  async #requestOf(step: Step, values: ReadonlyMap<string, string>): Promise<HttpRequest> {
    if (step.request === undefined) throw new Error(`${step.name}: nothing to send`)
    const { method, path, query, headers, json, form, text } = filledIn(step.request, values)
    const url = new URL(`${this.#target.origin}${path}`)
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value)
    const token = await this.#tokenFor(step, path, values)
    const body =
      json === undefined
        ? form === undefined
          ? { headers: {}, body: text }
          : formBody(form)
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
    return {
      method,
      url: url.href,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...body.headers,
        ...headers,
      },
      ...(body.body === undefined ? {} : { body: body.body }),
    }
  }

  async #tokenFor(
    step: Step,
    path: string,
    values: ReadonlyMap<string, string>,
  ): Promise<string | null> {
    const as = step.as ?? (path.startsWith('/admin/') ? 'admin' : 'nobody')
    if (as === 'nobody') return null
    return as === 'admin' ? await this.#administratorToken() : filledIn(as, values)
  }

  async #administratorToken(): Promise<string> {
    if (this.#token !== null && performance.now() - this.#token.at < tokenAgeMaxMs) {
      return this.#token.value
    }
    const answer = await this.#send({
      method: 'POST',
      url: `${this.#target.origin}/realms/master/protocol/openid-connect/token`,
      ...formBody({
        grant_type: 'password',
        client_id: 'admin-cli',
        ...this.#target.administrator,
      }),
    })
    if (answer.status !== 200) throw new Error(`no administrator: ${answer.status} ${answer.body}`)
    const { access_token: value } = JSON.parse(answer.body) as { access_token: string }
    this.#token = { value, at: performance.now() }
    return value
  }

  #send(request: HttpRequest): Promise<HttpAnswer> {
    return this.#client.send({ timeoutMs: answerTimeoutMs, ...request })
  }
}

/** The value with every `{name}` of a kept value replaced; other braces stay. */
function filledIn<Value>(value: Value, values: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') {
    return value.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole) as Value
  }
  if (Array.isArray(value)) return value.map((element) => filledIn(element, values)) as Value
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      filledIn(name, values),
      filledIn(member, values),
    ]),
  ) as Value
}
