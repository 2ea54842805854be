import { type LoadResult, type Operation, runLoad } from '../load/load.ts'
import type { Row } from '../report/row.ts'
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
  port: number,
  operation: Operation,
  limit: Limit | null,
  connections: number = context.connections,
): Promise<Row> {
  context.progress(`${name}: ${connections} connections, ${context.seconds} s`)
  const result = await runLoad(
    { port, connections, warmupSeconds, seconds: context.seconds },
    operation,
  )
  return rowOf(name, result, limit)
}

function rowOf(name: string, result: LoadResult, limit: Limit | null): Row {
  return {
    name,
    value: result.perSecond,
    unit: '/s',
    limit: limit?.perSecond ?? null,
    limitName: limit?.name ?? '',
    p50: result.p50,
    p99: result.p99,
    failures: result.failures,
  }
}
