import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import { redirectUriOf } from '../domains/clients/redirect-uri.ts'
import type { ClientRequest } from '../domains/flows/engine/client-request.ts'
import type { LoginProtocol } from '../domains/flows/login-protocol.ts'
import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import type { Clock } from '../shared/clock.ts'
import { cookieNames } from './login-cookies.ts'
import { type LoginVisit, placesOf } from './login-visit.ts'

/** What a request to `login-actions/` belongs to. */
export type FoundTab =
  | { readonly kind: 'state'; readonly state: LoginState }
  /** The tab has moved on since the page was made; `state` is where it is. */
  | { readonly kind: 'stale'; readonly state: LoginState }
  /** Nothing of the login is left but what was asked for, sealed in a cookie. */
  | {
      readonly kind: 'restart'
      readonly client: Client
      readonly request: ClientRequest
      /** The time for the login was over. */
      readonly timedOut: boolean
      /** The request names the tab that the cookie is of, which only its pages can. */
      readonly sameTab: boolean
    }
  /** Nothing is left but what the address says, which nobody has checked: the client may be told of an error. */
  | { readonly kind: 'client'; readonly client: Client; readonly request: ClientRequest }
  | { readonly kind: 'none' }

export interface TabFinderDeps {
  readonly states: LoginStates
  readonly clients: Pick<Clients, 'byId' | 'byClientId'>
  readonly protocols: ReadonlyMap<string, LoginProtocol>
  readonly clock: Clock
}

/** Only what a tab id looks like is looked up. */
const tabIdShape = /^[\w-]{1,64}$/

/** Finds the login that a request belongs to: by its code, the tab's row, the restart cookie or the client data. */
export class TabFinder {
  readonly #deps: TabFinderDeps

  constructor(deps: TabFinderDeps) {
    this.#deps = deps
  }

  /** @param code `session_code` of the address or, on the consent page, `code` of the form */
  async find(visit: LoginVisit, code: string | null): Promise<FoundTab> {
    const { realm, browser, browserId } = visit
    if (!visit.browserKnown) return { kind: 'none' }
    const opened =
      code === null || code === ''
        ? undefined
        : await this.#deps.states.open(realm, code, browserId)
    if (opened !== undefined && opened !== 'stale') return this.#holding(visit, 'state', opened)
    const tabId = browser.query.get('tab_id') ?? ''
    const row = tabIdShape.test(tabId)
      ? await this.#deps.states.ofTab(realm, browserId, tabId)
      : null
    if (row !== null) {
      // Addresses without a code are pages of the row; a code that is not the row's comes from an old page.
      return this.#holding(visit, code === null || code === '' ? 'state' : 'stale', row)
    }
    return (await this.#restart(visit, tabId)) ?? (await this.#clientOf(visit)) ?? { kind: 'none' }
  }

  /** What an SSO session has proved holds as long as that session: without it the login starts over. */
  async #holding(
    { realm, signedIn }: LoginVisit,
    kind: 'state' | 'stale',
    state: LoginState,
  ): Promise<FoundTab> {
    if (state.sessionId === null || state.sessionId === signedIn?.session.id) return { kind, state }
    const client = await this.#deps.clients.byId(realm.id, state.clientUuid)
    if (client === null || !client.enabled) return { kind: 'none' }
    const { request } = state
    return { kind: 'restart', client, request, timedOut: true, sameTab: true }
  }

  async #restart(visit: LoginVisit, tabId: string): Promise<FoundTab | null> {
    const { realm, browser, browserId } = visit
    const cookie = browser.cookies.get(cookieNames.restart)
    if (cookie === undefined || cookie === '') return null
    const restart = await this.#deps.states.openRestart(realm, browserId, cookie)
    if (restart === undefined) return null
    const client = await this.#deps.clients.byId(realm.id, restart.clientUuid)
    if (client === null || !client.enabled) return null
    const sameTab = restart.tabId === tabId
    // Another tab was opened since: only for the same client its login stands for the one of this address.
    if (!sameTab && browser.query.get('client_id') !== client.clientId) return null
    const { request } = restart
    const timedOut = restart.loginExpiresAt <= this.#deps.clock.now()
    return { kind: 'restart', client, request, timedOut, sameTab }
  }

  async #clientOf(visit: LoginVisit): Promise<FoundTab | null> {
    const { realm, browser } = visit
    const clientId = browser.query.get('client_id') ?? ''
    const client = await this.#deps.clients.byClientId(realm.id, clientId)
    const data = browser.query.get('client_data')
    if (client === null || !client.enabled || data === null) return null
    const protocol = this.#deps.protocols.get(client.representation.protocol ?? 'openid-connect')
    const request = protocol?.fromClientData(client, data) ?? null
    if (request === null) return null
    if (redirectUriOf(client, request.redirectUri, placesOf(visit), true) === null) return null
    return { kind: 'client', client, request }
  }
}
