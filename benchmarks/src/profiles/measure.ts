import type { ServerProcess } from '@holdfast/server/harness/server-process'
import { type Operation, runLoad } from '../load/load.ts'
import type { Row } from '../report/row.ts'
import { processorMicros } from '../server/process-usage.ts'
import type { ProfileContext } from './profile.ts'

/** The limit that an operation is compared with, measured right before and right after it. */
export interface Limit {
  readonly name: string
  readonly perSecond: () => Promise<number>
}

const warmupSeconds = 2
/** Share of the highest rate at which latencies say something about a healthy server. */
const steadyShare = 0.7
/** Share of the measuring time that the steady rate is held. */
const steadySecondsShare = 0.5

/** Measures one operation, at most and at 70 % of that, and puts it next to its limit. */
export async function measure(
  context: ProfileContext,
  name: string,
  server: Pick<ServerProcess, 'url' | 'pid'>,
  operation: Operation,
  limit: Limit | null,
  connections: number = context.connections,
): Promise<Row> {
  context.progress(`${name}: ${connections} connections, ${context.seconds} s`)
  const port = Number(new URL(server.url).port)
  const before = await limit?.perSecond()
  await runLoad({ port, connections, warmupSeconds: 0, seconds: warmupSeconds }, operation)
  const from = processorMicros(server.pid)
  const load = { port, connections, warmupSeconds: 0, seconds: context.seconds }
  const result = await runLoad(load, operation)
  const spent = processorMicros(server.pid) - from
  const after = await limit?.perSecond()
  const steady = await runLoad(
    {
      ...load,
      warmupSeconds: 0.5,
      seconds: context.seconds * steadySecondsShare,
      rate: Math.max(1, result.perSecond * steadyShare),
    },
    operation,
  )
  return {
    name,
    value: result.perSecond,
    unit: '/s',
    limit: before === undefined || after === undefined ? null : (before + after) / 2,
    limitName: limit?.name ?? '',
    p50: result.p50,
    p99: result.p99,
    p50At70: steady.p50,
    p99At70: steady.p99,
    failures: result.failures + steady.failures,
    processorMicros: spent / Math.max(1, result.operations),
    coreShare: spent / (context.seconds * 1_000_000),
  }
}
