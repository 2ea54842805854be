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
