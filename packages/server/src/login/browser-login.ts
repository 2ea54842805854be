import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import type { ClientRequest } from '../domains/flows/engine/client-request.ts'
import { FlowFork } from '../domains/flows/engine/flow-fork.ts'
import { type FlowPurpose, purposeOf } from '../domains/flows/flow-purpose.ts'
import type { FlowOutcome, LoginFlows } from '../domains/flows/login-flows.ts'
import type { LoginProtocol } from '../domains/flows/login-protocol.ts'
import { type LoginState, loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import { newLoginState } from '../domains/flows/login-state/new-login-state.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer, BrowserRequest } from '../http/browser-request.ts'
import type { ClientCertificates } from '../http/client-certificates/client-certificates.ts'
import type { Clock } from '../shared/clock.ts'
import { LoginAddresses } from './login-addresses.ts'
import { cookieNames, rememberedMethod, rememberedUsername } from './login-cookies.ts'
import type { LoginEnding } from './login-ending.ts'
import type { LoginEvents } from './login-events.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginRefusals } from './login-refusals.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginVisit, LoginVisits } from './login-visit.ts'
import { mailLinkOf } from './mail-link-of.ts'

export interface BrowserLoginDeps {
  readonly clients: Pick<Clients, 'byId'>
  readonly users: Pick<Users, 'byId' | 'fresh'>
  readonly flows: LoginFlows
  readonly states: LoginStates
  readonly visits: LoginVisits
  readonly ending: LoginEnding
  readonly pages: LoginPageRenderer
  readonly events: LoginEvents
  readonly refusals: LoginRefusals
  /** By name: `openid-connect`. */
  readonly protocols: ReadonlyMap<string, LoginProtocol>
  readonly clock: Clock
  readonly clientCertificates: Pick<ClientCertificates, 'knownOf'>
}

/** How long after its start a login can be started over from the cookie: a page may be left open over a week-end. */
const restartKeptMs = 7 * 86_400_000

interface RestartOptions {
  /** Of a tab that goes on under its id. */
  readonly tabId?: string | undefined
  readonly purpose?: FlowPurpose | undefined
  readonly message?: FlowOutcome['message']
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
    purpose: FlowPurpose = purposeOf(request),
    notes: Readonly<Record<string, string>> = {},
  ): Promise<BrowserAnswer> {
    const visit = await this.#deps.visits.open(realm, browser)
    // Without a restart cookie no other login is under way in the browser: this one is announced to its tabs.
    const alone = !browser.cookies.has(cookieNames.restart)
    if (!visit.browserKnown || alone) visit.cookies.authSession(visit.browserId, visit.route)
    const state = newLoginState(realm, client, request, this.#deps.clock.now(), {
      purpose,
      notes,
    })
    const tab = this.#tab(visit, client, state)
    if (!request.prompt.includes('none')) await this.#rememberRequest(tab)
    return this.run(tab, null)
  }

  /** Starts a login over, after asking whether the client may still start it like that. */
  async restart(
    visit: LoginVisit,
    client: Client,
    request: ClientRequest,
    options: RestartOptions = {},
  ): Promise<BrowserAnswer> {
    const { tabId, message, purpose = purposeOf(request) } = options
    const state = newLoginState(visit.realm, client, request, this.#deps.clock.now(), {
      tabId,
      purpose,
    })
    const tab = this.#tab(visit, client, state)
    const refused = await this.#deps.refusals.recheck(tab)
    if (refused !== null) return refused
    await this.#rememberRequest(tab)
    return this.run(tab, null, message)
  }

  /** A login that begins with something else than a client's request, such as a link in a mail. Nothing is kept of it yet. */
  fresh(visit: LoginVisit, client: Client, request: ClientRequest, purpose: FlowPurpose): LoginTab {
    const now = this.#deps.clock.now()
    return this.#tab(visit, client, newLoginState(visit.realm, client, request, now, { purpose }))
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
    return this.#deps.refusals.guarded(tab, async () => {
      const { visit, state } = tab
      // Who makes an account is somebody else from here on, whoever is signed in.
      if (state.purpose === 'registration') visit.signedIn = null
      const outcome = await this.#outcomeOf(tab, submitted)
      if (outcome instanceof FlowFork) return this.#fork(tab, outcome)
      tab.user = outcome.user
      if (outcome.challenge !== undefined) return this.#show(tab, outcome, message)
      return this.#deps.ending.authenticated(tab)
    })
  }

  /** @returns what comes of the flow, also where it waits. @throws FlowFailure */
  async #outcomeOf(tab: LoginTab, submitted: string | null): Promise<FlowOutcome | FlowFork> {
    const { visit, state, client } = tab
    const { realm, browser } = visit
    try {
      return await this.#deps.flows.run({
        realm,
        client,
        state,
        form: browser.form,
        ipAddress: browser.ipAddress,
        headers: browser.headers,
        signedIn: visit.signedIn,
        rememberedUsername: rememberedUsername(browser.cookies),
        submitted,
        serverUrl: browser.frontendUrl,
        lastMethodOf: ({ id }) => rememberedMethod(browser.cookies, id),
        addDetails: (details) => Object.assign(tab.details, details),
        record: (type, details, error) => this.#deps.events.record(tab, { type, details, error }),
        mailLink: () => mailLinkOf(tab, this.#deps.pages.localeOf(visit, tab)),
        certificate: () => this.#deps.clientCertificates.knownOf(browser),
      })
    } catch (error) {
      if (error instanceof FlowFork) return error
      throw error
    }
  }

  /** The login waits in its row; the browser goes on with another one. */
  async #fork({ visit, client, state }: LoginTab, fork: FlowFork): Promise<BrowserAnswer> {
    const { browserId, browser } = visit
    await this.#deps.states.keepRow(state, browserId, browser.ipAddress, fork.beside)
    return this.restart(visit, client, state.request, { message: fork.pageMessage })
  }

  /** The client of a tab that is gone is told so: it starts another login, which is checked like every other. */
  async tellClient(
    visit: LoginVisit,
    client: Client,
    request: ClientRequest,
  ): Promise<BrowserAnswer> {
    const state = newLoginState(visit.realm, client, request, this.#deps.clock.now())
    return this.#deps.refusals.toClient(this.#tab(visit, client, state), 'already-logged-in')
  }

  async #show(
    tab: LoginTab,
    outcome: FlowOutcome,
    fallback: FlowOutcome['message'],
  ): Promise<BrowserAnswer> {
    const { challenge } = outcome
    if (challenge === undefined) throw new Error('nothing to show')
    const { state, visit } = tab
    if (state.request.prompt.includes('none')) {
      return this.#deps.refusals.toClient(tab, 'passive-login-required')
    }
    if (challenge.error !== undefined) {
      const { error, details, userId } = challenge
      this.#deps.events.record(tab, { type: errorEventOf(state.purpose), error, details, userId })
    }
    const locale = visit.browser.query.get('kc_locale')
    if (locale !== null) {
      state.notes[loginNotes.locale] = locale
      visit.cookies.locale(this.#deps.pages.localeOf(visit, tab))
    }
    const code = await this.#deps.states.keep(state, visit.browserId, visit.browser.ipAddress)
    const message = outcome.message ?? fallback
    return this.#deps.pages.challenge(tab, new LoginAddresses(tab, code), challenge, message)
  }

  async #rememberRequest({ visit, client, state }: LoginTab): Promise<void> {
    const { request, tabId, expiresAt } = state
    const restart = {
      clientUuid: client.id,
      tabId,
      request,
      loginExpiresAt: expiresAt,
      expiresAt: this.#deps.clock.now() + restartKeptMs,
    }
    const { realm, browserId } = visit
    visit.cookies.restart(await this.#deps.states.sealRestart(realm, browserId, restart))
  }

  #tab(visit: LoginVisit, client: Client, state: LoginState): LoginTab {
    const { protocols, flows } = this.#deps
    const protocol = protocols.get(state.request.protocol)
    if (protocol === undefined) throw new Error(`no protocol ${state.request.protocol}`)
    const { realm } = visit
    const offers = {
      registration: realm.settings.registrationAllowed && flows.has(realm, client, 'registration'),
      resetCredentials:
        realm.settings.resetPasswordAllowed && flows.has(realm, client, 'reset-credentials'),
    }
    return { visit, client, protocol, state, offers, user: null, details: {} }
  }
}

function errorEventOf(purpose: FlowPurpose): string {
  if (purpose === 'registration') return 'REGISTER_ERROR'
  return purpose === 'reset-credentials' ? 'RESET_PASSWORD_ERROR' : 'LOGIN_ERROR'
}
