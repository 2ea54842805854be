import { type LoadOptions, type Operation, runLoad } from '../load/load.ts'
import { type NoCheaper, untilNoCheaper } from '../load/until-no-cheaper.ts'
import { processorMicros } from '../server/process-usage.ts'

/** Load of which only the effect on the server counts. */
export interface WarmUp extends Pick<LoadOptions, 'port' | 'connections'> {
  /** Of the server. */
  readonly pid: number
}

const sliceSeconds = 1
const compiled: NoCheaper = { calmRounds: 3, gainMin: 0.03, msMax: 20_000 }

/** Puts load on until an operation costs the server no less processor time than before. */
export async function warmUp(
  { port, connections, pid }: WarmUp,
  operation: Operation,
): Promise<void> {
  const load = { port, connections, warmupSeconds: 0, seconds: sliceSeconds }
  await untilNoCheaper(compiled, async () => {
    const from = processorMicros(pid)
    const { completed } = await runLoad(load, operation)
    return (processorMicros(pid) - from) / Math.max(1, completed)
  })
}
