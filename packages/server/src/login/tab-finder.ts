import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import { redirectUriOf } from '../domains/clients/redirect-uri.ts'
import type { ClientRequest } from '../domains/flows/engine/client-request.ts'
import type { LoginProtocol } from '../domains/flows/login-protocol.ts'
import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginVisit } from './login-visit.ts'

/** What a request to `login-actions/` belongs to. */
export type FoundTab =
  | { readonly kind: 'state'; readonly state: LoginState }
  /** The tab has moved on since the page was made; `state` is where it is. */
  | { readonly kind: 'stale'; readonly state: LoginState }
  /** Nothing of the login is left but what was asked for. */
  | {
      readonly kind: 'restart'
      readonly client: Client
      readonly request: ClientRequest
      readonly tabId: string
    }
  | { readonly kind: 'none' }

export interface TabFinderDeps {
  readonly states: LoginStates
  readonly clients: Pick<Clients, 'byId' | 'byClientId'>
  readonly protocols: ReadonlyMap<string, LoginProtocol>
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
    if (opened !== undefined && opened !== 'stale') return { kind: 'state', state: opened }
    const tabId = browser.query.get('tab_id') ?? ''
    const row = tabIdShape.test(tabId)
      ? await this.#deps.states.ofTab(realm, browserId, tabId)
      : null
    if (row !== null) {
      // Addresses without a code are pages of the row; a code that is not the row's comes from an old page.
      return { kind: code === null || code === '' ? 'state' : 'stale', state: row }
    }
    return this.#restart(visit, tabId)
  }

  async #restart(visit: LoginVisit, tabId: string): Promise<FoundTab> {
    const { realm, browser } = visit
    const cookie = browser.cookies.get(cookieNames.restart)
    if (cookie === undefined || cookie === '') return { kind: 'none' }
    const restart = await this.#deps.states.openRestart(realm, cookie)
    if (restart === undefined) return { kind: 'none' }
    if (tabId !== '' && restart.tabId !== tabId) {
      const fromAddress = await this.#fromClientData(visit, tabId)
      if (fromAddress !== null) return fromAddress
    }
    const client = await this.#deps.clients.byId(realm.id, restart.clientUuid)
    if (client === null || !client.enabled) return { kind: 'none' }
    return { kind: 'restart', client, request: restart.request, tabId: restart.tabId }
  }

  /** Another tab was opened since: this one only has its address, whose redirect URI is checked anew. */
  async #fromClientData(visit: LoginVisit, tabId: string): Promise<FoundTab | null> {
    const { realm, browser } = visit
    const client = await this.#deps.clients.byClientId(
      realm.id,
      browser.query.get('client_id') ?? '',
    )
    const data = browser.query.get('client_data')
    if (client === null || !client.enabled || data === null || !tabIdShape.test(tabId)) return null
    const protocol = this.#deps.protocols.get(client.representation.protocol ?? 'openid-connect')
    const request = protocol?.fromClientData(client, data) ?? null
    if (request === null) return null
    const places = { frontend: browser.frontendUrl, admin: browser.adminUrl }
    if (redirectUriOf(client, request.redirectUri, places, true) === null) return null
    return { kind: 'restart', client, request, tabId }
  }
}
