/** Everything was valid, but the start failed: port taken, file unreadable, data in use. One line; exit code 1, as Keycloak. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}
