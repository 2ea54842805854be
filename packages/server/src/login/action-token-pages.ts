import type { Clients } from '../domains/clients/clients.ts'
import type { Events } from '../domains/events/events.ts'
import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import type { PageNote } from '../domains/flows/engine/login-page.ts'
import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import { browserHash } from '../domains/flows/login-state/seals.ts'
import type { ActionToken, ActionTokens, ActionTokenType } from '../domains/tokens/action-tokens.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { User } from '../domains/users/user.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import { accountRequest } from './account-request.ts'
import type { ActionTokenHandlers, OpenedLink } from './action-token-handlers.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginRefusals } from './login-refusals.ts'
import { type LoginVisit, placesOf } from './login-visit.ts'

export interface ActionTokenPagesDeps {
  readonly tokens: Pick<ActionTokens, 'read'>
  readonly handlers: ActionTokenHandlers
  readonly users: Pick<Users, 'fresh'>
  readonly clients: Pick<Clients, 'byClientId'>
  readonly states: Pick<LoginStates, 'ofTab'>
  readonly login: BrowserLogin
  readonly detached: DetachedPages
  readonly refusals: LoginRefusals
  readonly rawEvents: Pick<Events, 'record'>
}

/** Keycloak's event of a link, by what its token is for. */
export const tokenEvents: Readonly<Record<ActionTokenType, string>> = {
  'verify-email': 'VERIFY_EMAIL',
  'reset-credentials': 'RESET_PASSWORD',
  'execute-actions': 'EXECUTE_ACTIONS',
  'update-email': 'EXECUTE_ACTIONS',
  'magic-link': 'LOGIN',
  ORGIVT: 'INVITE_ORG',
}

/** A link that cannot be followed. */
interface Refusal {
  readonly error: string
  readonly message: PageNote
}

/** `login-actions/action-token`: links of mails. Reads the token, asks whether it still holds, and does what it is for. */
export class ActionTokenPages {
  readonly #deps: ActionTokenPagesDeps

  constructor(deps: ActionTokenPagesDeps) {
    this.#deps = deps
  }

  async open(visit: LoginVisit): Promise<BrowserAnswer> {
    const key = visit.browser.query.get('key')
    if (!key) return this.#unreadable(visit, 'not_allowed', 'invalidRequestMessage')
    const { realm } = visit
    const read = this.#deps.tokens.read(realm, issuerOf(placesOf(visit), realm), key)
    if (read.kind === 'none') return this.#unreadable(visit, 'invalid_code', 'invalidCodeMessage')
    const own = await this.#ownState(visit, read.token)
    return read.kind === 'expired'
      ? this.#expired(visit, read.token, own)
      : this.#follow(visit, read.token, own)
  }

  async #follow(
    visit: LoginVisit,
    token: ActionToken,
    own: LoginState | null,
  ): Promise<BrowserAnswer> {
    const { clients, users, login, handlers, refusals } = this.#deps
    const client = await clients.byClientId(visit.realm.id, token.azp)
    if (client === null || !client.enabled) {
      const key = client === null ? 'clientNotFoundMessage' : 'clientDisabledMessage'
      return this.#unreadable(visit, client === null ? 'client_not_found' : 'client_disabled', key)
    }
    const resumed = own === null ? null : await login.resume(visit, own)
    const request = accountRequest(visit)
    const tab = resumed ?? login.fresh(visit, client, request, 'reset-credentials')
    const user = await users.fresh(visit.realm.id, token.sub)
    const refusal = refusalOf(visit, user, token)
    if (user === null || refusal !== null) {
      return this.refuse({ tab, token }, refusal ?? gone)
    }
    const link: OpenedLink = {
      tab,
      token,
      user,
      isOwnTab: resumed !== null,
      isConfirmed: isConfirmed(visit, token),
      refuse: (error, message) => this.refuse({ tab, token }, { error, message }),
    }
    return refusals.guarded(tab, () => handlers.handle(link))
  }

  /** Records what is wrong and says so. */
  refuse(
    { tab, token }: Pick<OpenedLink, 'tab' | 'token'>,
    { error, message }: Refusal,
  ): BrowserAnswer {
    const details = { token_id: token.jti, action: token.typ, reason: message.key }
    const type = `${tokenEvents[token.typ]}_ERROR`
    return this.#deps.refusals.page(tab, new FlowFailure(error, { message }), { type, details })
  }

  /** The login that the link was sent in, where the link is opened in the browser that waits for it. */
  async #ownState(visit: LoginVisit, { asid, oasid }: ActionToken): Promise<LoginState | null> {
    if (asid === undefined || oasid !== undefined || !visit.browserKnown) return null
    const [hash, tabId = ''] = asid.split('.')
    if (hash !== browserHash(visit.browserId)) return null
    return await this.#deps.states.ofTab(visit.realm, visit.browserId, tabId)
  }

  /** A login that waits begins again; where there is none there is nothing to begin. */
  async #expired(
    visit: LoginVisit,
    token: ActionToken,
    own: LoginState | null,
  ): Promise<BrowserAnswer> {
    const { login, detached } = this.#deps
    this.#record(visit, 'expired_code', token)
    const tab = own === null ? null : await login.resume(visit, own)
    if (tab === null) {
      return detached.error(visit, null, 400, { key: 'expiredActionTokenNoSessionMessage' })
    }
    const message = { kind: 'error', key: 'expiredActionTokenSessionExistsMessage' } as const
    return login.restart(visit, tab.client, tab.state.request, { message })
  }

  #unreadable(visit: LoginVisit, error: string, key: string): Promise<BrowserAnswer> {
    this.#record(visit, error)
    return this.#deps.detached.error(visit, null, 400, { key })
  }

  #record({ realm, browser }: LoginVisit, error: string, token?: ActionToken): void {
    this.#deps.rawEvents.record({
      type: 'EXECUTE_ACTION_TOKEN_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      userId: token?.sub,
      ipAddress: browser.ipAddress,
      error,
      details: token === undefined ? {} : { token_id: token.jti, action: token.typ },
    })
  }
}

const gone: Refusal = { error: 'user_not_found', message: { key: 'invalidUserMessage' } }

/** Whether somebody has said in this browser that the link is to be followed. */
function isConfirmed(visit: LoginVisit, { asid, oasid }: ActionToken): boolean {
  if (oasid === undefined || asid === undefined || !visit.browserKnown) return false
  return asid.startsWith(`${browserHash(visit.browserId)}.`)
}

/** @returns why nobody may follow a link, whatever it is for; null when it may be followed */
function refusalOf(visit: LoginVisit, user: User | null, token: ActionToken): Refusal | null {
  if (user === null || user.serviceAccountClientUuid !== null) return gone
  if (!user.enabled) return { error: 'user_disabled', message: { key: 'accountDisabledMessage' } }
  if ((user.email ?? '') !== token.eml) {
    const key = token.typ === 'update-email' ? 'staleEmailVerificationLink' : 'invalidEmailMessage'
    return { error: 'invalid_email', message: { key } }
  }
  const { signedIn } = visit
  // An invitation changes nothing for whoever is signed in.
  if (signedIn === null || signedIn.user.id === user.id || token.typ === 'ORGIVT') return null
  const params = [signedIn.user.username]
  const message = { key: 'differentUserAuthenticated', params }
  return { error: 'different_user_authenticated', message }
}
