/** A request that cannot be answered to the client, because it is not known who that is or where: an error page. */
export class InvalidRequestPage extends Error {
  readonly key: string
  readonly params: readonly string[]
  readonly status: number
  /** Keycloak's error code for the event LOGIN_ERROR. */
  readonly eventError: string

  constructor(
    key: string,
    params: readonly string[] = [],
    options: { readonly status?: number; readonly eventError?: string } = {},
  ) {
    super(key)
    this.key = key
    this.params = params
    this.status = options.status ?? 400
    this.eventError = options.eventError ?? 'invalid_request'
  }
}
