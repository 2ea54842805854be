/** When a value of a record was the current one. */
interface Reign {
  readonly write: number
  readonly from: number
  to: number
}

/** Which write of each record was current when, in one history of the database. Write 0 = the record does not exist. */
export class History {
  readonly #reigns = new Map<string, Reign[]>()

  record(key: string, write: number, at: number): void {
    const reigns = this.#reigns.get(key)
    if (reigns === undefined) {
      const first = { write, from: at, to: Number.POSITIVE_INFINITY }
      this.#reigns.set(key, write === 0 ? [first] : [{ write: 0, from: 0, to: at }, first])
      return
    }
    const last = reigns.at(-1)
    if (last !== undefined) last.to = at
    reigns.push({ write, from: at, to: Number.POSITIVE_INFINITY })
  }

  /** Whether there was a moment from `since` to `until` when all of these were current together. */
  current(
    values: readonly (readonly [key: string, write: number])[],
    since: number,
    until: number,
  ): boolean {
    let spans: { from: number; to: number }[] = [{ from: since, to: until }]
    for (const [key, write] of values) {
      const reigns = this.#reigns.get(key) ?? [{ write: 0, from: 0, to: Number.POSITIVE_INFINITY }]
      const next: { from: number; to: number }[] = []
      for (const span of spans) {
        for (const reign of reigns) {
          if (reign.write !== write) continue
          const from = Math.max(span.from, reign.from)
          const to = Math.min(span.to, reign.to)
          if (from <= to) next.push({ from, to })
        }
      }
      spans = next
    }
    return spans.length > 0
  }

  /** The latest write of a record. */
  latest(key: string): number {
    return this.#reigns.get(key)?.at(-1)?.write ?? 0
  }
}
