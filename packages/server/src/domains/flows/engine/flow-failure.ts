import type { PageNote } from './login-page.ts'

/** Texts of Keycloak's catalogue by error code; every other code says that user name or password is wrong. */
const messages: Readonly<Record<string, string>> = {
  user_disabled: 'accountDisabledMessage',
  expired_code: 'expiredCodeMessage',
  loa_not_reached: 'insufficientLevelOfAuthentication',
  credential_setup_required: 'credentialSetupRequired',
  step_unavailable: 'authenticatorNotSupportedMessage',
}

/** A login that cannot go on: recorded as LOGIN_ERROR with `error`, shown as an error page. */
export class FlowFailure extends Error {
  /** Keycloak's error code. */
  readonly error: string
  readonly pageMessage: PageNote
  /** Ends the login even where another alternative could be tried. */
  readonly closed: boolean
  /** What a grant that cannot show a page is told. */
  readonly description: string | undefined
  /** Status of the page. */
  readonly status: 400 | 401 | 403
  /** Value of `WWW-Authenticate`. */
  readonly authenticate: string | undefined
  /** Provider id of a step that this server does not have, for the log. */
  readonly unavailableStep: string | undefined

  constructor(
    error: string,
    options: {
      readonly message?: PageNote
      readonly closed?: boolean
      readonly description?: string | undefined
      readonly unavailableStep?: string
      readonly status?: 401 | 403 | undefined
      readonly authenticate?: string | undefined
    } = {},
  ) {
    super(error)
    this.error = error
    this.pageMessage = options.message ?? { key: messages[error] ?? 'invalidUserMessage' }
    this.description = options.description
    this.closed = options.closed ?? false
    this.status = options.status ?? 400
    this.authenticate = options.authenticate
    this.unavailableStep = options.unavailableStep
  }

  /** An enabled step or condition that this server does not have: refuses, rather than lets somebody pass without it. */
  static unavailable(provider: string): FlowFailure {
    return new FlowFailure('step_unavailable', { closed: true, unavailableStep: provider })
  }
}
