import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from './connection.ts'

/** One operation on one connection; resolves to whether it went as it should. */
export type Operation = (connection: Connection, index: number) => Promise<boolean>

/** What a load run found. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly failures: number
  /** That ended in the measured time. */
  readonly operations: number
  /** That ended at all: what the server has worked for. */
  readonly completed: number
}

/** How a load is put on. */
export interface LoadOptions {
  readonly port: number
  readonly connections: number
  /** That many connections that are open already; unless given, each is opened by its first operation. Closed at the end. */
  readonly open?: readonly Connection[]
  readonly warmupSeconds: number
  readonly seconds: number
  /** Operations that are begun per second over all connections; as many as go when left out. */
  readonly rate?: number
}

/**
 * Runs an operation on every connection and measures after the warm-up: in a closed loop, or at a given rate. With a
 * rate, the latency counts from the moment at which the operation was due, so that waiting for a connection is seen.
 */
export async function runLoad(options: LoadOptions, operation: Operation): Promise<LoadResult> {
  const begin = performance.now()
  const measureFrom = begin + options.warmupSeconds * 1000
  const end = measureFrom + options.seconds * 1000
  const intervalMs = options.rate === undefined ? 0 : 1000 / options.rate
  const latencies: number[] = []
  let failures = 0
  let begun = 0
  let completed = 0
  const worker = async (index: number): Promise<void> => {
    const connection = options.open?.[index] ?? new Connection(options.port)
    for (;;) {
      const due = intervalMs === 0 ? performance.now() : begin + begun++ * intervalMs
      if (due >= end) break
      if (due > performance.now()) await pause(due - performance.now())
      const sent = performance.now()
      // An operation that is overdue when the time is up was never sent.
      if (sent >= end) break
      const good = await operation(connection, index).catch(() => false)
      const done = performance.now()
      completed += 1
      // The answer decides whether it counts: those that are under way at the beginning make up for those at the end.
      if (done < measureFrom || done > end) continue
      // Timers of the system end up to a millisecond early.
      if (good) latencies.push(done - Math.min(due, sent))
      else failures += 1
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: options.connections }, (_, index) => worker(index)))
  return { ...summary(latencies, failures, options.seconds), completed }
}

function summary(
  latencies: number[],
  failures: number,
  seconds: number,
): Omit<LoadResult, 'completed'> {
  const sorted = Float64Array.from(latencies).sort()
  const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    perSecond: sorted.length / seconds,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    failures,
    operations: sorted.length,
  }
}

/** Runs an operation a number of times, one after the other, for cost accounting. */
export async function repeat(port: number, times: number, operation: Operation): Promise<number> {
  const connection = new Connection(port)
  let failures = 0
  for (let index = 0; index < times; index++) {
    if (!(await operation(connection, index))) failures += 1
  }
  connection.close()
  return failures
}

/** How often an operation is run; it ends earlier when the time is up, but not before `timesMin`. */
export interface Repetitions {
  readonly timesMax: number
  readonly timesMin: number
  readonly msMax: number
}

/**
 * Milliseconds that each run of an operation took, in ascending order, with nothing else under way.
 * @throws when it fails, so that no curve is drawn through refusals
 */
export async function timesOf(
  port: number,
  { timesMax, timesMin, msMax }: Repetitions,
  operation: Operation,
): Promise<number[]> {
  const connection = new Connection(port)
  const end = performance.now() + msMax
  const taken: number[] = []
  while (taken.length < timesMax) {
    const begin = performance.now()
    if (begin > end && taken.length >= timesMin) break
    const good = await operation(connection, taken.length)
    taken.push(performance.now() - begin)
    if (!good) throw new Error('an operation that is measured failed')
  }
  connection.close()
  return taken.toSorted((a, b) => a - b)
}
