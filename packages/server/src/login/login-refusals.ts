import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import type { LoginParties, LoginRefusal } from '../domains/flows/login-protocol.ts'
import { LoginStateConflict } from '../domains/flows/login-state/login-states.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { Logger } from '../log/logger.ts'
import { LoginAddresses } from './login-addresses.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginEvent, LoginEvents } from './login-events.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginTab } from './login-tab.ts'

export interface LoginRefusalsDeps {
  readonly pages: LoginPageRenderer
  readonly events: LoginEvents
  readonly logger: Logger
}

/** Every way in which a login ends, or stands still, without success. */
export class LoginRefusals {
  readonly #deps: LoginRefusalsDeps

  constructor(deps: LoginRefusalsDeps) {
    this.#deps = deps
  }

  /** Sends the browser back to the client with an error, if the client may still be answered there. */
  async toClient(
    tab: LoginTab,
    refusal: LoginRefusal,
    description?: string,
  ): Promise<BrowserAnswer> {
    const { visit, protocol, state } = tab
    const parties = partiesOf(tab)
    const problem = await protocol.recheck(parties, state.request)
    if (problem?.kind === 'page') return this.page(tab, problem.failure)
    // The user has answered: there is nothing left to take up again.
    if (visit.browser.method === 'POST') visit.cookies.expire(cookieNames.restart)
    const answer = await protocol.refuse(parties, state.request, refusal, description)
    return this.#deps.pages.toClient(visit, answer)
  }

  /** @returns the answer to a login that its client may not start any more as it did; null when it still may */
  async recheck(tab: LoginTab): Promise<BrowserAnswer | null> {
    const { visit, protocol, state } = tab
    const problem = await protocol.recheck(partiesOf(tab), state.request)
    if (problem === null) return null
    if (problem.kind === 'page') return this.page(tab, problem.failure)
    this.#deps.events.record(tab, { type: 'LOGIN_ERROR', error: problem.error })
    return this.#deps.pages.toClient(visit, problem.answer)
  }

  /** The user has said no. */
  byUser(tab: LoginTab, refusal: LoginRefusal): Promise<BrowserAnswer> {
    this.#deps.events.record(tab, { type: 'LOGIN_ERROR', error: 'rejected_by_user' })
    return this.toClient(tab, refusal)
  }

  /**
   * The error page of a login that cannot go on.
   * @param event other than `LOGIN_ERROR`, and what it says besides the error
   */
  page(
    tab: LoginTab,
    failure: FlowFailure,
    event: Omit<LoginEvent, 'error'> = { type: 'LOGIN_ERROR' },
  ): BrowserAnswer {
    const { visit, client } = tab
    if (failure.unavailableStep !== undefined) {
      this.#deps.logger.error(
        `Login refused in realm ${visit.realm.name}: it needs "${failure.unavailableStep}", which this server does not have`,
      )
    }
    this.#deps.events.record(tab, { ...event, error: failure.error })
    const shown = this.#deps.pages.error(visit, client, failure.status, failure.pageMessage)
    const { authenticate } = failure
    if (authenticate === undefined) return shown
    return { ...shown, headers: { ...shown.headers, 'www-authenticate': authenticate } }
  }

  /** The tab shows an old page. */
  expired(tab: LoginTab): BrowserAnswer {
    return this.#deps.pages.pageExpired(tab, new LoginAddresses(tab, ''))
  }

  /** Turns what may go wrong in a login into its page. */
  async guarded(tab: LoginTab, answer: () => Promise<BrowserAnswer>): Promise<BrowserAnswer> {
    try {
      return await answer()
    } catch (error) {
      if (error instanceof FlowFailure) return this.page(tab, error)
      if (error instanceof LoginStateConflict) return this.expired(tab)
      throw error
    }
  }
}

/** @returns who takes part in the login of this tab */
export function partiesOf({ visit, client }: LoginTab): LoginParties {
  const { frontendUrl, adminUrl } = visit.browser
  return { realm: visit.realm, client, frontendUrl, adminUrl }
}
