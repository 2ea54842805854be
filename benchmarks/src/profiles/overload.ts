import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from '../load/connection.ts'
import { type LoadResult, runLoad } from '../load/load.ts'
import { clientCredentials, jwks, passwordGrant } from '../load/scenarios.ts'
import { lineChart } from '../report/line-chart.ts'
import type { Row } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { atLeast, atMost } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import type { Profile, ProfileContext } from './profile.ts'
import { warmUp } from './warm-up.ts'

/** How much more is asked than can be done. */
const excess = 3
/** Enough connections that the load hardly waits for answers as a closed loop would; fewer than requests are let in by default. */
const crowd = 1_500
/** Instead of the default, to see what refusing at once does. */
const shortLine = 100
const stormConnections = 64
/** Alone and in a storm, by turns. */
const stormRounds = 3
/** Share of the highest rate that token requests have while the storm blows. */
const quietShare = 0.15
const probePauseMs = 200
const probeTimeoutMs = 2_000
const goodputTarget = 0.9
const stormTargetMs = 20

/** Three times what the server can do, with health probes; then a storm of logins beside quiet token requests. */
export const overload: Profile = async (context) => {
  const usual = await flood(context, 'default', [])
  const short = await flood(context, `${shortLine} queued`, [
    `--http-max-queued-requests=${shortLine}`,
  ])
  const { alone, beside, storm } = await weather(context, usual.highest)
  const raised = beside.p99 - alone.p99
  return {
    rows: [
      ...[usual, short].map(({ name, flooded, highest }) => row(name, flooded, highest)),
      row('token requests alone', alone, null),
      row('token requests in the storm', beside, null),
      row('logins of the storm', storm, null),
    ],
    costs: [],
    targets: [
      atLeast(
        `${usual.name}: answered, of the highest rate`,
        usual.flooded.perSecond / usual.highest,
        goodputTarget,
      ),
      atMost(`${usual.name}: health probes without an answer`, usual.health.missed, 0),
      atMost('p99 of token requests, raised by the storm', raised, stormTargetMs, 'ms'),
    ],
    notes: [
      ...[usual, short].flatMap(({ name, health, newcomers, flooded }) => [
        `${name}: ${flooded.failures} refused; ${health.answered} health probes answered, the slowest after ${figure(health.slowestMs)} ms`,
        `${name}: ${newcomers.answered} of ${newcomers.answered + newcomers.missed} new connections got a realm's keys, the slowest after ${figure(newcomers.slowestMs)} ms`,
      ]),
    ],
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

interface Flood {
  readonly name: string
  readonly flooded: LoadResult
  readonly health: Watched
  /** Who was not connected before. */
  readonly newcomers: Watched
  /** Mean of before and after. */
  readonly highest: number
}

/** The highest rate, three times as much, and the highest rate once more. */
async function flood(
  context: ProfileContext,
  line: string,
  options: readonly string[],
): Promise<Flood> {
  await using bench = await startBenchServer(context.postgresUrl, { options })
  const { port } = bench
  const operation = clientCredentials()
  const closed = {
    port,
    connections: context.connections,
    warmupSeconds: 2,
    seconds: context.seconds,
  }
  context.progress(`${line}: highest rate of client_credentials`)
  await warmUp({ ...closed, pid: bench.server.pid }, operation)
  const most = await runLoad(closed, operation)
  context.progress(`${line}: ${excess} times that over ${crowd} connections`)
  const probes = watch(() => healthy(`${bench.server.managementUrl}/health/live`))
  const arrivals = watch(() => newcomer(port))
  const rate = most.perSecond * excess
  const flooded = await runLoad({ ...closed, connections: crowd, rate }, operation)
  const [health, newcomers] = await Promise.all([probes.end(), arrivals.end()])
  context.progress(`${line}: highest rate once more`)
  const again = await runLoad(closed, operation)
  return {
    name: `${excess} × offered, ${line}`,
    flooded,
    health,
    newcomers,
    highest: (most.perSecond + again.perSecond) / 2,
  }
}

/** Few token requests, alone and beside as many logins as the server takes, by turns. */
async function weather(
  context: ProfileContext,
  highest: number,
): Promise<Record<'alone' | 'beside' | 'storm', LoadResult>> {
  await using bench = await startBenchServer(context.postgresUrl)
  const { port } = bench
  const load = { port, warmupSeconds: 2, seconds: context.seconds }
  const quiet = {
    ...load,
    connections: context.connections,
    rate: Math.max(1, highest * quietShare),
  }
  const { pid } = bench.server
  await warmUp({ port, pid, connections: context.connections }, clientCredentials())
  await warmUp({ port, pid, connections: stormConnections }, passwordGrant(people))
  const calms: LoadResult[] = []
  const storms: (LoadResult & { readonly logins: LoadResult })[] = []
  for (let round = 1; round <= stormRounds; round++) {
    context.progress(`token requests alone (${round} of ${stormRounds})`)
    calms.push(await runLoad(quiet, clientCredentials()))
    context.progress(`token requests beside a storm over ${stormConnections} connections`)
    const [logins, beside] = await Promise.all([
      runLoad({ ...load, connections: stormConnections }, passwordGrant(people)),
      runLoad(quiet, clientCredentials()),
    ])
    storms.push({ ...beside, logins })
  }
  const alone = medianByP99(calms)
  const beside = medianByP99(storms)
  const storm = beside.logins
  return { alone, beside, storm }
}

/** Some hundred requests tell little about their slowest hundredth: the round in the middle is less by chance. */
function medianByP99<R extends LoadResult>(rounds: readonly R[]): R {
  const sorted = rounds.toSorted((a, b) => a.p99 - b.p99)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no round was measured')
  return middle
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

interface Watched {
  readonly answered: number
  readonly missed: number
  readonly slowestMs: number
}

async function healthy(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) })
  await answer.arrayBuffer()
  return answer.status === 200
}

async function newcomer(port: number): Promise<boolean> {
  const connection = new Connection(port)
  const good = await jwks()(connection, 0)
  connection.close()
  return good
}

/** Asks again and again until told to end. */
function watch(ask: () => Promise<boolean>) {
  const found = { answered: 0, missed: 0, slowestMs: 0 }
  let ended = false
  const watching = (async () => {
    while (!ended) {
      const begin = performance.now()
      if (await ask().catch(() => false)) found.answered += 1
      else found.missed += 1
      found.slowestMs = Math.max(found.slowestMs, performance.now() - begin)
      await pause(probePauseMs)
    }
  })()
  return {
    async end(): Promise<Watched> {
      ended = true
      await watching
      return found
    },
  }
}
