import type { Database } from '../../database/database.ts'
import { isGone } from '../../database/database-error.ts'
import type { Clock } from '../../shared/clock.ts'
import type { CheckResult, HealthCheck } from './health-checks.ts'

const intervalMs = 2_000
/** What has answered so recently need not be asked. */
const freshMs = 4_000
/** A blip must not empty the load balancer: the database has to be silent for this long (cluster.md §11). */
const silentMsMax = 8_000
/** One that says itself that it is not there is away for longer than a blip sooner. */
const goneMsMax = 2_000
/** While it says so it is asked this often. */
const goneIntervalMs = 500

export interface DatabaseProbeDeps {
  readonly database: Pick<Database, 'query'>
  readonly clock: Clock
}

/**
 * Knows whether the database answers: from the statements that were answered, and where there are none, by asking. Every
 * question has the deadline of a single statement.
 */
export class DatabaseProbe implements HealthCheck, Disposable {
  readonly name = 'Keycloak database connections async health check'
  readonly #deps: DatabaseProbeDeps
  readonly #timer: NodeJS.Timeout
  #lastAnswerAt = -Infinity
  /** Since when every question was met by the word that it is not there. */
  #goneSince: number | undefined
  #again: NodeJS.Timeout | undefined
  #asking = false

  constructor(deps: DatabaseProbeDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => void this.#askUnlessKnown(), intervalMs)
    this.#timer.unref()
  }

  /** Asks now, unless a question is under way. */
  async ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const startedAt = this.#deps.clock.monotonic()
    try {
      await this.#deps.database.query('SELECT 1')
      this.#lastAnswerAt = startedAt
      this.#goneSince = undefined
    } catch (error) {
      // No answer is what the check reports.
      this.#goneSince = isGone(error) ? (this.#goneSince ?? startedAt) : undefined
      if (this.#goneSince !== undefined) this.#askSoon()
    } finally {
      this.#asking = false
    }
  }

  check(): CheckResult {
    const now = this.#deps.clock.monotonic()
    const silent = now - this.#lastAnswerAt >= silentMsMax
    const gone = this.#goneSince !== undefined && now - this.#goneSince >= goneMsMax
    const up = !silent && !gone
    return up ? { up } : { up, data: { 'Failing since': this.#failingSince() } }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    clearTimeout(this.#again)
  }

  /** Somebody has met a database that is not there: whether it stays away is asked from now on. */
  noticed(error: Error): void {
    if (this.#goneSince === undefined && isGone(error)) void this.ask()
  }

  /** A statement got its answer: the database is there. */
  answered(): void {
    this.#lastAnswerAt = this.#deps.clock.monotonic()
    this.#goneSince = undefined
  }

  async #askUnlessKnown(): Promise<void> {
    if (this.#deps.clock.monotonic() - this.#lastAnswerAt > freshMs) await this.ask()
  }

  #askSoon(): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => void this.ask(), goneIntervalMs)
    this.#again.unref()
  }

  #failingSince(): string {
    if (this.#lastAnswerAt === -Infinity) return 'start'
    const { clock } = this.#deps
    return new Date(clock.now() - (clock.monotonic() - this.#lastAnswerAt)).toISOString()
  }
}
