import { type LoadResult, runLoad } from '../load/load.ts'
import { clientCredentials, passwordGrant } from '../load/scenarios.ts'
import { lineChart } from '../report/line-chart.ts'
import type { Row } from '../report/row.ts'
import { atLeast, atMost } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { flood, floodNotes, floodRows } from './flood.ts'
import type { Profile, ProfileContext } from './profile.ts'
import { warmUp } from './warm-up.ts'

/** Instead of the default, to see what refusing at once does. */
const shortLine = 100
/** Of the default, whose figure has a target, and of the short line. */
const floodRounds = { usual: 5, short: 3 }
const stormConnections = 64
/** Alone and in a storm, by turns. */
const stormRounds = 3
/** Share of the highest rate that token requests have while the storm blows. */
const quietShare = 0.15
const goodputTarget = 0.9
const stormTargetMs = 20

/** Three times what the server can do, with health probes; then a storm of logins beside quiet token requests. */
export const overload: Profile = async (context) => {
  const usual = await flood(context, { name: 'default', options: [], rounds: floodRounds.usual })
  const short = await flood(context, {
    name: `${shortLine} queued`,
    options: [`--http-max-queued-requests=${shortLine}`],
    rounds: floodRounds.short,
  })
  const { alone, beside, storm } = await weather(context, usual.highest)
  const raised = beside.p99 - alone.p99
  return {
    rows: [
      ...[usual, short].flatMap(floodRows),
      row('token requests alone', alone),
      row('token requests in the storm', beside),
      row('logins of the storm', storm),
    ],
    costs: [],
    targets: [
      atLeast(`${usual.name}: answered, of the highest rate`, usual.goodput, goodputTarget),
      atMost(`${usual.name}: health probes without an answer`, usual.health.missed, 0),
      atMost('p99 of token requests, raised by the storm', raised, stormTargetMs, 'ms'),
    ],
    notes: [usual, short].flatMap(floodNotes),
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

function row(name: string, result: LoadResult): Row {
  return {
    name,
    value: result.perSecond,
    unit: '/s',
    limit: null,
    limitName: '',
    p50: result.p50,
    p99: result.p99,
    failures: result.failures,
    processorMicros: null,
  }
}
