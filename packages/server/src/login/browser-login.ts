import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import type { Events } from '../domains/events/events.ts'
import type { ClientRequest } from '../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import type { FlowOutcome, LoginFlows } from '../domains/flows/login-flows.ts'
import type { LoginProtocol, LoginRefusal } from '../domains/flows/login-protocol.ts'
import { type LoginState, loginNotes } from '../domains/flows/login-state/login-state.ts'
import { LoginStateConflict, type LoginStates } from '../domains/flows/login-state/login-states.ts'
import { newLoginState } from '../domains/flows/login-state/new-login-state.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer, BrowserRequest } from '../http/browser-request.ts'
import type { Logger } from '../log/logger.ts'
import type { Clock } from '../shared/clock.ts'
import { LoginAddresses } from './login-addresses.ts'
import { cookieNames, rememberedUsername } from './login-cookies.ts'
import type { LoginEnding } from './login-ending.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginVisit, LoginVisits } from './login-visit.ts'

export interface BrowserLoginDeps {
  readonly clients: Pick<Clients, 'byId'>
  readonly users: Pick<Users, 'byId' | 'fresh'>
  readonly flows: LoginFlows
  readonly states: LoginStates
  readonly visits: LoginVisits
  readonly ending: LoginEnding
  readonly pages: LoginPageRenderer
  readonly events: Pick<Events, 'record'>
  /** By name: `openid-connect`. */
  readonly protocols: ReadonlyMap<string, LoginProtocol>
  readonly clock: Clock
  readonly logger: Logger
}

/** A login in the browser, from the client's request to the answer: runs the flow and shows what it asks for. */
export class BrowserLogin {
  readonly #deps: BrowserLoginDeps

  constructor(deps: BrowserLoginDeps) {
    this.#deps = deps
  }

  /** A client sends a browser to sign in. Writes nothing unless the browser is signed in already. */
  async begin(
    realm: Realm,
    browser: BrowserRequest,
    client: Client,
    request: ClientRequest,
  ): Promise<BrowserAnswer> {
    const visit = await this.#deps.visits.open(realm, browser)
    // Without a restart cookie no other login is under way in the browser: this one is announced to its tabs.
    const alone = !browser.cookies.has(cookieNames.restart)
    if (!visit.browserKnown || alone) visit.cookies.authSession(visit.browserId)
    const state = newLoginState(realm, client, request, this.#deps.clock.now())
    const tab = this.#tab(visit, client, state)
    if (!request.prompt.includes('none')) await this.#rememberRequest(tab)
    return this.run(tab, null)
  }

  /** Starts a tab's login over. */
  async restart(
    visit: LoginVisit,
    client: Client,
    request: ClientRequest,
    tabId: string | undefined,
    message?: FlowOutcome['message'],
  ): Promise<BrowserAnswer> {
    const state = newLoginState(visit.realm, client, request, this.#deps.clock.now(), tabId)
    const tab = this.#tab(visit, client, state)
    await this.#rememberRequest(tab)
    return this.run(tab, null, message)
  }

  /** Takes a state up again. @returns null when its client is gone */
  async resume(visit: LoginVisit, state: LoginState): Promise<LoginTab | null> {
    const { clients, users } = this.#deps
    const client = await clients.byId(visit.realm.id, state.clientUuid)
    if (client === null || !client.enabled) return null
    const tab = this.#tab(visit, client, state)
    if (state.userId !== null) {
      // A row may come from a request on another node that has just changed the user.
      const read = state.ver > 0 ? users.fresh : users.byId
      tab.user = await read.call(users, visit.realm.id, state.userId)
    }
    return tab
  }

  /**
   * Runs the flow: with the posted form of `submitted`, or only to see where it is.
   * @param message shown on the page when no step has one
   */
  async run(
    tab: LoginTab,
    submitted: string | null,
    message?: FlowOutcome['message'],
  ): Promise<BrowserAnswer> {
    const { visit, state, client } = tab
    const { realm, browser } = visit
    try {
      const outcome = await this.#deps.flows.browser({
        realm,
        client,
        state,
        form: browser.form,
        ipAddress: browser.ipAddress,
        signedIn: visit.signedIn,
        rememberedUsername: rememberedUsername(browser.cookies),
        submitted,
      })
      tab.user = outcome.user
      if (outcome.challenge !== undefined) return await this.#show(tab, outcome, message)
      return await this.#deps.ending.authenticated(tab)
    } catch (error) {
      if (error instanceof FlowFailure) return this.#failed(tab, error)
      if (error instanceof LoginStateConflict) return this.expired(tab)
      throw error
    }
  }

  /** The tab shows an old page. */
  async expired(tab: LoginTab): Promise<BrowserAnswer> {
    return this.#deps.pages.pageExpired(tab, this.#addresses(tab, ''))
  }

  /** Sends the browser back to the client with an error. */
  async refuse(tab: LoginTab, refusal: LoginRefusal): Promise<BrowserAnswer> {
    const { visit, client, protocol, state } = tab
    // The user has answered: there is nothing left to take up again.
    if (visit.browser.method === 'POST') visit.cookies.expire(cookieNames.restart)
    const { frontendUrl, adminUrl } = visit.browser
    const parties = { realm: visit.realm, client, frontendUrl, adminUrl }
    return this.#deps.pages.toClient(visit, await protocol.refuse(parties, state.request, refusal))
  }

  async #show(
    tab: LoginTab,
    outcome: FlowOutcome,
    fallback: FlowOutcome['message'],
  ): Promise<BrowserAnswer> {
    const { challenge } = outcome
    if (challenge === undefined) throw new Error('nothing to show')
    const { state, visit } = tab
    if (state.request.prompt.includes('none')) return this.refuse(tab, 'passive-login-required')
    if (challenge.error !== undefined) this.#record(tab, challenge.error)
    const locale = visit.browser.query.get('kc_locale')
    if (locale !== null) {
      state.notes[loginNotes.locale] = locale
      visit.cookies.locale(this.#deps.pages.localeOf(visit, tab))
    }
    const code = await this.#deps.states.keep(state, visit.browserId, visit.browser.ipAddress)
    const message = outcome.message ?? fallback
    return this.#deps.pages.challenge(tab, this.#addresses(tab, code), challenge, message)
  }

  #failed(tab: LoginTab, failure: FlowFailure): BrowserAnswer {
    const { visit, client } = tab
    if (failure.unavailableStep !== undefined) {
      this.#deps.logger.error(
        `Login refused in realm ${visit.realm.name}: its flow reaches "${failure.unavailableStep}", which this server does not have`,
      )
    }
    this.#record(tab, failure.error)
    return this.#deps.pages.error(visit, client, 400, failure.pageMessage)
  }

  #record({ visit, client, state }: LoginTab, error: string): void {
    this.#deps.events.record({
      type: 'LOGIN_ERROR',
      realmId: visit.realm.id,
      realmName: visit.realm.name,
      clientId: client.clientId,
      userId: state.userId ?? undefined,
      ipAddress: visit.browser.ipAddress,
      error,
      details: {
        auth_method: state.request.protocol,
        redirect_uri: state.request.redirectUri,
        code_id: state.id,
        ...(state.attemptedUsername === null ? {} : { username: state.attemptedUsername }),
      },
    })
  }

  async #rememberRequest({ visit, client, state }: LoginTab): Promise<void> {
    const { request, tabId, expiresAt } = state
    const restart = { clientUuid: client.id, tabId, request, expiresAt }
    visit.cookies.restart(await this.#deps.states.sealRestart(visit.realm, restart))
  }

  #addresses({ visit, client, state, protocol }: LoginTab, code: string): LoginAddresses {
    return new LoginAddresses(visit, client.clientId, state, protocol, code)
  }

  #tab(visit: LoginVisit, client: Client, state: LoginState): LoginTab {
    const protocol = this.#deps.protocols.get(state.request.protocol)
    if (protocol === undefined) throw new Error(`no protocol ${state.request.protocol}`)
    return { visit, client, protocol, state, user: null }
  }
}
