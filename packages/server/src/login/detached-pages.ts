import type { Client } from '../domains/clients/client.ts'
import type { PageNote } from '../domains/flows/engine/login-page.ts'
import type { LoginStates } from '../domains/flows/login-state/login-states.ts'
import type { DetachedPage } from '../domains/flows/login-state/sealed-contents.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import { cookieNames } from './login-cookies.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginVisit } from './login-visit.ts'

/**
 * Pages that belong to no tab: errors of requests that never became a login, and notices. A cookie keeps what such a page
 * says for a few minutes, so that it can be shown again in another language.
 */
export class DetachedPages {
  readonly #states: LoginStates
  readonly #pages: LoginPageRenderer

  constructor(deps: { readonly states: LoginStates; readonly pages: LoginPageRenderer }) {
    this.#states = deps.states
    this.#pages = deps.pages
  }

  async error(
    visit: LoginVisit,
    client: Client | null,
    status: number,
    message: PageNote,
  ): Promise<BrowserAnswer> {
    return this.#keep(visit, client, { status, message })
  }

  /** A page that says that something is done or already so. */
  async notice(
    visit: LoginVisit,
    client: Client | null,
    message: PageNote,
  ): Promise<BrowserAnswer> {
    return this.#keep(visit, client, { status: 200, message })
  }

  /** For addresses of a realm that does not exist. */
  unknownRealm(serverUrl: string): BrowserAnswer {
    return this.#pages.unknownRealm(serverUrl)
  }

  /** `login-actions/detached-info`: the last such page again. */
  async show(visit: LoginVisit): Promise<BrowserAnswer> {
    const cookie = visit.browser.cookies.get(cookieNames.detached)
    const page = cookie && (await this.#states.openDetached(visit.realm, cookie))
    if (!page) return this.#pages.error(visit, null, 400, { key: 'invalidCodeMessage' })
    return this.#render(visit, null, page)
  }

  async #keep(
    visit: LoginVisit,
    client: Client | null,
    page: DetachedPage,
  ): Promise<BrowserAnswer> {
    visit.cookies.detached(await this.#states.sealDetached(visit.realm, page))
    return this.#render(visit, client, page)
  }

  #render(
    visit: LoginVisit,
    client: Client | null,
    { status, message }: DetachedPage,
  ): BrowserAnswer {
    return status === 200
      ? this.#pages.notice(visit, client, message, true)
      : this.#pages.error(visit, client, status, message, true)
  }
}
