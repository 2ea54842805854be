import type { FlowPurpose } from '../domains/flows/flow-purpose.ts'
import type { LoginTab } from './login-tab.ts'

export type LoginAction =
  | 'authenticate'
  | 'required-action'
  | 'awaited'
  | 'consent'
  | 'restart'
  | 'registration'
  | 'reset-credentials'
  | 'first-broker-login'
  | 'post-broker-login'

/** Keycloak's path of the pages of a flow, by what the flow is for; those that are not named have none. */
const purposePaths: Readonly<Partial<Record<FlowPurpose, LoginAction>>> = {
  registration: 'registration',
  'reset-credentials': 'reset-credentials',
  'first-broker-login': 'first-broker-login',
  'post-broker-login': 'post-broker-login',
}

/** Builds the addresses under `login-actions/` that the pages of one tab use. */
export class LoginAddresses {
  readonly #root: string
  readonly #path: string
  readonly #tab: readonly [string, string][]
  readonly #sessionCode: string
  /** Where the forms of the flow's steps are posted to. */
  readonly purpose: LoginAction

  /** @param sessionCode the kept state; empty where the row of the tab is enough */
  constructor(
    { visit, client, state, protocol }: Pick<LoginTab, 'visit' | 'client' | 'state' | 'protocol'>,
    sessionCode: string,
  ) {
    const { frontendUrl } = visit.browser
    const path = `/realms/${encodeURIComponent(visit.realm.name)}/login-actions/`
    this.#root = `${frontendUrl}${path}`
    this.#path = `${new URL(frontendUrl).pathname.replace(/\/$/, '')}${path}`
    this.#sessionCode = sessionCode
    this.purpose = purposePaths[state.purpose] ?? 'authenticate'
    this.#tab = [
      ['client_id', client.clientId],
      ['tab_id', state.tabId],
      ['client_data', protocol.clientData(state.request)],
    ]
  }

  /** Where a form is posted to. */
  form(action: LoginAction, execution: string): string {
    return this.#address(this.#root, action, [
      ['session_code', this.#sessionCode],
      ['execution', execution],
    ])
  }

  /** The same page in another language. */
  inLocale(action: LoginAction, execution: string, locale: string): string {
    const page: [string, string][] = [
      ['session_code', this.#sessionCode],
      ['execution', execution],
    ]
    return `${this.#address(this.#path, action, page)}&kc_locale=${encodeURIComponent(locale)}`
  }

  /** A page that the tab's row is enough for: the target of redirects, as Keycloak's without a code. */
  page(action: LoginAction, execution: string): string {
    return this.#address(this.#root, action, [['execution', execution]])
  }

  /** Relative address of the tab. */
  path(action: LoginAction): string {
    return this.#address(this.#path, action, [['session_code', this.#sessionCode]])
  }

  /** The form with which the login begins. */
  start(): string {
    return this.path('authenticate')
  }

  /** Continues where the tab is. */
  resume(): string {
    return this.#address(this.#root, this.purpose, [['session_code', this.#sessionCode]])
  }

  /** @param skipLogout keeps the SSO session of the browser; false signs it out, to sign in as somebody else */
  restart(skipLogout: boolean): string {
    const address = this.#address(this.#path, 'restart', [['session_code', this.#sessionCode]])
    return `${address}&skip_logout=${skipLogout}`
  }

  #address(base: string, action: string, first: [string, string][]): string {
    const parameters = [...first, ...this.#tab].filter(([, value]) => value !== '')
    return `${base}${action}?${new URLSearchParams(parameters)}`
  }
}
