/** A logout request that is wrong: shown as an error page with a text of the message catalogue. */
export class LogoutProblem extends Error {
  readonly key: string
  readonly params: readonly string[]

  constructor(key: string, ...params: readonly string[]) {
    super(key)
    this.key = key
    this.params = params
  }
}
