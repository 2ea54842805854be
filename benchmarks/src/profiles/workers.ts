import { cpus } from 'node:os'
import { type Operation, runLoad } from '../load/load.ts'
import { browserLogin, clientCredentials } from '../load/scenarios.ts'
import { median } from '../median.ts'
import type { Row } from '../report/row.ts'
import { atLeast, type Target } from '../report/target.ts'
import { type BenchServer, people, startBenchServer } from '../server/bench-server.ts'
import { anyCorePrefix } from '../server/pinning.ts'
import { rampSeconds } from './measure.ts'
import type { Profile } from './profile.ts'
import { warmUp } from './warm-up.ts'

const rounds = 4
const target = 1.6
/** Connections per worker: hashing keeps a core busy with few. */
const connections = { client_credentials: 32, 'browser login': 8 }
const operations: Readonly<Record<keyof typeof connections, () => Operation>> = {
  client_credentials: clientCredentials,
  'browser login': () => browserLogin(people),
}

/** What a second worker on a second core adds, with PostgreSQL and the load on that core as well. */
export const workers: Profile = async (context) => {
  const none = { rows: [], costs: [], targets: [] }
  if (cpus().length < 2) return { ...none, notes: ['there is one core only'] }
  await using one = await startBenchServer(context.postgresUrl)
  await using two = await startBenchServer(context.postgresUrl, {
    prefix: anyCorePrefix(),
    options: ['--workers=2'],
  })
  const rows: Row[] = []
  const targets: Target[] = []
  for (const name of Object.keys(connections) as (keyof typeof connections)[]) {
    const load = { connections: connections[name], operation: operations[name]() }
    const alone = { ...load, bench: one }
    const both = { ...load, bench: two, connections: 2 * load.connections }
    context.progress(`${name}: warming both`)
    await warm(alone)
    await warm(both)
    const rates: { one: number; two: number }[] = []
    for (let round = 1; round <= rounds; round++) {
      context.progress(`${name}: one worker, then two (${round} of ${rounds})`)
      const seconds = context.seconds / 2
      rates.push({ one: await rate(alone, seconds), two: await rate(both, seconds) })
    }
    const reached = {
      one: median(rates.map(({ one }) => one)),
      two: median(rates.map(({ two }) => two)),
    }
    rows.push(row(`${name}, one worker`, reached.one, null))
    rows.push(row(`${name}, two workers`, reached.two, reached.one))
    const gain = median(rates.map((each) => each.two / each.one))
    targets.push(atLeast(`${name}, gain by a second worker`, gain, target, '×'))
  }
  return { rows, costs: [], targets, notes: [] }
}

interface Load {
  readonly bench: BenchServer
  readonly connections: number
  readonly operation: Operation
}

async function warm({ bench, connections, operation }: Load): Promise<void> {
  await warmUp({ port: bench.port, pid: bench.server.pid, connections }, operation)
}

async function rate({ bench, connections, operation }: Load, seconds: number): Promise<number> {
  const load = { port: bench.port, connections, warmupSeconds: rampSeconds, seconds }
  return (await runLoad(load, operation)).perSecond
}

function row(name: string, value: number, limit: number | null): Row {
  return {
    name,
    value,
    unit: '/s',
    limit,
    limitName: limit === null ? '' : 'one worker',
    p50: null,
    p99: null,
    failures: 0,
    processorMicros: null,
  }
}
