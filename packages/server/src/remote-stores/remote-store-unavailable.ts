/** The remote store did not do what it was asked for, or not in time: answer 503 with `Retry-After`. */
export class RemoteStoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RemoteStoreUnavailable'
  }
}
