import { type LoadOptions, type Operation, runLoad } from '../load/load.ts'
import { processorMicros } from '../server/process-usage.ts'

/** Load of which only the effect on the server counts. */
export interface WarmUp extends Pick<LoadOptions, 'port' | 'connections'> {
  /** Of the server. */
  readonly pid: number
}

const sliceSeconds = 1
const secondsMax = 20
/** Slices that have to bring nothing new before it is enough. */
const idleSlices = 3
/** An operation that becomes cheaper by less than this is compiled. */
const gainMin = 0.03

/**
 * Puts load on until an operation no longer becomes cheaper for the server: V8 compiles what runs often while it runs,
 * and a server that starts in half a second has compiled nothing. In processor time per operation, for the rate tells
 * how fast the machine is in that second.
 */
export async function warmUp(
  { port, connections, pid }: WarmUp,
  operation: Operation,
): Promise<void> {
  const load = { port, connections, warmupSeconds: 0, seconds: sliceSeconds }
  let cheapest = Number.POSITIVE_INFINITY
  let idle = 0
  for (let second = 0; second < secondsMax && idle < idleSlices; second += sliceSeconds) {
    const from = processorMicros(pid)
    const { completed } = await runLoad(load, operation)
    const micros = (processorMicros(pid) - from) / Math.max(1, completed)
    idle = micros < cheapest * (1 - gainMin) ? 0 : idle + 1
    cheapest = Math.min(cheapest, micros)
  }
}
