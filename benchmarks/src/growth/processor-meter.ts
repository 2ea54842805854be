import { setTimeout as pause } from 'node:timers/promises'
import type { ServerProcess } from '@holdfast/server/harness/server-process'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { type Operation, timesOf } from '../load/load.ts'
import { type NoCheaper, untilNoCheaper } from '../load/until-no-cheaper.ts'
import { median } from '../median.ts'
import { processorMicros } from '../server/process-usage.ts'
import { backendsOf } from './backends-store.ts'

/** What one operation takes when nothing else is under way. */
export interface OperationTimes {
  /** Lower quartile: what other work on the machine adds now and then is left out. */
  readonly ms: number
  /**
   * Processor time of the server and of all that PostgreSQL does for this database, less what they use while nobody asks for
   * anything; NaN where it is not told.
   */
  readonly processorMs: number
}

const settleMs = 1_500
const idleMs = 1_000
const idleWindows = 3
/** The middle one of so many rounds counts: what happens once, such as a checkpoint, falls into another. */
const rounds = 5
const timesOfRound = 12
const roundMsMax = 1_000
/** Runs of a warm-up until it is looked at whether they have become cheaper. */
const warmupRound = 25
const compiled: NoCheaper = { calmRounds: 2, gainMin: 0.05, msMax: 4_000 }

/** Reads what operations cost a server's processor. */
export class ProcessorMeter {
  readonly #server: ServerProcess
  readonly #database: TestDatabase
  readonly #port: number
  #idle = 0

  constructor(server: ServerProcess, database: TestDatabase) {
    this.#server = server
    this.#database = database
    this.#port = Number(new URL(server.url).port)
  }

  /** Milliseconds of processor time in a second without requests; also taken off from now on. */
  async readIdle(): Promise<number> {
    await pause(settleMs)
    const windows: number[] = []
    for (let window = 0; window < idleWindows; window++) {
      const [before, from] = [await this.#processors(), performance.now()]
      await pause(idleMs)
      windows.push(usedMs(before, await this.#processors()) / (performance.now() - from))
    }
    this.#idle = median(windows)
    return this.#idle * 1_000
  }

  /** Runs an operation until that makes it no cheaper, so that no curve begins with the work of the compiler; bounded. */
  async warmUp(operation: Operation): Promise<void> {
    await untilNoCheaper(compiled, async (msLeft) => {
      return (await this.#round(operation, warmupRound, msLeft)).processorMs
    })
  }

  /** @throws when the operation fails even once */
  async measure(operation: Operation): Promise<OperationTimes> {
    const taken: number[] = []
    const processor: number[] = []
    for (let round = 0; round < rounds; round++) {
      const { times, processorMs } = await this.#round(operation, timesOfRound, roundMsMax)
      taken.push(...times)
      processor.push(processorMs)
    }
    const sorted = taken.toSorted((a, b) => a - b)
    return {
      ms: sorted[Math.floor(sorted.length / 4)] ?? Number.NaN,
      processorMs: median(processor),
    }
  }

  async #round(
    operation: Operation,
    timesMax: number,
    msMax: number,
  ): Promise<{ times: number[]; processorMs: number }> {
    const [before, from] = [await this.#processors(), performance.now()]
    const times = await timesOf(this.#port, { timesMax, timesMin: 1, msMax }, operation)
    const anyway = this.#idle * (performance.now() - from)
    const used = usedMs(before, await this.#processors())
    return { times, processorMs: (used - anyway) / times.length }
  }

  /** Milliseconds of processor time so far of the server and of each process that PostgreSQL runs for this database. */
  async #processors(): Promise<Map<number, number>> {
    const pids = [this.#server.pid, ...(await backendsOf(this.#database))]
    return new Map(pids.map((pid) => [pid, processorMicros(pid) / 1_000]))
  }
}

/** A process that has ended meanwhile takes with it what it used. */
function usedMs(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  return [...after].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0)
}

/** Runs that warming up and measuring an operation take at most. */
export const runsMax = { warmUp: 2 * warmupRound, measure: rounds * timesOfRound }
