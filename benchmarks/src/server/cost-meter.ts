import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from '../load/connection.ts'
import { type Operation, repeat } from '../load/load.ts'
import { userinfo } from '../load/scenarios.ts'
import { median } from '../median.ts'
import { type BenchServer, startBenchServer } from './bench-server.ts'
import type { Cost } from './cost.ts'
import { type CostCounters, readCounters } from './cost-counters.ts'

/** Batched touches are written within two seconds. */
const settleMs = 2_200
/** How long, and how often, the server is watched while nobody asks for anything. */
const idleMs = 2_000
const idleWindows = 3
/** Runs of an operation before it is counted. */
export const warmups = 50
/** Few, so that all of them are used time and again: see `#settled`. */
const poolSize = 2
/** Enough requests at once that every connection of the pool gets one. */
const wakers = 8
const wakingPauseMs = 200

/**
 * A server of its own that counts what its operations cost: repeats each on an otherwise idle server and takes off what
 * the server does anyway in that time.
 */
export class CostMeter implements AsyncDisposable {
  readonly #bench: BenchServer
  readonly #waking: Operation
  /** What an idle server costs per millisecond. */
  #idle: CostCounters | null = null
  /** What one waking costs, see `#settled`. */
  #wakingCost: CostCounters | null = null

  private constructor(bench: BenchServer, waking: Operation) {
    this.#bench = bench
    this.#waking = waking
  }

  /** Starts the server with the demo realm. */
  static async open(postgresUrl: string): Promise<CostMeter> {
    const options = ['--metrics-enabled=true', `--db-pool-max-size=${poolSize}`]
    const bench = await startBenchServer(postgresUrl, { options })
    return new CostMeter(bench, await userinfo(bench.port))
  }

  get port(): number {
    return this.#bench.port
  }

  /**
   * Runs an operation `warmups` times, so that every page that it writes to was written to since the last checkpoint (the
   * first time, PostgreSQL logs the whole page), and then counts what it costs.
   * @throws when the operation fails even once
   */
  async measure(operation: string, run: Operation, times: number): Promise<Cost> {
    await repeat(this.port, warmups, run)
    const idle = await this.#idleCost()
    const before = await this.#settled()
    const from = performance.now()
    const failures = await repeat(this.port, times, run)
    if (failures > 0) throw new Error(`${operation}: ${failures} of ${times} failed`)
    const after = await this.#settled()
    const tookMs = performance.now() - from
    const waking = this.#wakingCost
    const each = combined((name) => {
      const anyway = idle[name] * tookMs + (waking?.[name] ?? 0)
      return Math.max(0, after[name] - before[name] - anyway) / times
    })
    return { operation, ...each }
  }

  async #idleCost(): Promise<CostCounters> {
    if (this.#idle !== null) return this.#idle
    const seen = [{ counters: await this.#settled(), at: performance.now() }]
    for (let window = 0; window < idleWindows; window++) {
      await pause(idleMs)
      seen.push({ counters: await this.#counters(), at: performance.now() })
    }
    // What PostgreSQL does once, such as analysing a table that was filled, falls into one window.
    const idle = combined((name) =>
      median(
        seen.slice(1).map(({ counters, at }, index) => {
          const former = seen[index]
          return (counters[name] - (former?.counters[name] ?? 0)) / (at - (former?.at ?? 0))
        }),
      ),
    )
    this.#idle = idle
    const wakings: CostCounters[] = []
    for (let waking = 0; waking < idleWindows; waking++) {
      const [before, from] = [await this.#counters(), performance.now()]
      const after = await this.#settled()
      const tookMs = performance.now() - from
      wakings.push(combined((name) => after[name] - before[name] - idle[name] * tookMs))
    }
    this.#wakingCost = combined((name) => median(wakings.map((waking) => waking[name])))
    return idle
  }

  /**
   * The counters when all that was asked for is written and counted. A process of PostgreSQL tells what it did once a
   * second, and only when it gets something to do: so each gets something, which is the same every time.
   */
  async #settled(): Promise<CostCounters> {
    await pause(settleMs)
    const connections = Array.from({ length: wakers }, () => new Connection(this.port))
    await Promise.all(connections.map((connection, index) => this.#waking(connection, index)))
    for (const connection of connections) connection.close()
    await pause(wakingPauseMs)
    return await this.#counters()
  }

  #counters(): Promise<CostCounters> {
    return readCounters(this.#bench.database, this.#bench.server.managementUrl)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]()
  }
}

function combined(value: (name: keyof CostCounters) => number): CostCounters {
  return {
    statements: value('statements'),
    roundTrips: value('roundTrips'),
    transactions: value('transactions'),
    writingTransactions: value('writingTransactions'),
    walBytes: value('walBytes'),
    synchronousCommits: value('synchronousCommits'),
    rowsWritten: value('rowsWritten'),
    rowsRead: value('rowsRead'),
    signatures: value('signatures'),
    hashes: value('hashes'),
  }
}
