/**
 * Settles guesses at one user's secrets one after the other within this process: what one of them changes, the next one
 * sees. Different users do not wait for each other.
 */
export class GuessLine {
  readonly #lines = new Map<string, Promise<void>>()
  readonly #underWay = new Map<string, { count: number; begun: number }>()

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

  /**
   * Runs `work` at once, beside others.
   * @returns what came of it, and whether another guess at the same user's was under way at any moment of it
   */
  async beside<T>(user: string, work: () => Promise<T>): Promise<{ result: T; alone: boolean }> {
    const known = this.#underWay.get(user) ?? { count: 0, begun: 0 }
    this.#underWay.set(user, known)
    const first = known.count === 0
    known.count += 1
    known.begun += 1
    const { begun } = known
    try {
      const result = await work()
      return { result, alone: first && known.begun === begun }
    } finally {
      known.count -= 1
      if (known.count === 0) this.#underWay.delete(user)
    }
  }
}
