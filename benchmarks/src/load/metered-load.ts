import { processorMicros } from '../server/process-usage.ts'
import { type LoadOptions, type LoadResult, type Operation, runLoad } from './load.ts'

/** What a load run found, and what it took from the server's core. */
export interface MeteredResult extends LoadResult {
  /** Processor time of the server per operation that ended, well or not, in microseconds. */
  readonly micros: number
  /** Share of one core that the server used from the first operation to the last. */
  readonly coreShare: number
}

/**
 * `runLoad`, with the processor time of the server meanwhile.
 * @param pid of the server
 */
export async function runMetered(
  options: LoadOptions,
  pid: number,
  operation: Operation,
): Promise<MeteredResult> {
  const begin = performance.now()
  const from = processorMicros(pid)
  const result = await runLoad(options, operation)
  const spent = processorMicros(pid) - from
  return {
    ...result,
    micros: spent / Math.max(1, result.completed),
    coreShare: spent / 1000 / (performance.now() - begin),
  }
}
