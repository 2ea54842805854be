import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { Sessions } from '../domains/sessions/sessions.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ActionPages } from './action-pages.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginRefusals } from './login-refusals.ts'
import type { LoginTabs } from './login-tabs.ts'
import type { LoginVisit } from './login-visit.ts'

export interface AuthenticatePagesDeps {
  readonly login: BrowserLogin
  readonly tabs: LoginTabs
  readonly refusals: LoginRefusals
  readonly actions: ActionPages
  readonly detached: DetachedPages
  readonly sessions: Pick<Sessions, 'end'>
}

/** `login-actions/authenticate` and `restart`: the forms of the flow's steps. */
export class AuthenticatePages {
  readonly #deps: AuthenticatePagesDeps

  constructor(deps: AuthenticatePagesDeps) {
    this.#deps = deps
  }

  /** The page where the tab is: loaded again, or in another language. */
  async show(visit: LoginVisit): Promise<BrowserAnswer> {
    const { tabs, login, actions } = this.#deps
    const found = await tabs.find(visit, codeOf(visit))
    // A page that is only looked at shows where its tab is now.
    const current = found.kind === 'stale' ? ({ ...found, kind: 'state' } as const) : found
    return tabs.answer(visit, current, (tab) =>
      tab.state.authenticated ? actions.continueFrom(tab) : login.run(tab, null),
    )
  }

  /** A form was posted. */
  async submit(visit: LoginVisit): Promise<BrowserAnswer> {
    const { tabs, login, actions, refusals } = this.#deps
    const execution = visit.browser.query.get('execution') ?? ''
    return tabs.answer(visit, await tabs.find(visit, codeOf(visit)), async (tab) => {
      // What is not asked for now: the back button, or a page of another flow.
      if (tab.state.executions[execution.slice(0, 8)] !== 'challenged') return refusals.expired(tab)
      return tab.state.authenticated ? actions.continueFrom(tab) : login.run(tab, execution)
    })
  }

  /**
   * Starts over; unless told otherwise the browser is signed out, so that somebody else can sign in. Only a page of the tab
   * can ask for that: an address that others could make up leaves the session alone.
   */
  async restart(visit: LoginVisit): Promise<BrowserAnswer> {
    const { tabs, login, detached, sessions } = this.#deps
    if (!visit.browser.query.get('client_id')) {
      return visit.signedIn === null
        ? detached.error(visit, null, 400, { key: 'invalidRequestMessage' })
        : detached.error(visit, null, 400, { key: 'alreadyLoggedIn' })
    }
    const found = await tabs.find(visit, codeOf(visit))
    const fromTab = 'state' in found || (found.kind === 'restart' && found.sameTab)
    const keepsSession = visit.browser.query.get('skip_logout') === 'true'
    if (fromTab && !keepsSession && visit.signedIn !== null) {
      await sessions.end(visit.realm, visit.signedIn.session.id)
      visit.cookies.signedOut()
      visit.signedIn = null
    }
    const current = found.kind === 'stale' ? ({ ...found, kind: 'state' } as const) : found
    return tabs.answer(visit, current, ({ client, state }) =>
      login.restart(visit, client, state.request, { tabId: newTabIdFor(state) }),
    )
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
}

function codeOf({ browser }: LoginVisit): string | null {
  return browser.query.get('session_code')
}

/** A tab whose state is a row goes on under another id: the row stays with the login that it belongs to. */
function newTabIdFor(state: LoginState): string | undefined {
  return state.ver > 0 ? undefined : state.tabId
}
