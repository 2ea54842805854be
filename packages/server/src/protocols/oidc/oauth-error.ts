import { HttpError } from '../../http/http-error.ts'

/** An error answer of OAuth 2.0 (RFC 6749 §5.2) with Keycloak's texts. */
export class OAuthError extends HttpError {
  readonly error: string
  readonly description: string | undefined
  /** Keycloak's error code for the event, where it differs from `error`. */
  readonly eventError: string
  /** The description, for the event; undefined where it does not repeat it (a flow's refusals, as in Keycloak). */
  readonly eventReason: string | undefined

  constructor(
    status: number,
    error: string,
    description?: string,
    options: {
      eventError?: string
      eventTellsReason?: boolean
      headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    const body = description === undefined ? { error } : { error, error_description: description }
    super(status, body, options.headers)
    this.error = error
    this.description = description
    this.eventError = options.eventError ?? error
    this.eventReason = options.eventTellsReason === false ? undefined : description
  }
}
