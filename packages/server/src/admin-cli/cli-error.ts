/** A command that fails, with what is to be said on the standard error output. */
export class CliError extends Error {
  /** Whether the command line is to blame: exit code 2 and a line that leads to the help, else 1. */
  readonly usage: boolean
  /** Names of options that may have been meant. */
  readonly suggestions: readonly string[]

  constructor(message: string, usage = false, suggestions: readonly string[] = []) {
    super(message)
    this.usage = usage
    this.suggestions = suggestions
  }
}
