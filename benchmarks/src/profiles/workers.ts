import { cpus } from 'node:os'
import { type Operation, runLoad } from '../load/load.ts'
import { browserLogin, clientCredentials } from '../load/scenarios.ts'
import type { Row } from '../report/row.ts'
import { atLeast, type Target } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { anyCorePrefix } from '../server/pinning.ts'
import type { Profile, ProfileContext } from './profile.ts'

const rounds = 2
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
    const rates = { one: 0, two: 0 }
    for (let round = 1; round <= rounds; round++) {
      context.progress(`${name}: one worker, then two (${round} of ${rounds})`)
      rates.one += (await rate(context, one.port, name, 1)) / rounds
      rates.two += (await rate(context, two.port, name, 2)) / rounds
    }
    rows.push(row(`${name}, one worker`, rates.one, null))
    rows.push(row(`${name}, two workers`, rates.two, rates.one))
    targets.push(atLeast(`${name}, gain by a second worker`, rates.two / rates.one, target, '×'))
  }
  return { rows, costs: [], targets, notes: [] }
}

async function rate(
  context: ProfileContext,
  port: number,
  name: keyof typeof connections,
  count: number,
): Promise<number> {
  const load = { port, connections: connections[name] * count, warmupSeconds: 2 }
  return (await runLoad({ ...load, seconds: context.seconds }, operations[name]())).perSecond
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
