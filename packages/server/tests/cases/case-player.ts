import { AdminSession } from '../admin/administrator.ts'
import { Browser, type Page } from '../harness/browser.ts'

type Json = Record<string, unknown>

/** One step of a case; which members count follows from `do`. */
export interface CaseStep {
  readonly do: 'import' | 'token' | 'request' | 'authpage' | 'login' | 'submit' | 'logout' | 'wait'
  readonly expect?: Json
  readonly [member: string]: unknown
}

/** A small realm, what is done with it, and what a real Keycloak answers. */
export interface Case {
  readonly name: string
  /** What is right, in words. */
  readonly right: string
  readonly realm: Json & { readonly realm: string }
  readonly steps: readonly CaseStep[]
}

/** Plays one case against a server; the case's realm is made anew. */
export class CasePlayer {
  readonly #origin: string
  readonly #case: Case
  readonly #kept = new Map<string, string>()
  #admin: AdminSession | undefined
  #browser = new Browser()
  #page: Page | undefined

  constructor(origin: string, played: Case) {
    this.#origin = origin
    this.#case = played
  }

  /** @returns what of the answer a step may expect, by name */
  async play(step: CaseStep): Promise<Json> {
    switch (step.do) {
      case 'import':
        return await this.#import()
      case 'token':
        return await this.#token(step)
      case 'request':
        return await this.#request(step)
      case 'authpage':
        return await this.#authorize(step)
      case 'login': {
        const shown = await this.#authorize(step)
        if (shown['end'] !== 'page') return shown
        const form = {
          username: step['user'],
          password: step['password'],
          ...(step['form'] as Json),
        }
        return await this.#submit({ ...step, form })
      }
      case 'submit':
        return await this.#submit(step)
      case 'logout': {
        const url = this.#oidc('logout')
        for (const [name, value] of Object.entries(step['query'] as Record<string, string>)) {
          url.searchParams.set(name, await this.#filled(value))
        }
        return this.#seen(await this.#browser.get(url))
      }
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, Number(step['seconds']) * 1_000))
        return {}
    }
  }

  get #path(): string {
    return `/admin/realms/${encodeURIComponent(this.#case.realm.realm)}`
  }

  #oidc(name: string): URL {
    const realm = encodeURIComponent(this.#case.realm.realm)
    return new URL(`${this.#origin}/realms/${realm}/protocol/openid-connect/${name}`)
  }

  async #administrator(): Promise<AdminSession> {
    this.#admin ??= await AdminSession.open(this.#origin)
    return this.#admin
  }

  async #import(): Promise<Json> {
    const admin = await this.#administrator()
    await admin.send(this.#path, { method: 'DELETE' })
    const answer = await admin.send('/admin/realms', { method: 'POST', body: this.#case.realm })
    return { status: answer.status, body: answer.body }
  }

  async #request(step: CaseStep): Promise<Json> {
    const path = await this.#filled(String(step['path']))
    const method = String(step['method'] ?? 'GET')
    if (step['admin'] === false) {
      const headers = await this.#filledAll((step['headers'] ?? {}) as Record<string, string>)
      const form = step['form'] as Record<string, string> | undefined
      const body = form === undefined ? {} : { body: new URLSearchParams(form) }
      return await answerOf(await fetch(`${this.#origin}${path}`, { method, headers, ...body }))
    }
    const admin = await this.#administrator()
    const { status, body, headers } = await admin.send(`${this.#path}${path}`, {
      method,
      ...(step['body'] === undefined ? {} : { body: step['body'] }),
    })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return { status, body, text, header: Object.fromEntries(headers) }
  }

  async #token(step: CaseStep): Promise<Json> {
    const form = await this.#filledAll(step['form'] as Record<string, string>)
    const headers = (step['headers'] ?? {}) as Record<string, string>
    const body = new URLSearchParams(form)
    const answer = await answerOf(
      await fetch(this.#oidc('token'), { method: 'POST', body, headers }),
    )
    const tokens = (answer['body'] ?? {}) as Record<string, string | undefined>
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      const token = tokens[name]
      if (token !== undefined) this.#kept.set(name, token)
    }
    return {
      ...answer,
      ...(tokens['access_token'] ? { access: payloadOf(tokens['access_token']) } : {}),
      ...(tokens['id_token'] ? { id: payloadOf(tokens['id_token']) } : {}),
    }
  }

  async #authorize(step: CaseStep): Promise<Json> {
    if (step['new'] !== false) this.#browser = new Browser()
    const url = this.#oidc('auth')
    const query = {
      client_id: String(step['client']),
      redirect_uri: String(step['redirect']),
      response_type: 'code',
      scope: 'openid',
      state: 's',
      nonce: 'n',
      ...(step['more'] as Record<string, string> | undefined),
    }
    for (const [name, value] of Object.entries(query)) {
      if (value !== null) url.searchParams.set(name, value)
    }
    const seen = this.#seen(await this.#browser.get(url))
    if (typeof step['keep'] === 'string') this.#kept.set(step['keep'], this.#action())
    return seen
  }

  async #submit(step: CaseStep): Promise<Json> {
    const to = typeof step['to'] === 'string' ? this.#kept.get(step['to']) : this.#action()
    const fields = (step['form'] ?? {}) as Record<string, string>
    const url = new URL(to ?? '', this.#origin)
    return this.#seen(
      step['method'] === 'GET'
        ? await this.#browser.get(url)
        : await this.#browser.post(url, fields),
    )
  }

  #action(): string {
    const action = this.#page?.forms[0]?.action ?? ''
    return new URL(action, this.#page?.url ?? this.#origin).href
  }

  /** Where a browser ended: at a page, or sent to the application with a code or an error. */
  #seen(page: Page): Json {
    this.#page = page
    const { location } = page
    if (location === null)
      return { status: page.status, end: 'page', page: page.id, text: page.body }
    const query = Object.fromEntries([
      ...location.searchParams,
      ...new URLSearchParams(location.hash.slice(1)),
    ])
    const end = 'code' in query ? 'code' : (query['error'] ?? 'redirect')
    const to = location.href.split(/[?#]/)[0]
    return { status: page.status, to, end, query, page: null }
  }

  /** `{uid:name}`, `{cid:clientId}` and `{kept:name}` stand for ids and for what an earlier step gave. */
  async #filled(text: string): Promise<string> {
    let filled = text
    for (const [whole, kind, name = ''] of text.matchAll(/\{(uid|cid|kept):([^}]+)\}/g)) {
      filled = filled.replace(whole, await this.#value(String(kind), name))
    }
    return filled
  }

  async #value(kind: string, name: string): Promise<string> {
    if (kind === 'kept') return this.#kept.get(name) ?? ''
    const query = kind === 'uid' ? 'users?exact=true&username=' : 'clients?clientId='
    const admin = await this.#administrator()
    const { body } = await admin.send(`${this.#path}/${query}${encodeURIComponent(name)}`)
    return (body as { id: string }[])[0]?.id ?? 'none'
  }

  async #filledAll(texts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const filled: Record<string, string> = {}
    for (const [name, text] of Object.entries(texts)) filled[name] = await this.#filled(text)
    return filled
  }
}

async function answerOf(answer: Response): Promise<Json> {
  const text = await answer.text()
  const header = Object.fromEntries(answer.headers)
  return { status: answer.status, body: parsed(text), text, header }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function payloadOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
