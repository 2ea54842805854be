/** An answer that ends a request early: thrown anywhere, turned into a response in one place (error-handler.ts). */
export class HttpError extends Error {
  readonly status: number
  /** JSON body, e.g. `{ error: 'invalid_grant', error_description: 'Code not valid' }`. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}
