import type { ServerProcess } from '@holdfast/server/harness/server-process'
import { type Operation, runLoad } from '../load/load.ts'
import {
  countingTurnsMin,
  counts,
  type HeldTurn,
  heldShare,
  type Tail,
  tailOf,
} from './held-turns.ts'
import type { ProfileContext } from './profile.ts'

/** On a machine that never keeps its speed, turns end without three that count. */
const turnsMax = 6
/** Before each measurement, until all connections have something under way. */
export const rampSeconds = 0.3
const highestSeconds = 0.8
/** Long enough that the slowest hundredth are several requests, short enough that the machine mostly keeps its speed. */
export const heldSeconds = 1.7

/** A tail, every turn it was found in, and what went wrong in them. */
export interface MeasuredTail extends Tail {
  readonly turns: readonly HeldTurn[]
  readonly failures: number
}

/**
 * Latencies of an operation at 70 % of its highest rate, by turns: highest rate, held rate, highest rate, held rate, and so
 * on. Each held rate is 70 % of the highest one right before, and counts only when the highest one right after is about
 * the same (`counts`): a shared machine changes its speed within seconds, and what was 70 % may be more than it can do. Ends
 * with the third turn that counts. The server has to be warm.
 */
export async function measureTail(
  context: ProfileContext,
  name: string,
  server: Pick<ServerProcess, 'url'>,
  operation: Operation,
): Promise<MeasuredTail> {
  const load = {
    port: Number(new URL(server.url).port),
    connections: context.connections,
    warmupSeconds: rampSeconds,
  }
  context.progress(`${name}: held at ${100 * heldShare} % of its highest rate, by turns`)
  const turns: HeldTurn[] = []
  let failures = 0
  const run = async (seconds: number, rate?: number) => {
    const options = { ...load, seconds, ...(rate === undefined ? {} : { rate }) }
    const result = await runLoad(options, operation)
    failures += result.failures
    return result
  }
  let before = (await run(highestSeconds)).perSecond
  while (turns.length < turnsMax && turns.filter(counts).length < countingTurnsMin) {
    const rate = Math.max(1, before * heldShare)
    const { p50, p99 } = await run(heldSeconds, rate)
    const after = (await run(highestSeconds)).perSecond
    turns.push({ before, after, rate, p50, p99 })
    before = after
  }
  return { ...tailOf(turns), turns, failures }
}
