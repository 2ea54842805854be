/** A setting or command line that the start refuses: the text names the setting and the mend. Exit code 2, as Keycloak. */
export class SettingError extends Error {
  /** Further lines for the terminal, such as where to find help. */
  readonly hints: readonly string[]

  constructor(message: string, hints: readonly string[] = []) {
    super(message)
    this.name = 'SettingError'
    this.hints = hints
  }
}

/** Everything was valid, but the start failed: port taken, file unreadable, schema too new. Exit code 1, as Keycloak. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}
