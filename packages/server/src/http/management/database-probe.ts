import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import type { CheckResult, HealthCheck } from './health-checks.ts'

const intervalMs = 2_000
/** A blip must not empty the load balancer: the database has to be away for this long (cluster.md §11). */
const toleranceMs = 8_000

export interface DatabaseProbeDeps {
  readonly database: Pick<Database, 'query'>
  readonly clock: Clock
}

/** Asks the database from time to time whether it answers; every question has the deadline of a single statement. */
export class DatabaseProbe implements HealthCheck, Disposable {
  readonly name = 'Keycloak database connections async health check'
  readonly #deps: DatabaseProbeDeps
  readonly #timer: NodeJS.Timeout
  #lastAnswerAt = -Infinity
  #asking = false

  constructor(deps: DatabaseProbeDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => void this.ask(), intervalMs)
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
    } catch {
      // No answer is what the check reports.
    } finally {
      this.#asking = false
    }
  }

  check(): CheckResult {
    const up = this.#deps.clock.monotonic() - this.#lastAnswerAt < toleranceMs
    return up ? { up } : { up, data: { 'Failing since': this.#failingSince() } }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #failingSince(): string {
    if (this.#lastAnswerAt === -Infinity) return 'start'
    const { clock } = this.#deps
    return new Date(clock.now() - (clock.monotonic() - this.#lastAnswerAt)).toISOString()
  }
}
