/**
 * Settles guesses at one user's secrets one after the other within this process: what one of them changes, the next one
 * sees. Different users do not wait for each other.
 */
export class GuessLine {
  readonly #lines = new Map<string, Promise<void>>()

  /**
   * Runs `work` when all that was asked for the same user before is done.
   * @param user realm and user
   */
  async inTurn<T>(user: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(user)
    const run = before === undefined ? work() : before.then(work)
    const settled = run.then(
      () => undefined,
      () => undefined,
    )
    this.#lines.set(user, settled)
    try {
      return await run
    } finally {
      if (this.#lines.get(user) === settled) this.#lines.delete(user)
    }
  }
}
