import type { ConsentItem, Consents } from '../domains/flows/consents/consents.ts'
import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import { currentLoa } from '../domains/flows/engine/loa.ts'
import type { SuccessfulLogin } from '../domains/flows/login-protocol.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import type { RequiredActionStep } from '../domains/flows/required-actions/required-action.ts'
import type { RequiredActions } from '../domains/flows/required-actions/required-actions.ts'
import { organizationNote } from '../domains/organizations/organization.ts'
import type { UserSession } from '../domains/sessions/session.ts'
import { userAgentNotes } from '../domains/sessions/user-agent-note.ts'
import { requestedScopes } from '../domains/tokens/granted-scopes.ts'
import type { IdentityTokens } from '../domains/tokens/identity-tokens.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { SessionId } from '../domains/typed-ids.ts'
import type { User } from '../domains/users/user.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import { type Clock, epochSeconds } from '../shared/clock.ts'
import type { ActionTokenUse } from './action-token-use.ts'
import { LoginAddresses } from './login-addresses.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginEvent, LoginEvents } from './login-events.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import { type LoginRefusals, partiesOf } from './login-refusals.ts'
import type { LoginTab } from './login-tab.ts'

/** `execution` of the consent page's address. */
export const consentExecution = 'OAUTH_GRANT'

/** Somebody may have changed the user while the login ended: it is read again and tried this often. */
const completionsMax = 3

export interface LoginEndingDeps {
  readonly users: Pick<Users, 'fresh'>
  readonly requiredActions: RequiredActions
  readonly consents: Consents
  readonly states: LoginStates
  readonly identityTokens: IdentityTokens
  readonly pages: LoginPageRenderer
  readonly events: LoginEvents
  readonly refusals: LoginRefusals
  readonly tokenUse: ActionTokenUse
  readonly clock: Clock
}

/** What is left to do after the flow. */
export type Pending =
  | {
      readonly kind: 'action'
      readonly alias: string
      readonly step: RequiredActionStep
      /** The client asked for it. */
      readonly initiated: boolean
      readonly parameter: string | null
    }
  | { readonly kind: 'consent'; readonly scopes: readonly ConsentItem[] }

/** What follows a passed flow: required actions, consent, then session and answer in one transaction. */
export class LoginEnding {
  readonly #deps: LoginEndingDeps

  constructor(deps: LoginEndingDeps) {
    this.#deps = deps
  }

  /** The flow is passed. @throws FlowFailure when the user may not sign in or the level is not reached */
  async authenticated(tab: LoginTab): Promise<BrowserAnswer> {
    const { state } = tab
    if (!userOf(tab).enabled) throw new FlowFailure('user_disabled')
    if (state.request.loaForced && loaReached(tab) < state.request.requestedLoa) {
      throw new FlowFailure('loa_not_reached')
    }
    state.proved = true
    state.authenticated = true
    this.rememberLocale(tab)
    return this.advance(tab, true)
  }

  /** Keeps the language of a user who has chosen one. */
  rememberLocale(tab: LoginTab): void {
    const { visit } = tab
    const { internationalizationEnabled } = visit.realm.settings
    if (internationalizationEnabled && userOf(tab).attributes['locale'] !== undefined) {
      visit.cookies.locale(this.#deps.pages.localeOf(visit, tab))
    }
  }

  /**
   * Shows what is pending, or ends the login.
   * @param provedNow whether the flow was passed by this very request
   * @throws FlowFailure; LoginStateConflict
   */
  async advance(tab: LoginTab, provedNow = false): Promise<BrowserAnswer> {
    await this.#settle(tab)
    const pending = await this.pending(tab)
    if (pending === null) return this.#complete(tab, provedNow)
    const { visit, state } = tab
    if (state.request.prompt.includes('none')) {
      return this.#deps.refusals.toClient(tab, 'passive-interaction-required')
    }
    await this.#deps.states.keep(state, visit.browserId, visit.browser.ipAddress)
    // To an address of its own, so that loading the page again does not post the last form again.
    const addresses = new LoginAddresses(tab, '')
    const execution = pending.kind === 'consent' ? consentExecution : pending.alias
    const location = addresses.page('required-action', execution)
    return this.#deps.pages.toClient(visit, { kind: 'redirect', location })
  }

  /** What the realm's actions do without asking. */
  async #settle(tab: LoginTab): Promise<void> {
    const { visit, client, state } = tab
    const parties = { realm: visit.realm, client, user: userOf(tab), state }
    for (const { user, event } of await this.#deps.requiredActions.settle(parties)) {
      tab.user = user
      this.#deps.events.record(tab, event)
    }
  }

  /** @throws FlowFailure when a required action is due that this server does not have */
  async pending(tab: LoginTab): Promise<Pending | null> {
    const { state, visit, client } = tab
    const parties = { realm: visit.realm, client, user: userOf(tab), state }
    const initiated = this.#initiated(tab)
    if (initiated !== null) return initiated
    const due = await this.#deps.requiredActions.next(parties)
    if (due !== null) {
      if (due.step === undefined) throw FlowFailure.unavailable(`required action ${due.alias}`)
      return { kind: 'action', alias: due.alias, step: due.step, initiated: false, parameter: null }
    }
    const { scopes } = requestedScopes(visit.realm, client, state.request.scope)
    if (tab.protocol.asksConsent === true) {
      if (state.notes['consented'] !== undefined) return null
      return { kind: 'consent', scopes: this.#deps.consents.all(client, scopes) }
    }
    const missing = await this.#deps.consents.missing(client, parties.user.id, scopes)
    const asked = missing.length > 0 || this.#consentWanted(tab)
    return asked ? { kind: 'consent', scopes: missing } : null
  }

  /**
   * `prompt=consent` asks again for what was granted before (OpenID Connect Core §3.1.2.1). So do details (RFC 9396 §1): they
   * are of one occasion, such as a payment, and nobody agreed to this one yet.
   */
  #consentWanted({ state, client }: LoginTab): boolean {
    const { prompt, parameters } = state.request
    return (
      (prompt.includes('consent') || parameters['authorization_details'] !== undefined) &&
      client.representation.consentRequired === true &&
      state.notes['consented'] === undefined
    )
  }

  /** The action that the client started; one that it may not start is reported back as an error. */
  #initiated({ state, visit }: LoginTab): Pending | null {
    const wanted = state.request.kcAction
    if (wanted === null || state.notes[loginNotes.kcActionStatus] !== undefined) return null
    const [alias = '', ...rest] = wanted.split(':')
    const step = this.#deps.requiredActions.initiable(visit, alias)
    if (step === undefined) {
      state.notes[loginNotes.kcActionStatus] = 'error'
      return null
    }
    const parameter = rest.length === 0 ? null : rest.join(':')
    return { kind: 'action', alias, step, initiated: true, parameter }
  }

  async #complete(tab: LoginTab, provedNow: boolean): Promise<BrowserAnswer> {
    const { visit, protocol, state } = tab
    const { signedIn } = visit
    await this.#deps.tokenUse.claim(state)
    if (state.notes[loginNotes.endsWithoutSession] !== undefined) return this.#updated(tab)
    const refused = await this.#deps.refusals.recheck(tab)
    if (refused !== null) return refused
    if (signedIn !== null && signedIn.user.id !== userOf(tab).id) {
      return this.#deps.refusals.page(tab, differentUser(signedIn.user))
    }
    const { events } = this.#deps
    const alongside = await events.alongside(tab, 'LOGIN', (id) => loginEvent(tab, id))
    for (let attempt = 1; attempt <= completionsMax; attempt++) {
      const completion = await protocol.complete({ ...this.#success(tab), provedNow, alongside })
      if (completion.outcome === 'completed') {
        const { session } = completion
        events.record(tab, loginEvent(tab, session.id), alongside !== null)
        return this.#signedIn(tab, session, completion.answer)
      }
      if (completion.outcome === 'replayed') {
        return this.#deps.refusals.toClient(tab, 'already-logged-in')
      }
      if (completion.outcome === 'locked') throw new FlowFailure('user_temporarily_disabled')
      if (completion.outcome === 'session-gone') throw new FlowFailure('expired_code')
      tab.user = await this.#deps.users.fresh(visit.realm.id, userOf(tab).id)
      if (tab.user === null || !tab.user.enabled) throw new FlowFailure('user_disabled')
    }
    throw new FlowFailure('expired_code')
  }

  /** The end of a link of a mail that was opened where no login waits for it. */
  #updated({ visit, client, state }: LoginTab): BrowserAnswer {
    const redirectUrl = state.notes[loginNotes.redirectAfterActions]
    return this.#deps.pages.info(visit, client, {
      message: { key: 'accountUpdatedMessage' },
      heading: { key: 'accountUpdatedTitle' },
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
    })
  }

  #success(tab: LoginTab): Omit<SuccessfulLogin, 'provedNow' | 'alongside'> {
    const { visit, state } = tab
    const { realm, browser, signedIn } = visit
    const ssoAuth = state.notes[loginNotes.ssoAuth] === 'true'
    const loaMap = state.notes[loginNotes.loaMap]
    return {
      ...partiesOf(tab),
      request: state.request,
      user: userOf(tab),
      existingSessionId: signedIn?.session.id ?? null,
      rememberMe:
        signedIn?.session.rememberMe ??
        (realm.settings.rememberMe && state.notes[loginNotes.rememberMe] === 'true'),
      ipAddress: browser.ipAddress,
      sessionNotes: {
        ...(ssoAuth ? {} : { AUTH_TIME: String(epochSeconds(this.#deps.clock)) }),
        ...(loaMap === undefined ? {} : { [loginNotes.loaMap]: loaMap }),
        ...(signedIn ? {} : userAgentNotes(browser.headers)),
      },
      loa: currentLoa(state),
      ssoAuth,
      loginStateId: state.id,
      loginStateExpiresAt: state.expiresAt,
      organization: state.notes[organizationNote] ?? null,
      kcAction: state.notes[loginNotes.kcActionDone] ?? null,
      kcActionStatus: state.notes[loginNotes.kcActionStatus] ?? null,
    }
  }

  async #signedIn(
    tab: LoginTab,
    session: UserSession,
    answer: Parameters<LoginPageRenderer['toClient']>[1],
  ): Promise<BrowserAnswer> {
    const { visit, state } = tab
    const { realm, cookies, browser } = visit
    const user = userOf(tab)
    const ssoAuth = state.notes[loginNotes.ssoAuth] === 'true'
    const issuer = issuerOf({ frontend: browser.frontendUrl }, realm)
    const seconds = epochSeconds(this.#deps.clock)
    const identity = await this.#deps.identityTokens.issue(realm, session, issuer, seconds)
    if (browser.method === 'POST') cookies.expire(cookieNames.restart)
    cookies.signedIn(realm, session, identity)
    if (session.rememberMe) cookies.rememberUsername(user.username)
    else if (browser.cookies.has(cookieNames.rememberMe) && !ssoAuth) cookies.rememberUsername(null)
    const chosen = state.notes[loginNotes.chosenMethod]
    if (chosen !== undefined) cookies.method(user.id, chosen)
    // Who has come by an invitation goes where the organization wants its members; no client gets an answer there.
    const location = state.notes[loginNotes.redirectAfterActions]
    const elsewhere = location && ({ kind: 'redirect', location } as const)
    return this.#deps.pages.toClient(visit, elsewhere || answer)
  }
}

/** Somebody else signed in to the browser meanwhile. */
function differentUser({ username }: User): FlowFailure {
  const message = { key: 'differentUserAuthenticated', params: [username] }
  return new FlowFailure('different_user_authenticated', { message })
}

/** Level of this login as tokens will show it: without a level in the flow, a fresh login counts as 1. */
function loaReached({ state }: LoginTab): number {
  const stated = currentLoa(state)
  if (stated >= 0) return stated
  return state.notes[loginNotes.ssoAuth] === 'true' ? 0 : 1
}

function userOf({ user }: LoginTab): User {
  if (user === null) throw new FlowFailure('user_not_found')
  return user
}

function loginEvent(tab: LoginTab, sessionId: SessionId): LoginEvent {
  const entered = tab.acting ? {} : { auth_type: 'code' }
  return { type: 'LOGIN', sessionId, details: { ...entered, consent: consentOf(tab) } }
}

function consentOf({ client, state }: LoginTab): string {
  if (state.notes['consented'] !== undefined) return 'consent_granted'
  return client.representation.consentRequired === true
    ? 'persistent_consent'
    : 'no_consent_required'
}
