import type { Client } from '../domains/clients/client.ts'
import type { ClientRequest } from '../domains/flows/engine/client-request.ts'
import type { PageNote } from '../domains/flows/engine/login-page.ts'
import type { FlowPurpose } from '../domains/flows/flow-purpose.ts'
import type { ClientAnswer } from '../domains/flows/login-protocol.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { BrowserAnswer, BrowserRequest } from '../http/browser-request.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginPageRenderer } from './login-page-renderer.ts'
import type { LoginVisits } from './login-visit.ts'

/** What a protocol's own endpoint uses to put a browser through a login. */
export class LoginStart {
  readonly #login: BrowserLogin
  readonly #visits: LoginVisits
  readonly #pages: LoginPageRenderer
  readonly #detached: DetachedPages

  constructor(deps: {
    readonly login: BrowserLogin
    readonly visits: LoginVisits
    readonly pages: LoginPageRenderer
    readonly detached: DetachedPages
  }) {
    this.#login = deps.login
    this.#visits = deps.visits
    this.#pages = deps.pages
    this.#detached = deps.detached
  }

  /**
   * Runs a flow from its start: the browser flow, unless the request or the endpoint asks for another.
   * @param notes what its steps find noted from the start
   */
  begin(
    realm: Realm,
    browser: BrowserRequest,
    client: Client,
    request: ClientRequest,
    purpose?: FlowPurpose,
    notes: Readonly<Record<string, string>> = {},
  ): Promise<BrowserAnswer> {
    return this.#login.begin(realm, browser, client, request, purpose, notes)
  }

  /** For requests that cannot be answered to a client. */
  async errorPage(
    realm: Realm,
    browser: BrowserRequest,
    client: Client | null,
    status: number,
    message: PageNote,
  ): Promise<BrowserAnswer> {
    const visit = this.#visits.unread(realm, browser)
    return { ...(await this.#detached.error(visit, client, status, message)), mayBeStored: true }
  }

  /** For addresses of a realm that does not exist. */
  unknownRealm(serverUrl: string): BrowserAnswer {
    return this.#pages.unknownRealm(serverUrl)
  }

  async toClient(
    realm: Realm,
    browser: BrowserRequest,
    answer: ClientAnswer,
  ): Promise<BrowserAnswer> {
    return this.#pages.toClient(this.#visits.unread(realm, browser), answer)
  }
}
