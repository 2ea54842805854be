import { Connection } from './connection.ts'

/** One operation on one connection; resolves to whether it went as it should. */
export type Operation = (connection: Connection, index: number) => Promise<boolean>

/** What a load run found. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly failures: number
  readonly operations: number
}

/** How a load is put on. */
export interface LoadOptions {
  readonly port: number
  readonly connections: number
  readonly warmupSeconds: number
  readonly seconds: number
}

/** Runs an operation in a closed loop on every connection and measures after the warm-up. */
export async function runLoad(options: LoadOptions, operation: Operation): Promise<LoadResult> {
  const begin = performance.now()
  const measureFrom = begin + options.warmupSeconds * 1000
  const end = measureFrom + options.seconds * 1000
  const latencies: number[] = []
  let failures = 0
  const worker = async (index: number): Promise<void> => {
    const connection = new Connection(options.port)
    for (let now = performance.now(); now < end; ) {
      const good = await operation(connection, index).catch(() => false)
      const done = performance.now()
      if (now >= measureFrom && done <= end) {
        if (good) latencies.push(done - now)
        else failures += 1
      }
      now = done
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: options.connections }, (_, index) => worker(index)))
  return summary(latencies, failures, options.seconds)
}

function summary(latencies: number[], failures: number, seconds: number): LoadResult {
  const sorted = Float64Array.from(latencies).sort()
  const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    perSecond: sorted.length / seconds,
    p50: quantile(0.5),
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
