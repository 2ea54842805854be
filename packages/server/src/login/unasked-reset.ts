import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import { redirectUriOf } from '../domains/clients/redirect-uri.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import { accountRequest } from './account-request.ts'
import type { BrowserLogin } from './browser-login.ts'
import type { DetachedPages } from './detached-pages.ts'
import { type LoginVisit, placesOf } from './login-visit.ts'

export interface UnaskedResetDeps {
  readonly clients: Pick<Clients, 'byClientId'>
  readonly login: BrowserLogin
  readonly detached: DetachedPages
}

const accountClientId = 'account'

/**
 * "Forgot password?" by a link outside of any login, as Keycloak has it: for the user's account, or for the client and the
 * address that `client_id` and `redirect_uri` name. Without an address it ends with a page, and signs nobody in.
 */
export class UnaskedReset {
  readonly #deps: UnaskedResetDeps

  constructor(deps: UnaskedResetDeps) {
    this.#deps = deps
  }

  async begin(visit: LoginVisit): Promise<BrowserAnswer> {
    const { clients, login, detached } = this.#deps
    const { realm, browser } = visit
    const clientId = browser.query.get('client_id') ?? ''
    const asked = browser.query.get('redirect_uri') ?? ''
    const refused = (key: string, ...params: string[]) =>
      detached.error(visit, null, 400, { key, params })
    if (clientId === '' && asked !== '') return refused('missingParameterMessage', 'client_id')
    const client = await clients.byClientId(realm.id, clientId || accountClientId)
    if (client === null) return refused('clientNotFoundMessage')
    if (!client.enabled) return refused('clientDisabledMessage')
    const begin = (redirectUri?: string) =>
      login.begin(realm, browser, client, accountRequest(visit, redirectUri), 'reset-credentials')
    if (clientId === '') return begin()
    if (asked === '') return this.#endingHere(visit, client)
    const redirectUri = redirectUriOf(client, asked, placesOf(visit), true)
    if (redirectUri === null) return refused('invalidParameterMessage', 'redirect_uri')
    return begin(redirectUri)
  }

  #endingHere(visit: LoginVisit, client: Client): Promise<BrowserAnswer> {
    const { login } = this.#deps
    const tab = login.fresh(visit, client, accountRequest(visit, ''), 'reset-credentials')
    tab.state.notes[loginNotes.endsWithoutSession] = 'true'
    visit.cookies.authSession(visit.browserId, visit.route)
    return login.run(tab, null)
  }
}
