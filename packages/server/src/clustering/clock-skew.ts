import type { ClusterLogger, Complaints } from '@holdfast/cluster'
import type { Queryable } from '../database/database.ts'
import type { Clock } from '../shared/clock.ts'
import { databaseTimeMs } from './clock-skew-store.ts'

const intervalMs = 15_000
/** While the node is out of service for it: it must be back within seconds of the clock being right again. */
const excessiveIntervalMs = 3_000
/** From here on it is said. */
const warnMs = 5_000
/** From here on the node's tokens would be refused elsewhere, or accepted for too long: it takes no requests. */
const unreadyMs = 60_000

export interface ClockSkewDeps {
  readonly database: Queryable
  readonly clock: Clock
  readonly complaints: Pick<Complaints, 'warn'>
  readonly log: ClusterLogger
}

/**
 * How far this machine's clock is from the database's. Membership and caches do not depend on clocks, but tokens carry
 * times, and nodes of one cluster must agree on them.
 */
export class ClockSkew {
  readonly #deps: ClockSkewDeps
  #skewMs = 0
  #timer: NodeJS.Timeout | null = null
  #stopped = false

  constructor(deps: ClockSkewDeps) {
    this.#deps = deps
  }

  /** Milliseconds that this node is ahead of the database at the last look; negative when it is behind. */
  get skewMs(): number {
    return this.#skewMs
  }

  /** Whether the node should take no requests. */
  get excessive(): boolean {
    return Math.abs(this.#skewMs) > unreadyMs
  }

  /** Looks at once, and then again and again. */
  async start(): Promise<void> {
    await this.look()
    if (this.#stopped) return
    const next = this.excessive ? excessiveIntervalMs : intervalMs
    this.#timer = setTimeout(() => void this.start(), next)
    this.#timer.unref()
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** What the journey takes counts in the node's favour: it cannot be told from skew. */
  async look(): Promise<void> {
    const { database, clock, complaints, log } = this.#deps
    const before = clock.now()
    let there: number
    try {
      there = await databaseTimeMs(database)
    } catch (err) {
      log.debug({ err }, 'The time of the database could not be read')
      return
    }
    this.#skewMs = distance(there, before, clock.now())
    if (Math.abs(this.#skewMs) <= warnMs) return
    const skewSeconds = Math.round(this.#skewMs / 1_000)
    complaints.warn(
      'clock skew',
      { skewSeconds },
      `This machine's clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} the database's`,
    )
  }
}

/** @returns how far the interval of asking lies from the answer; 0 when the answer lies within */
function distance(there: number, before: number, after: number): number {
  if (there < before) return before - there
  return there > after ? after - there : 0
}
