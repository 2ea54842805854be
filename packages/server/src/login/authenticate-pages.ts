import { executionKey } from '../domains/flows/engine/flow-definition.ts'
import type { FlowPurpose } from '../domains/flows/flow-purpose.ts'
import { type LoginState, loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ActionPages } from './action-pages.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginRefusals } from './login-refusals.ts'
import type { LoginTabs } from './login-tabs.ts'
import { type LoginVisit, placesOf } from './login-visit.ts'
import type { SessionLogout } from './session-logout.ts'
import type { FoundTab } from './tab-finder.ts'
import type { UnaskedReset } from './unasked-reset.ts'

export interface AuthenticatePagesDeps {
  readonly login: BrowserLogin
  readonly tabs: LoginTabs
  readonly refusals: LoginRefusals
  readonly actions: ActionPages
  readonly detached: DetachedPages
  readonly logout: Pick<SessionLogout, 'end'>
  readonly unaskedReset: UnaskedReset
}

/** `login-actions/authenticate`, `registration`, `reset-credentials` and `restart`: the forms of a flow's steps. */
export class AuthenticatePages {
  readonly #deps: AuthenticatePagesDeps

  constructor(deps: AuthenticatePagesDeps) {
    this.#deps = deps
  }

  /** The page where the tab is: loaded again, in another language, or the first of another flow. */
  async show(visit: LoginVisit, purpose: FlowPurpose): Promise<BrowserAnswer> {
    const { tabs, login, actions } = this.#deps
    const found = await tabs.find(visit, codeOf(visit))
    const refused = await this.#refused(visit, purpose, found)
    if (refused !== null) return refused
    if (purpose === 'reset-credentials' && isUnasked(visit) && !('state' in found)) {
      return this.#deps.unaskedReset.begin(visit)
    }
    // A page that is only looked at shows where its tab is now.
    const current = found.kind === 'stale' ? ({ ...found, kind: 'state' } as const) : found
    return tabs.answer(visit, current, (tab) => {
      const { client, state } = tab
      if (state.authenticated) return actions.continueFrom(tab)
      if (state.purpose === purpose) return login.run(tab, null)
      // What one flow has proved says nothing in another: it starts anew.
      const tabId = newTabIdFor(state)
      return login.restart(visit, client, state.request, { tabId, purpose })
    })
  }

  /** A form was posted. */
  async submit(visit: LoginVisit, purpose: FlowPurpose): Promise<BrowserAnswer> {
    const { tabs, login, actions, refusals } = this.#deps
    const found = await tabs.find(visit, codeOf(visit))
    const refused = await this.#refused(visit, purpose, found)
    if (refused !== null) return refused
    const execution = visit.browser.query.get('execution') ?? ''
    return tabs.answer(visit, found, async (tab) => {
      const { state } = tab
      // What is not asked for now: the back button, or a page of another flow.
      const asked = state.executions[executionKey({ id: execution })] === 'challenged'
      if (!asked || state.purpose !== purpose) return refusals.expired(tab)
      return state.authenticated ? actions.continueFrom(tab) : login.run(tab, execution)
    })
  }

  /**
   * Starts over; unless told otherwise the browser is signed out, so that somebody else can sign in. Only a page of the tab
   * can ask for that: an address that others could make up leaves the session alone.
   */
  async restart(visit: LoginVisit): Promise<BrowserAnswer> {
    const { tabs, login, detached, logout } = this.#deps
    if (!visit.browser.query.get('client_id')) {
      return visit.signedIn === null
        ? detached.error(visit, null, 400, { key: 'invalidRequestMessage' })
        : detached.error(visit, null, 400, { key: 'alreadyLoggedIn' })
    }
    const found = await tabs.find(visit, codeOf(visit))
    const fromTab = 'state' in found || (found.kind === 'restart' && found.sameTab)
    const keepsSession = visit.browser.query.get('skip_logout') === 'true'
    if (fromTab && !keepsSession && visit.signedIn !== null) {
      await logout.end(visit.realm, placesOf(visit), visit.signedIn.session.id)
      visit.cookies.signedOut()
      visit.signedIn = null
    }
    const current = found.kind === 'stale' ? ({ ...found, kind: 'state' } as const) : found
    return tabs.answer(visit, current, ({ client, state }) =>
      login.restart(visit, client, state.request, { tabId: newTabIdFor(state) }),
    )
  }

  /** Self-registration and the reset of passwords are there where the realm allows them; who was invited may register. */
  async #refused(
    visit: LoginVisit,
    purpose: FlowPurpose,
    found: FoundTab,
  ): Promise<BrowserAnswer | null> {
    const { registrationAllowed, resetPasswordAllowed } = visit.realm.settings
    const state = 'state' in found ? found.state : null
    const isInvited =
      state?.purpose === 'registration' && state.notes[loginNotes.invitation] !== undefined
    if (purpose === 'registration' && !registrationAllowed && !isInvited) {
      return this.#deps.detached.error(visit, null, 400, { key: 'registrationNotAllowedMessage' })
    }
    if (purpose === 'reset-credentials' && !resetPasswordAllowed) {
      const key = 'resetCredentialNotAllowedMessage'
      return this.#deps.detached.error(visit, null, 400, { key })
    }
    return null
  }
}

/** The address is a link that anybody may have written: no page of a login has made it. */
function isUnasked({ browser: { query } }: LoginVisit): boolean {
  return !query.has('session_code') && !query.has('client_data')
}

function codeOf({ browser }: LoginVisit): string | null {
  return browser.query.get('session_code')
}

/** A tab whose state is a row goes on under another id: the row stays with the login that it belongs to. */
function newTabIdFor(state: LoginState): string | undefined {
  return state.ver > 0 ? undefined : state.tabId
}
