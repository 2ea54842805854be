import type { FlowOutcome } from '../domains/flows/login-flows.ts'
import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { Sessions } from '../domains/sessions/sessions.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ActionPages } from './action-pages.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginVisit } from './login-visit.ts'
import type { FoundTab, TabFinder } from './tab-finder.ts'

export interface AuthenticatePagesDeps {
  readonly login: BrowserLogin
  readonly finder: TabFinder
  readonly pages: LoginPageRenderer
  readonly actions: ActionPages
  readonly detached: DetachedPages
  readonly sessions: Pick<Sessions, 'end'>
}

const expired: FlowOutcome['message'] = { kind: 'error', key: 'expiredActionMessage' }

/** `login-actions/authenticate` and `restart`: the forms of the flow's steps. */
export class AuthenticatePages {
  readonly #deps: AuthenticatePagesDeps

  constructor(deps: AuthenticatePagesDeps) {
    this.#deps = deps
  }

  /** The page where the tab is: loaded again, or in another language. */
  async show(visit: LoginVisit): Promise<BrowserAnswer> {
    const found = await this.#find(visit)
    if (found.kind === 'restart') return this.#again(visit, found)
    if (found.kind === 'none') return this.#cookieNotFound(visit)
    return this.#resume(visit, found.state, null)
  }

  /** A form was posted. */
  async submit(visit: LoginVisit): Promise<BrowserAnswer> {
    const found = await this.#find(visit)
    if (found.kind === 'restart') return this.#again(visit, found, expired)
    if (found.kind === 'none') return this.#cookieNotFound(visit)
    if (found.kind === 'stale') return this.#oldPage(visit, found.state)
    const execution = visit.browser.query.get('execution') ?? ''
    // What is not asked for now: the back button, or a page of another flow.
    if (found.state.executions[execution.slice(0, 8)] !== 'challenged') {
      return this.#oldPage(visit, found.state)
    }
    return this.#resume(visit, found.state, execution)
  }

  /** Starts over; unless told otherwise the browser is signed out, so that somebody else can sign in. */
  async restart(visit: LoginVisit): Promise<BrowserAnswer> {
    const found = await this.#find(visit)
    if (found.kind === 'none') return this.#cookieNotFound(visit)
    if (visit.browser.query.get('skip_logout') !== 'true' && visit.signedIn !== null) {
      await this.#deps.sessions.end(visit.realm, visit.signedIn.session.id)
      visit.cookies.signedOut()
      visit.signedIn = null
    }
    if (found.kind === 'restart') return this.#again(visit, found)
    const tab = await this.#deps.login.resume(visit, found.state)
    if (tab === null) return this.#cookieNotFound(visit)
    const { request } = found.state
    return this.#deps.login.restart(visit, tab.client, request, newTabIdFor(found.state))
  }

  /** @param key says why the realm cannot be signed in to like this */
  refused(visit: LoginVisit, key: string): Promise<BrowserAnswer> {
    return this.#deps.detached.error(visit, null, 400, { key })
  }

  unknownRealm(): BrowserAnswer {
    return this.#deps.pages.unknownRealm()
  }

  /** Links of e-mails: this server has sent none, so no token is good. */
  invalidActionToken(visit: LoginVisit): Promise<BrowserAnswer> {
    return this.#deps.detached.error(visit, null, 400, { key: 'invalidCodeMessage' })
  }

  /** Self-registration and reset of passwords are switched on in the realm, but are not here. */
  async unavailable(visit: LoginVisit, name: string): Promise<BrowserAnswer> {
    const { registrationAllowed, resetPasswordAllowed } = visit.realm.settings
    const allowed = name === 'registration' ? registrationAllowed : resetPasswordAllowed
    const key = allowed
      ? 'authenticatorNotSupportedMessage'
      : name === 'registration'
        ? 'registrationNotAllowedMessage'
        : 'resetCredentialNotAllowedMessage'
    return this.#deps.detached.error(visit, null, 400, { key })
  }

  #find(visit: LoginVisit): Promise<FoundTab> {
    return this.#deps.finder.find(visit, visit.browser.query.get('session_code'))
  }

  async #resume(
    visit: LoginVisit,
    state: LoginState,
    submitted: string | null,
  ): Promise<BrowserAnswer> {
    const tab = await this.#deps.login.resume(visit, state)
    if (tab === null) return this.#cookieNotFound(visit)
    if (state.authenticated) return this.#deps.actions.continueFrom(tab)
    return this.#deps.login.run(tab, submitted)
  }

  async #oldPage(visit: LoginVisit, state: LoginState): Promise<BrowserAnswer> {
    const tab = await this.#deps.login.resume(visit, state)
    return tab === null ? this.#cookieNotFound(visit) : this.#deps.login.expired(tab)
  }

  #again(
    visit: LoginVisit,
    { client, request, tabId }: Extract<FoundTab, { kind: 'restart' }>,
    message?: FlowOutcome['message'],
  ): Promise<BrowserAnswer> {
    return this.#deps.login.restart(visit, client, request, tabId, message)
  }

  /** Without cookies nobody can tell what the form belongs to; a browser that is signed in is told so. */
  #cookieNotFound(visit: LoginVisit): Promise<BrowserAnswer> {
    const { detached } = this.#deps
    if (visit.signedIn !== null && visit.browser.cookies.has(cookieNames.authSessionId)) {
      return detached.notice(visit, null, { key: 'alreadyLoggedIn' })
    }
    return detached.error(visit, null, 400, { key: 'cookieNotFoundMessage' })
  }
}

/** A tab whose state is a row goes on under another id: the row stays with the login that it belongs to. */
function newTabIdFor(state: LoginState): string | undefined {
  return state.ver > 0 ? undefined : state.tabId
}
