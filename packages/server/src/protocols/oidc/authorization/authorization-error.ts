/** An error that the client is told through its redirect URI (RFC 6749 §4.1.2.1). */
export class AuthorizationError extends Error {
  readonly error: string
  readonly description: string | undefined

  constructor(error: string, description?: string) {
    super(error)
    this.error = error
    this.description = description
  }
}
