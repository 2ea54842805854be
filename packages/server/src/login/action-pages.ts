import type { Consents } from '../domains/flows/consents/consents.ts'
import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import type {
  ActionContext,
  ActionResult,
} from '../domains/flows/required-actions/required-action.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ActionTokenUse } from './action-token-use.ts'
import type { BrowserLogin } from './browser-login.ts'
import { LoginAddresses } from './login-addresses.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginEnding, Pending } from './login-ending.ts'
import type { LoginEvents } from './login-events.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginRefusals } from './login-refusals.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginTabs } from './login-tabs.ts'
import type { LoginVisit } from './login-visit.ts'
import { mailLinkOf } from './mail-link-of.ts'
import type { OtherSessions } from './other-sessions.ts'

export interface ActionPagesDeps {
  readonly login: BrowserLogin
  readonly ending: LoginEnding
  readonly tabs: LoginTabs
  readonly states: LoginStates
  readonly consents: Consents
  readonly otherSessions: OtherSessions
  readonly tokenUse: ActionTokenUse
  readonly users: Pick<Users, 'change'>
  readonly pages: LoginPageRenderer
  readonly events: LoginEvents
  readonly refusals: LoginRefusals
}

const rejected = { type: 'CUSTOM_REQUIRED_ACTION_ERROR', error: 'rejected_by_user' } as const

type PendingAction = Extract<Pending, { kind: 'action' }>

/** `login-actions/required-action` and `consent`: what is asked for after the flow. */
export class ActionPages {
  readonly #deps: ActionPagesDeps

  constructor(deps: ActionPagesDeps) {
    this.#deps = deps
  }

  /** The page of whatever is pending. */
  show(visit: LoginVisit): Promise<BrowserAnswer> {
    return this.#withTab(visit, visit.browser.query.get('session_code'), async (tab) => {
      this.#deps.ending.rememberLocale(tab)
      const pending = await this.#deps.ending.pending(tab)
      if (pending !== null && actsNow(visit, pending)) {
        return this.#settle(tab, pending, await pending.step.process(this.#context(tab, pending)))
      }
      return this.continueFrom(tab)
    })
  }

  /** A form of a required action was posted. */
  submit(visit: LoginVisit): Promise<BrowserAnswer> {
    const { query, form } = visit.browser
    return this.#withTab(visit, query.get('session_code') ?? '', async (tab) => {
      const pending = await this.#deps.ending.pending(tab)
      if (pending?.kind !== 'action' || pending.alias !== query.get('execution')) {
        return this.continueFrom(tab)
      }
      if (pending.initiated && form.has('cancel-aia')) {
        this.#tellClient(tab, pending.alias, 'cancelled')
        this.#deps.events.record(tab, rejected)
        return this.#deps.ending.advance(tab)
      }
      await this.#deps.tokenUse.claim(tab.state)
      return this.#settle(tab, pending, await pending.step.process(this.#context(tab, pending)))
    })
  }

  /**
   * Asked by a page that waits for something that happens elsewhere, such as the click on a link in a mail: 204 while the
   * tab waits, 200 once it can go on.
   */
  async awaited(visit: LoginVisit): Promise<BrowserAnswer> {
    const { tabs, login, ending } = this.#deps
    const found = await tabs.find(visit, null)
    const tab = found.kind === 'state' ? await login.resume(visit, found.state) : null
    const alias = visit.browser.query.get('execution')
    const pending = tab?.state.authenticated === true ? await ending.pending(tab) : null
    const waits =
      pending?.kind === 'action' && pending.alias === alias && !answeredElsewhere(tab, pending)
    return { status: waits ? 204 : 200, headers: {}, cookies: [], ...(waits ? {} : { body: '' }) }
  }

  /** The consent page was answered. */
  consent(visit: LoginVisit): Promise<BrowserAnswer> {
    const { form } = visit.browser
    return this.#withTab(visit, form.get('code') ?? '', async (tab) => {
      const pending = await this.#deps.ending.pending(tab)
      if (pending?.kind !== 'consent') return this.continueFrom(tab)
      if (!form.has('accept')) {
        return this.#deps.refusals.byUser(tab, 'consent-denied')
      }
      const names = pending.scopes.map(({ name }) => name)
      // Consent for one occasion only is not remembered.
      if (tab.user !== null && tab.client.representation.consentRequired === true) {
        await this.#deps.consents.grant(tab.client, tab.user.id, names)
      }
      tab.state.notes['consented'] = 'true'
      return this.#deps.ending.advance(tab)
    })
  }

  /** Shows what is pending in a tab whose flow is passed, or ends its login. */
  async continueFrom(tab: LoginTab): Promise<BrowserAnswer> {
    const pending = await this.#deps.ending.pending(tab)
    if (pending === null) return this.#deps.ending.advance(tab)
    if (pending.kind === 'consent') {
      const code = await this.#deps.states.keep(
        tab.state,
        tab.visit.browserId,
        tab.visit.browser.ipAddress,
      )
      return this.#deps.pages.consent(tab, new LoginAddresses(tab, ''), code, pending.scopes)
    }
    return this.#settle(tab, pending, await pending.step.challenge(this.#context(tab, pending)))
  }

  async #settle(
    tab: LoginTab,
    pending: PendingAction,
    result: ActionResult,
  ): Promise<BrowserAnswer> {
    const { state, visit } = tab
    switch (result.kind) {
      case 'abort':
        throw new FlowFailure(result.error, { message: result.message, closed: true })
      case 'rejected':
        this.#deps.events.record(tab, rejected)
        return this.#deps.refusals.toClient(tab, 'cancelled-by-user', result.description)
      case 'impossible':
        state.notes[loginNotes.kcActionStatus] = 'error'
        return this.#deps.ending.advance(this.#doneWith(tab, pending.alias))
      case 'ended':
        visit.cookies.signedOut()
        visit.cookies.expire(cookieNames.restart)
        return this.#deps.pages.notice(visit, tab.client, result.message)
      case 'done':
        tab.user = await this.#withoutAction(tab, pending.alias, result.user)
        if (pending.initiated) this.#tellClient(tab, pending.alias, 'success')
        return this.#deps.ending.advance(this.#doneWith(tab, pending.alias))
      case 'challenge': {
        const code = await this.#deps.states.keep(state, visit.browserId, visit.browser.ipAddress)
        return this.#deps.pages.requiredAction(
          tab,
          new LoginAddresses(tab, code),
          pending.alias,
          result.page,
          {
            cancellable: pending.initiated,
            warningKey: pending.initiated ? undefined : pending.step.warningKey,
          },
        )
      }
    }
  }

  #tellClient({ state }: LoginTab, alias: string, status: 'success' | 'cancelled'): void {
    state.notes[loginNotes.kcActionStatus] = status
    state.notes[loginNotes.kcActionDone] = alias
  }

  #doneWith(tab: LoginTab, alias: string): LoginTab {
    const { requiredActions } = tab.state
    const others = requiredActions.filter((other) => other !== alias)
    requiredActions.splice(0, requiredActions.length, ...others)
    return tab
  }

  /** What is done is off the user's list, also where the action itself has not seen to it. */
  async #withoutAction(
    { visit }: LoginTab,
    alias: string,
    user: NonNullable<LoginTab['user']>,
  ): Promise<LoginTab['user']> {
    if (!user.requiredActions.includes(alias)) return user
    return this.#deps.users.change(visit.realm, user.id, (present) => ({
      ...present,
      requiredActions: present.requiredActions.filter((other) => other !== alias),
    }))
  }

  #context(tab: LoginTab, { alias, initiated, parameter }: PendingAction): ActionContext {
    const { visit, client, state, user } = tab
    if (user === null) throw new FlowFailure('user_not_found')
    const { realm, browser } = visit
    return {
      realm,
      client,
      user,
      state,
      form: browser.form,
      serverUrl: browser.frontendUrl,
      query: browser.query,
      initiated,
      parameter,
      currentSessionId: visit.signedIn?.session.id ?? null,
      ipAddress: browser.ipAddress,
      mailLink: () => mailLinkOf(tab, this.#deps.pages.localeOf(visit, tab)),
      endOtherSessions: () => this.#deps.otherSessions.end(visit, user),
      record: (type, details, error) => {
        // The event of the login that ends with it repeats them.
        Object.assign(tab.details, { custom_required_action: alias, ...details })
        this.#deps.events.record(tab, { type, error })
      },
    }
  }

  async #withTab(
    visit: LoginVisit,
    code: string | null,
    answer: (tab: LoginTab) => Promise<BrowserAnswer>,
  ): Promise<BrowserAnswer> {
    const { tabs, login } = this.#deps
    return tabs.answer(visit, await tabs.find(visit, code), (tab) => {
      if (!tab.state.authenticated) return login.run(tab, null)
      tab.acting = true
      const { query } = visit.browser
      const alias = query.get('execution')
      if (query.has('session_code') && alias) tab.details['custom_required_action'] = alias
      return answer(tab)
    })
  }
}

function answeredElsewhere(tab: LoginTab | null, { step }: PendingAction): boolean {
  if (tab === null || tab.user === null || step.isAnsweredElsewhere === undefined) return false
  const { visit, client, state, user } = tab
  return step.isAnsweredElsewhere({ realm: visit.realm, client, user, state })
}

/** A link of an action's own page, which its form would be elsewhere; not one that only changes the language. */
function actsNow({ browser }: LoginVisit, pending: Pending): pending is PendingAction {
  const { query } = browser
  if (pending.kind !== 'action' || pending.step.actsByLink !== true) return false
  if (!query.get('session_code') || query.has('kc_locale')) return false
  return query.get('execution') === pending.alias
}
