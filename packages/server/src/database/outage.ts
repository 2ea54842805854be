import type { Logger } from '../log/logger.ts'
import type { Clock } from '../shared/clock.ts'

/** While the database is away, a line says so this often. */
const reportIntervalMs = 60_000
/** An answer ends an outage when nothing has failed for this long: a pool that is too small fails and answers by turns. */
const quietMs = 2_000

export interface OutageDeps {
  readonly logger: Logger
  readonly clock: Pick<Clock, 'monotonic'>
}

/** What has met the database while it could not be used. */
interface Away {
  /** By the monotonic clock, as the others. */
  readonly since: number
  reportedAt: number
  lastFailureAt: number
  statements: number
  requests: number
}

/**
 * Says in the log that the database cannot be used: one line when that begins, one a minute with counts, one when it ends.
 * Whoever meets the outage leaves the log to it. States: *answering* and *away*.
 */
export class Outage {
  readonly #deps: OutageDeps
  #away: Away | undefined

  constructor(deps: OutageDeps) {
    this.#deps = deps
  }

  /** A statement or a connection found no database. */
  failed(error: Error): void {
    const now = this.#deps.clock.monotonic()
    if (this.#away === undefined) {
      this.#away = { since: now, reportedAt: now, lastFailureAt: now, statements: 1, requests: 0 }
      this.#deps.logger.warn(`The database cannot be used: ${error.message}`)
      return
    }
    const away = this.#away
    away.lastFailureAt = now
    away.statements += 1
    if (now - away.reportedAt < reportIntervalMs) return
    away.reportedAt = now
    this.#deps.logger.warn(`The database cannot be used ${describe(away, now)}: ${error.message}`)
  }

  /** A request was answered 503 because of it. */
  refusedRequest(): void {
    if (this.#away !== undefined) this.#away.requests += 1
  }

  /** A statement got its answer. */
  answered(): void {
    const away = this.#away
    if (away === undefined) return
    const now = this.#deps.clock.monotonic()
    if (now - away.lastFailureAt < quietMs) return
    this.#away = undefined
    this.#deps.logger.info(
      `The database answers again; it could not be used ${describe(away, now)}`,
    )
  }
}

function describe({ since, statements, requests }: Away, now: number): string {
  const seconds = Math.round((now - since) / 1000)
  return `for ${seconds} s (${statements} statements failed, ${requests} requests were refused)`
}
