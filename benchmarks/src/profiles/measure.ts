import type { ServerProcess } from '@holdfast/server/harness/server-process'
import { type LoadResult, type Operation, runLoad } from '../load/load.ts'
import type { Row } from '../report/row.ts'
import { processorMicros } from '../server/process-usage.ts'
import type { ProfileContext } from './profile.ts'

/** The limit that an operation is compared with. */
export interface Limit {
  readonly name: string
  readonly perSecond: number
}

const warmupSeconds = 2

/** Measures one operation and puts it next to its limit. */
export async function measure(
  context: ProfileContext,
  name: string,
  server: ServerProcess,
  operation: Operation,
  limit: Limit | null,
  connections: number = context.connections,
): Promise<Row> {
  context.progress(`${name}: ${connections} connections, ${context.seconds} s`)
  const port = Number(new URL(server.url).port)
  await runLoad({ port, connections, warmupSeconds: 0, seconds: warmupSeconds }, operation)
  const before = processorMicros(server.pid)
  const load = { port, connections, warmupSeconds: 0, seconds: context.seconds }
  const result = await runLoad(load, operation)
  const spent = processorMicros(server.pid) - before
  return rowOf(name, result, limit, spent)
}

function rowOf(name: string, result: LoadResult, limit: Limit | null, spentMicros: number): Row {
  return {
    name,
    value: result.perSecond,
    unit: '/s',
    limit: limit?.perSecond ?? null,
    limitName: limit?.name ?? '',
    p50: result.p50,
    p99: result.p99,
    failures: result.failures,
    processorMicros: spentMicros / Math.max(1, result.operations),
  }
}
