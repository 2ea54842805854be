import { Connection } from '../load/connection.ts'
import { openCrowd } from '../load/crowd.ts'
import { type GeneratorUse, watchGenerator } from '../load/generator-watch.ts'
import type { Operation } from '../load/load.ts'
import { type MeteredResult, runMetered } from '../load/metered-load.ts'
import { clientCredentials, jwks } from '../load/scenarios.ts'
import { type Watched, watch, watchedTogether } from '../load/watch.ts'
import { median } from '../median.ts'
import type { Row } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { type BenchServer, startBenchServer } from '../server/bench-server.ts'
import type { ProfileContext } from './profile.ts'
import { warmUp } from './warm-up.ts'

/** How much more is asked than can be done. */
const excess = 3
/** Enough connections that the load hardly waits for answers as a closed loop would; fewer than requests are let in by default. */
const crowd = 1_500
/** For the highest rate: few enough that nobody stands in line. */
const fewConnections = 16
const highest = { connections: fewConnections, warmupSeconds: 0.3, seconds: 1.2 }
/** Measured once the line is as long as it gets: a request stands in it for two seconds at most. */
const flooding = { connections: crowd, warmupSeconds: 2.2, seconds: 2.5 }
const probeTimeoutMs = 2_000

/** A flood between two measurements of the highest rate. */
interface FloodRound {
  readonly before: MeteredResult
  readonly after: MeteredResult
  readonly flooded: MeteredResult
  /** Answered, in shares of the mean of the highest rates around it. */
  readonly goodput: number
  readonly health: Watched
  /** Who was not connected before. */
  readonly newcomers: Watched
  readonly generator: GeneratorUse
}

/** The rounds of a flood, and what was watched in them together. */
export interface Flood {
  readonly name: string
  readonly rounds: readonly FloodRound[]
  /** Median of the rounds. */
  readonly goodput: number
  /** Median of all highest rates. */
  readonly highest: number
  readonly health: Watched
}

/** Which server is flooded, and how often. */
export interface FloodOptions {
  readonly name: string
  /** Of the server. */
  readonly options: readonly string[]
  readonly rounds: number
}

/**
 * Floods a server by turns: the highest rate, three times what was just measured over 1,500 open connections, the highest
 * rate, and so on. A shared machine changes its speed within seconds: each flood is compared with the highest rates right
 * before and right after.
 */
export async function flood(
  context: ProfileContext,
  { name, options, rounds: count }: FloodOptions,
): Promise<Flood> {
  await using bench = await startBenchServer(context.postgresUrl, { options })
  const { port } = bench
  const { pid } = bench.server
  const operation = clientCredentials()
  context.progress(`${name}: warming up`)
  await warmUp({ port, pid, connections: context.connections }, operation)
  const most = () => runMetered({ port, ...highest }, pid, operation)
  const rounds: FloodRound[] = []
  let before = await most()
  while (rounds.length < count) {
    context.progress(
      `${name}: ${excess} × ${figure(before.perSecond)}/s over ${crowd} connections (${rounds.length + 1} of ${count})`,
    )
    const seen = await watchedFlood(bench, before.perSecond * excess, operation)
    const after = await most()
    const around = (before.perSecond + after.perSecond) / 2
    rounds.push({ before, after, ...seen, goodput: seen.flooded.perSecond / around })
    before = after
  }
  return {
    name: `${excess} × offered, ${name}`,
    rounds,
    goodput: median(rounds.map(({ goodput }) => goodput)),
    highest: median(closedRuns(rounds).map(({ perSecond }) => perSecond)),
    health: watchedTogether(rounds.map(({ health }) => health)),
  }
}

async function watchedFlood(
  { server, port }: BenchServer,
  rate: number,
  operation: Operation,
): Promise<Pick<FloodRound, 'flooded' | 'health' | 'newcomers' | 'generator'>> {
  const open = await openCrowd(port, crowd, jwks())
  const probes = watch(() => healthy(`${server.managementUrl}/health/live`))
  const arrivals = watch(() => newcomer(port))
  const generator = watchGenerator()
  const flooded = await runMetered({ port, ...flooding, open, rate }, server.pid, operation)
  const use = generator.end()
  const [health, newcomers] = await Promise.all([probes.end(), arrivals.end()])
  return { flooded, health, newcomers, generator: use }
}

/** Every measurement of the highest rate once: the one after a flood is the one before the next. */
function closedRuns(rounds: readonly FloodRound[]): MeteredResult[] {
  return [...rounds.slice(0, 1).map(({ before }) => before), ...rounds.map(({ after }) => after)]
}

/** The flood, and the highest rate beside it; processor time is that of a token, with what refusals and waiting cost. */
export function floodRows({ name, rounds, goodput, highest: limit }: Flood): Row[] {
  const floods = rounds.map(({ flooded }) => flooded)
  return [
    { ...rowOf(name, floods), limit, limitName: 'highest rate', share: goodput },
    rowOf(`${fewConnections} connections beside it`, closedRuns(rounds)),
  ]
}

function rowOf(name: string, results: readonly MeteredResult[]): Row {
  const of = (member: (result: MeteredResult) => number): number => median(results.map(member))
  return {
    name,
    value: of(({ perSecond }) => perSecond),
    unit: '/s',
    limit: null,
    limitName: '',
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
    processorMicros: of((each) => (1_000_000 * each.coreShare) / each.perSecond),
    coreShare: of(({ coreShare }) => coreShare),
  }
}

/** Each round, who was watched, and whether the load generator was what was measured. */
export function floodNotes({ name, rounds, health }: Flood): string[] {
  const newcomers = watchedTogether(rounds.map((round) => round.newcomers))
  const refused = rounds.reduce((sum, { flooded }) => sum + flooded.failures, 0)
  const busyShare = Math.max(...rounds.map(({ generator }) => generator.busyShare))
  const lateMs = Math.max(...rounds.map(({ generator }) => generator.lateMsP99))
  return [
    `${name}, by rounds: ${rounds.map(roundText).join('; ')}`,
    `${name}: ${refused} refused; ${health.answered} health probes answered, the slowest after ${figure(health.slowestMs)} ms`,
    `${name}: ${newcomers.answered} of ${newcomers.answered + newcomers.missed} new connections got a realm's keys, the slowest after ${figure(newcomers.slowestMs)} ms`,
    `${name}: the load generator was busy for at most ${figure(100 * busyShare)} % of a flood, and at most ${figure(lateMs)} ms late (p99)`,
  ]
}

function roundText({ before, flooded, after, goodput }: FloodRound): string {
  return `${figure(flooded.perSecond)}/s between ${figure(before.perSecond)} and ${figure(after.perSecond)} = ${figure(goodput)}, ${figure(flooded.coreShare)} cores`
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
