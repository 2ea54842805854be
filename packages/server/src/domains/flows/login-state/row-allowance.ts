import type { Clock } from '../../../shared/clock.ts'

/** Rows that one address may cause within a minute before anything is proved. */
const loginRowsPerWindowMax = 30
const windowMs = 60_000
/** Addresses that are remembered at a time; more share what is left of the window. */
const addressesMax = 10_000

/**
 * Login state too long for an address becomes a row although nobody has proved anything. This bounds how many of these one
 * network address may cause, so that the table cannot be filled by visits.
 */
export class RowAllowance {
  readonly #clock: Clock
  readonly #rows = new Map<string, number>()
  readonly #rowsPerWindowMax: number
  #windowEnds = Number.NEGATIVE_INFINITY

  /** @param rowsPerWindowMax rows that one address may cause within a minute */
  constructor(clock: Clock, rowsPerWindowMax = loginRowsPerWindowMax) {
    this.#clock = clock
    this.#rowsPerWindowMax = rowsPerWindowMax
  }

  /** @returns whether the address may cause another row now */
  take(address: string): boolean {
    const now = this.#clock.monotonic()
    if (now >= this.#windowEnds) {
      this.#rows.clear()
      this.#windowEnds = now + windowMs
    }
    const key = this.#rows.has(address) || this.#rows.size < addressesMax ? address : ''
    const used = this.#rows.get(key) ?? 0
    if (used >= this.#rowsPerWindowMax) return false
    this.#rows.set(key, used + 1)
    return true
  }
}
