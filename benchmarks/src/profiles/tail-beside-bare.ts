import type { ServerProcess } from '@holdfast/server/harness/server-process'
import { bareRouteTail } from '../limits/machine-limits.ts'
import type { Operation } from '../load/load.ts'
import { figure } from '../report/table.ts'
import { counts, type HeldTurn } from './held-turns.ts'
import { heldSeconds, type MeasuredTail, measureTail, rampSeconds } from './measure-tail.ts'
import type { ProfileContext } from './profile.ts'

/** The tail of an operation, and that of a bare route right after, at the same rate. */
export interface TailBesideBare {
  readonly name: string
  readonly own: MeasuredTail
  /** What the machine does to latencies that no server can help; null where not measured. */
  readonly bare: { readonly p50: number; readonly p99: number; readonly quotient: number } | null
}

/**
 * Measures both, the operation on a server that is warm.
 * @param bareBytes of the bare route's answers; null leaves it out
 */
export async function tailBesideBare(
  context: ProfileContext,
  name: string,
  server: Pick<ServerProcess, 'url'>,
  operation: Operation,
  bareBytes: number | null,
): Promise<TailBesideBare> {
  const own = await measureTail(context, name, server, operation)
  if (bareBytes === null) return { name, own, bare: null }
  context.progress(`a bare route, held at the rate of ${name}`)
  const bare = await bareRouteTail(bareBytes, {
    connections: context.connections,
    warmupSeconds: rampSeconds,
    seconds: heldSeconds,
    rate: own.rate,
  })
  return { name, own, bare }
}

/** How many turns counted, each of them, and the bare route, for the notes of a profile. */
export function tailNote({ name, own, bare }: TailBesideBare): string {
  const beside =
    bare === null
      ? []
      : [
          `A bare route held at ${figure(own.rate)}/s: ${figure(bare.p99)} / ${figure(bare.p50)} ms = ${figure(bare.quotient)}.`,
        ]
  return [
    `${name} at 70 %: ${own.counted} of ${own.taken} turns counted, p99 / p50 ${figure(own.quotient)}.`,
    ...beside,
    `Turns: ${own.turns.map(turnText).join('; ')}`,
  ].join(' ')
}

function turnText(turn: HeldTurn): string {
  const { before, after, rate, p50, p99 } = turn
  const kept = counts(turn) ? '' : ', not counted'
  return `${figure(rate)}/s between ${figure(before)} and ${figure(after)}: ${figure(p99)} / ${figure(p50)} ms${kept}`
}
