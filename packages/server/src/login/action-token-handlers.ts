import { redirectUriOf } from '../domains/clients/redirect-uri.ts'
import type { PageNote } from '../domains/flows/engine/login-page.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import { browserHash } from '../domains/flows/login-state/seals.ts'
import type { SentCodes } from '../domains/mails/sent-codes.ts'
import { ModelError } from '../domains/realms/model-error.ts'
import type { ActionToken, ActionTokens, ActionTokenType } from '../domains/tokens/action-tokens.ts'
import { issuerOf } from '../domains/tokens/tokens.ts'
import type { InvitedMembers } from '../domains/user-lifecycle/invited-members.ts'
import { pendingEmailAttribute, withEmail } from '../domains/users/pending-email.ts'
import type { User } from '../domains/users/user.ts'
import type { Users } from '../domains/users/users.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ActionTokenUse } from './action-token-use.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { LoginEnding } from './login-ending.ts'
import type { LoginEvents } from './login-events.ts'
import type { LinkNotice, LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginTab } from './login-tab.ts'
import { placesOf } from './login-visit.ts'
import type { OtherSessions } from './other-sessions.ts'

export interface ActionTokenHandlersDeps {
  readonly tokens: Pick<ActionTokens, 'sign'>
  readonly use: ActionTokenUse
  readonly codes: SentCodes
  readonly users: Pick<Users, 'byEmail' | 'change'>
  readonly login: BrowserLogin
  readonly ending: LoginEnding
  readonly pages: LoginPageRenderer
  readonly events: LoginEvents
  readonly otherSessions: OtherSessions
  readonly invitedMembers: Pick<InvitedMembers, 'answer' | 'join'>
}

type TokenOf<Type extends ActionTokenType> = Extract<ActionToken, { typ: Type }>

/** A link of a mail that may be followed. */
export interface OpenedLink<Token extends ActionToken = ActionToken> {
  /** The login that waits for it, or one that begins with it. */
  readonly tab: LoginTab
  readonly token: Token
  readonly user: User
  /** It was opened in the browser that waits for it. */
  readonly isOwnTab: boolean
  /** Opened elsewhere, and somebody there has said to go on: what only opens links follows none. */
  readonly isConfirmed: boolean
  refuse(error: string, message: PageNote): BrowserAnswer
}

const used: PageNote = { key: 'expiredActionMessage' }

/** Does what links of mails are for. */
export class ActionTokenHandlers {
  readonly #deps: ActionTokenHandlersDeps

  constructor(deps: ActionTokenHandlersDeps) {
    this.#deps = deps
  }

  async handle(link: OpenedLink): Promise<BrowserAnswer> {
    const { token } = link
    switch (token.typ) {
      case 'reset-credentials':
        return this.#resetCredentials({ ...link, token })
      case 'verify-email':
        return this.#verifyEmail({ ...link, token })
      case 'execute-actions':
        return this.#executeActions({ ...link, token })
      case 'update-email':
        return this.#updateEmail({ ...link, token })
      case 'magic-link':
        return this.#magicLink({ ...link, token })
      case 'ORGIVT':
        return this.#invitation({ ...link, token })
    }
  }

  /** The flow goes on where it has sent the mail; opened elsewhere, it runs and ends there, with a page and no session. */
  async #resetCredentials(link: OpenedLink<TokenOf<'reset-credentials'>>): Promise<BrowserAnswer> {
    const { use, login, ending } = this.#deps
    const { tab, token, user } = link
    const { state } = tab
    if (await use.isUsed(token)) return link.refuse('expired_code', used)
    if (state.authenticated) return ending.advance(tab)
    state.notes[loginNotes.actionTokenUser] = user.id
    state.attemptedUsername ??= user.username
    state.proved = true
    use.note(state, token)
    if (!link.isOwnTab) {
      state.notes[loginNotes.endsWithoutSession] = 'true'
      tab.visit.cookies.authSession(tab.visit.browserId, tab.visit.route)
    }
    return login.run(tab, null)
  }

  async #verifyEmail(link: OpenedLink<TokenOf<'verify-email'>>): Promise<BrowserAnswer> {
    const { use, users, events, pages, ending } = this.#deps
    const { tab, token, user } = link
    const { visit, client } = tab
    const details = { token_id: token.jti, action: token.typ, email: token.eml }
    if (user.emailVerified && !user.requiredActions.includes('VERIFY_EMAIL')) {
      const error = 'email_already_verified'
      events.record(tab, { type: 'VERIFY_EMAIL_ERROR', error, details, userId: user.id })
      return pages.info(visit, client, { message: { key: 'emailVerifiedAlreadyMessage' } })
    }
    if (!link.isOwnTab && !link.isConfirmed) {
      const message = { key: 'confirmEmailAddressVerification', params: [token.eml] }
      return this.#confirm(link, { message })
    }
    if (!(await use.use(token))) return link.refuse('expired_code', used)
    tab.user = await users.change(visit.realm, user.id, verified)
    events.record(tab, { type: 'VERIFY_EMAIL', details })
    if (!link.isOwnTab || !tab.state.authenticated) {
      return pages.info(visit, client, { message: { key: 'emailVerifiedMessage' } })
    }
    const { requiredActions } = tab.state
    const others = requiredActions.filter((alias) => alias !== 'VERIFY_EMAIL')
    requiredActions.splice(0, requiredActions.length, ...others)
    return ending.advance(tab)
  }

  async #executeActions(link: OpenedLink<TokenOf<'execute-actions'>>): Promise<BrowserAnswer> {
    const { use, users, login, ending } = this.#deps
    const { tab, token, user } = link
    const { visit, client } = tab
    if (await use.isUsed(token)) return link.refuse('expired_code', used)
    if (!link.isConfirmed) {
      const message = { key: 'confirmExecutionOfActions' }
      return this.#confirm(link, { message, requiredActions: token.rqac })
    }
    const { reduri } = token
    const redirectUri =
      reduri === undefined ? null : redirectUriOf(client, reduri, placesOf(visit), true)
    const { request } = tab.state
    const own = redirectUri === null ? request : { ...request, redirectUri }
    const started = login.fresh(visit, client, own, 'browser')
    const { state } = started
    if (redirectUri !== null) state.notes[loginNotes.redirectAfterActions] = redirectUri
    state.notes[loginNotes.endsWithoutSession] = 'true'
    use.note(state, token)
    state.userId = user.id
    state.attemptedUsername = user.username
    state.proved = true
    state.authenticated = true
    state.requiredActions.push(...token.rqac.filter((alias) => alias !== 'VERIFY_EMAIL'))
    // Who has opened the link reads the mails of that address.
    started.user = isVerified(user) ? user : await users.change(visit.realm, user.id, verified)
    return ending.advance(started)
  }

  async #updateEmail(link: OpenedLink<TokenOf<'update-email'>>): Promise<BrowserAnswer> {
    const { use, users, events, pages, otherSessions } = this.#deps
    const { tab, token, user } = link
    const { visit, client } = tab
    const { newEmail } = token
    if (user.attributes[pendingEmailAttribute]?.[0] !== newEmail) {
      return link.refuse('invalid_email', { key: 'emailVerificationCancelled' })
    }
    const taken = () => link.refuse('email_in_use', { key: 'emailExistsMessage' })
    if (!visit.realm.settings.duplicateEmailsAllowed) {
      const other = await users.byEmail(visit.realm.id, newEmail)
      if (other !== null && other.id !== user.id) return taken()
    }
    if (!(await use.use(token))) return link.refuse('expired_code', used)
    try {
      await users.change(visit.realm, user.id, (present) => ({
        ...withEmail(visit.realm, present, newEmail, true),
        requiredActions: present.requiredActions.filter(
          (alias) => alias !== 'UPDATE_EMAIL' && alias !== 'VERIFY_EMAIL',
        ),
      }))
    } catch (error) {
      if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
      return taken()
    }
    if (token.logoutSessions) await otherSessions.end(visit, user)
    const details = { token_id: token.jti, previous_email: token.eml, updated_email: newEmail }
    events.record(tab, { type: 'UPDATE_EMAIL', details, userId: user.id })
    const heading = { key: 'emailUpdatedTitle' }
    return pages.info(visit, client, {
      message: { key: 'emailUpdated', params: [newEmail] },
      heading,
    })
  }

  /** Makes a member of whoever says so on a page: what only opens links of mails joins nothing. */
  async #invitation(link: OpenedLink<TokenOf<'ORGIVT'>>): Promise<BrowserAnswer> {
    const { events, invitedMembers, pages } = this.#deps
    const { tab, token, user } = link
    const { visit } = tab
    const invitation = { invitationId: token.jti, organizationId: token.org_id }
    const answer = await invitedMembers.answer(visit.realm, invitation, user.id)
    if (answer.kind === 'refused') {
      const { error, key, params } = answer
      return link.refuse(error, { key, params })
    }
    const { organization } = answer
    const params = [organization.name]
    if (!link.isConfirmed) {
      const message = { key: 'organization.confirm-membership', params }
      const heading = { key: 'organization.confirm-membership.title', params }
      return this.#confirm(link, { message, heading })
    }
    try {
      await invitedMembers.join(organization, invitation, user.id)
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      return link.refuse('invalid_token', { key: 'staleInviteOrgLink' })
    }
    const details = { token_id: token.jti, action: token.typ, org_id: organization.id }
    events.record(tab, { type: 'INVITE_ORG', details, userId: user.id })
    const location = token.reduri ?? tab.state.request.redirectUri
    return pages.toClient(visit, { kind: 'redirect', location })
  }

  /** Signs in where a login waits for it. Elsewhere it shows a code for the one that waits: opening a link signs nobody in. */
  async #magicLink(link: OpenedLink<TokenOf<'magic-link'>>): Promise<BrowserAnswer> {
    const { use, codes, login, pages } = this.#deps
    const { tab, token } = link
    const { visit, client, state } = tab
    if (await use.isUsed(token)) return link.refuse('expired_code', used)
    if (!link.isOwnTab) {
      const code = await codes.of(visit.realm, token.chl)
      const message = { key: 'magicLinkCode', params: [code] }
      return pages.info(visit, client, { message, heading: { key: 'magicLinkCodeTitle' } })
    }
    if (!(await use.use(token))) return link.refuse('expired_code', used)
    state.notes[loginNotes.linkFollowed] = token.chl
    return login.run(tab, null)
  }

  /** A page with the same link once more, for this browser: programs that look at links of mails do not click on it. */
  async #confirm(
    { tab, token }: OpenedLink,
    page: Pick<LinkNotice, 'heading' | 'message' | 'requiredActions'>,
  ): Promise<BrowserAnswer> {
    const { visit, client, state } = tab
    const asid = `${browserHash(visit.browserId)}.${state.tabId}`
    const confirmed = { ...token, asid, oasid: token.asid ?? '' }
    const key = await this.#deps.tokens.sign(visit.realm, confirmed)
    const query = new URLSearchParams({ key, client_id: client.clientId, tab_id: state.tabId })
    const root = issuerOf(placesOf(visit), visit.realm)
    visit.cookies.authSession(visit.browserId, visit.route)
    return this.#deps.pages.info(visit, client, {
      ...page,
      actionUrl: `${root}/login-actions/action-token?${query}`,
    })
  }
}

function isVerified(user: User): boolean {
  return user.emailVerified && !user.requiredActions.includes('VERIFY_EMAIL')
}

function verified(present: User): User {
  return {
    ...present,
    emailVerified: true,
    requiredActions: present.requiredActions.filter((alias) => alias !== 'VERIFY_EMAIL'),
  }
}
