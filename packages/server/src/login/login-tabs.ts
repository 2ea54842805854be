import type { FlowOutcome } from '../domains/flows/login-flows.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginRefusals } from './login-refusals.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginVisit } from './login-visit.ts'
import type { FoundTab, TabFinder } from './tab-finder.ts'

export interface LoginTabsDeps {
  readonly login: BrowserLogin
  readonly finder: TabFinder
  readonly refusals: LoginRefusals
  readonly detached: DetachedPages
}

/** Finds the login that a request belongs to, and answers where there is none, or only what is left of one. */
export class LoginTabs {
  readonly #deps: LoginTabsDeps

  constructor(deps: LoginTabsDeps) {
    this.#deps = deps
  }

  /** @param code `session_code` of the address or, on the consent page, `code` of the form */
  find(visit: LoginVisit, code: string | null): Promise<FoundTab> {
    return this.#deps.finder.find(visit, code)
  }

  /** Answers from the tab; where the tab has moved on, or its login is over, with what is left. */
  async answer(
    visit: LoginVisit,
    found: FoundTab,
    answer: (tab: LoginTab) => Promise<BrowserAnswer>,
  ): Promise<BrowserAnswer> {
    const { login, refusals } = this.#deps
    switch (found.kind) {
      case 'none':
        return this.#cookieNotFound(visit)
      case 'client':
        return login.tellClient(visit, found.client, found.request)
      case 'restart': {
        const message = messageOf(visit, found.timedOut)
        return login.restart(visit, found.client, found.request, { message })
      }
      default: {
        const tab = await login.resume(visit, found.state)
        if (tab === null) return this.#cookieNotFound(visit)
        if (found.kind === 'stale') return refusals.expired(tab)
        return refusals.guarded(tab, () => answer(tab))
      }
    }
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

/** Why the first page is shown again. */
function messageOf({ browser }: LoginVisit, timedOut: boolean): FlowOutcome['message'] {
  if (timedOut) return { kind: 'error', key: 'loginTimeout' }
  return browser.method === 'POST' ? { kind: 'error', key: 'expiredActionMessage' } : undefined
}
