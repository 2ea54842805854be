import { type LoadResult, runLoad } from '../load/load.ts'
import { clientCredentials, passwordGrant } from '../load/scenarios.ts'
import { lineChart } from '../report/line-chart.ts'
import type { Row } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { atLeast, atMost } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import type { Profile } from './profile.ts'

/** How much more is asked than can be done. */
const excess = 3
/** Enough connections that the load does not wait for answers as a closed loop would. */
const crowd = 600
const stormConnections = 64
/** Share of the highest rate that token requests have while the storm blows. */
const quietShare = 0.15
const probePauseMs = 200
const probeTimeoutMs = 2_000
const goodputTarget = 0.9
const stormTargetMs = 20

/** Three times what the server can do, with health probes; then a storm of logins beside quiet token requests. */
export const overload: Profile = async (context) => {
  await using bench = await startBenchServer(context.postgresUrl)
  const { port } = bench
  const operation = clientCredentials()
  const closed = { port, connections: context.connections, warmupSeconds: 2 }
  context.progress('highest rate of client_credentials')
  const most = await runLoad({ ...closed, seconds: context.seconds }, operation)
  context.progress(`${excess} times that over ${crowd} connections`)
  const probes = watchHealth(`${bench.server.managementUrl}/health/live`)
  const flooded = await runLoad(
    {
      port,
      connections: crowd,
      warmupSeconds: 2,
      seconds: context.seconds,
      rate: most.perSecond * excess,
    },
    operation,
  )
  const health = await probes.end()
  context.progress('highest rate once more')
  const again = await runLoad({ ...closed, seconds: context.seconds }, operation)
  const limit = (most.perSecond + again.perSecond) / 2

  context.progress('token requests alone')
  const quiet = {
    ...closed,
    seconds: context.seconds,
    rate: Math.max(1, most.perSecond * quietShare),
  }
  const alone = await runLoad(quiet, operation)
  context.progress(`token requests beside a storm over ${stormConnections} connections`)
  const stormLoad = { port, connections: stormConnections, warmupSeconds: 2 }
  const [storm, beside] = await Promise.all([
    runLoad({ ...stormLoad, seconds: context.seconds }, passwordGrant(people)),
    runLoad(quiet, operation),
  ])
  const goodput = flooded.perSecond / limit
  const raised = beside.p99 - alone.p99
  return {
    rows: [
      row('client_credentials, closed loop', most, null),
      row(`${excess} × offered: goodput`, flooded, limit),
      row('token requests alone', alone, null),
      row('token requests in the storm', beside, null),
      row('logins of the storm', storm, null),
    ],
    costs: [],
    targets: [
      atLeast(`goodput at ${excess} × the highest rate`, goodput, goodputTarget),
      atMost('health probes without an answer', health.missed, 0),
      atMost('p99 of token requests, raised by the storm', raised, stormTargetMs, 'ms'),
    ],
    notes: [`health probes: ${health.answered} answered, slowest ${figure(health.slowestMs)} ms`],
    chart: lineChart('p99 of token requests, ms', 'logins per second beside', [
      {
        name: 'p99',
        points: [
          [0, alone.p99],
          [storm.perSecond, beside.p99],
        ],
      },
    ]),
  }
}

function row(name: string, result: LoadResult, limit: number | null): Row {
  return {
    name,
    value: result.perSecond,
    unit: '/s',
    limit,
    limitName: limit === null ? '' : 'highest rate',
    p50: result.p50,
    p99: result.p99,
    failures: result.failures,
    processorMicros: null,
  }
}

/** Asks for the health again and again until told to end. */
function watchHealth(url: string) {
  const found = { answered: 0, missed: 0, slowestMs: 0 }
  let ended = false
  const watching = (async () => {
    while (!ended) {
      const begin = performance.now()
      const good = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) }).then(
        async (answer) => {
          await answer.arrayBuffer()
          return answer.status === 200
        },
        () => false,
      )
      if (good) found.answered += 1
      else found.missed += 1
      found.slowestMs = Math.max(found.slowestMs, performance.now() - begin)
      await new Promise((resume) => setTimeout(resume, probePauseMs))
    }
  })()
  return {
    async end() {
      ended = true
      await watching
      return found
    },
  }
}
