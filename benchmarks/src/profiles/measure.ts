import type { ServerProcess } from '@holdfast/server/harness/server-process'
import type { LoadOptions, Operation } from '../load/load.ts'
import { type MeteredResult, runMetered } from '../load/metered-load.ts'
import { median } from '../median.ts'
import type { Row } from '../report/row.ts'
import type { ProfileContext } from './profile.ts'
import { warmUp } from './warm-up.ts'

/** The limit that an operation is compared with, measured by turns with it. */
export interface Limit {
  readonly name: string
  readonly perSecond: () => Promise<number>
  /** Instead of three: one is enough for a share without a target. */
  readonly turns?: number
}

/** Turns of limit and operation: a shared machine changes its speed from one second to the next. */
const turnsUsually = 3
/** Of each turn, until all connections have something under way. */
export const rampSeconds = 0.5

/** What one turn found. */
interface Turn extends MeteredResult {
  /** Rate of the limit around it; NaN without a limit. */
  readonly limit: number
}

/** Measures one operation at its highest rate and puts it next to its limit; figures are medians of the turns. */
export async function measure(
  context: ProfileContext,
  name: string,
  server: Pick<ServerProcess, 'url' | 'pid'>,
  operation: Operation,
  limit: Limit | null,
  connections: number = context.connections,
): Promise<Row> {
  const port = Number(new URL(server.url).port)
  const load = { port, connections, warmupSeconds: rampSeconds }
  context.progress(`${name}: warming up, ${connections} connections`)
  await warmUp({ ...load, pid: server.pid }, operation)
  const turns = limit?.turns ?? turnsUsually
  context.progress(`${name}: ${context.seconds} s in ${turns} turn${turns === 1 ? '' : 's'}`)
  const turn = { ...load, seconds: context.seconds / turns }
  const taken = await byTurns(turns, turn, server, operation, limit)
  const of = (member: (turn: Turn) => number): number => median(taken.map(member))
  return {
    name,
    value: of(({ perSecond }) => perSecond),
    unit: '/s',
    limit: limit === null ? null : of((turn) => turn.limit),
    limitName: limit?.name ?? '',
    ...(limit === null ? {} : { share: of((turn) => turn.perSecond / turn.limit) }),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    failures: taken.reduce((sum, { failures }) => sum + failures, 0),
    processorMicros: of(({ micros }) => micros),
    coreShare: of(({ coreShare }) => coreShare),
  }
}

async function byTurns(
  turns: number,
  load: LoadOptions,
  server: Pick<ServerProcess, 'pid'>,
  operation: Operation,
  limit: Limit | null,
): Promise<Turn[]> {
  const taken: Turn[] = []
  let before = await limit?.perSecond()
  for (let turn = 0; turn < turns; turn++) {
    const result = await runMetered(load, server.pid, operation)
    const after = await limit?.perSecond()
    const around = before === undefined || after === undefined ? Number.NaN : (before + after) / 2
    taken.push({ ...result, limit: around })
    before = after
  }
  return taken
}
