import { demoRealm } from '@holdfast/server/harness/demo-realm'
import { signatureLimit } from '../limits/machine-limits.ts'
import { Connection } from '../load/connection.ts'
import type { Operation } from '../load/load.ts'
import { getBytes } from '../load/requests.ts'
import {
  clientCredentials,
  discovery,
  introspection,
  jwks,
  refresh,
  userinfo,
} from '../load/scenarios.ts'
import { type Row, ratio } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { atLeast, atMost } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import type { Cost } from '../server/cost.ts'
import { CostMeter } from '../server/cost-meter.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { bareLimit } from './bare-limit.ts'
import { type Limit, measure } from './measure.ts'
import type { Profile, ProfileContext } from './profile.ts'
import { type TailBesideBare, tailBesideBare, tailNote } from './tail-beside-bare.ts'

const limitSeconds = 0.7
const costRepetitions = 200
/** About as long as an answer about a token. */
const smallBytes = 400
/** Least shares of their limits. */
const shareTargets: Readonly<Record<string, number>> = {
  client_credentials: 0.75,
  refresh: 0.7,
  discovery: 0.6,
  keys: 0.6,
}
/** Least gain of signatures on an elliptic curve. */
const ellipticTarget = 2.5
/** What has a target for its tail. */
const withTail: ReadonlySet<string> = new Set(['client_credentials', 'refresh'])
/** Most that the slowest percent may take at 70 % of the highest rate, in multiples of the median. */
const tailTarget = 5

/** Requests that need no password: client_credentials, refresh, userinfo, introspection, discovery, keys. */
export const tokens: Profile = async (context) => {
  const { rows, tails, memory } = await measuredRows(context)
  const elliptic = await ellipticRows(context)
  const gains = elliptic.map((row, index) => {
    const gain = row.value / (rows[index]?.value ?? Number.NaN)
    return atLeast(`${row.name}, of the rate with RSA`, gain, ellipticTarget, '×')
  })
  const shares = rows
    .filter(({ name }) => shareTargets[name] !== undefined)
    .map((row) =>
      atLeast(`${row.name}, of its limit`, ratio(row) ?? 0, shareTargets[row.name] ?? 0),
    )
  const costs = await measuredCosts(context)
  const walOfRefresh = costs.find(({ operation }) => operation === 'refresh')?.walBytes
  return {
    rows: [...rows, ...elliptic],
    costs,
    targets: [
      ...shares,
      ...gains,
      ...tails.map(({ name, own }) =>
        atMost(`${name}, p99 / p50 at 70 % of the most`, own.quotient, tailTarget),
      ),
      atMost('refresh, WAL', walOfRefresh ?? Number.NaN, 60, 'B'),
    ],
    notes: [`memory after the load: ${figure(memory)} MB`, ...tails.map(tailNote)],
  }
}

interface Measured {
  readonly rows: readonly Row[]
  readonly tails: readonly TailBesideBare[]
  /** In MB, after the load. */
  readonly memory: number
}

async function measuredRows(context: ProfileContext): Promise<Measured> {
  await using bench = await startBenchServer(context.postgresUrl)
  const { port } = bench
  const bare = await bareLimits(context, port)
  const operations: [string, Operation, Limit][] = [
    ['client_credentials', clientCredentials(), signing(1)],
    ['refresh', await refresh(port, context.connections), signing(2)],
    ['userinfo', await userinfo(port), bare('small')],
    ['introspection', await introspection(port), bare('small')],
    ['discovery', discovery(), bare('discovery')],
    ['keys', jwks(), bare('keys')],
  ]
  const rows: Row[] = []
  const tails: TailBesideBare[] = []
  for (const [name, operation, limit] of operations) {
    const row = await measure(context, name, bench.server, operation, limit)
    if (!withTail.has(name)) {
      rows.push(row)
      continue
    }
    // Once tells what the machine does.
    const bareBytes = tails.length === 0 ? smallBytes : null
    const tail = await tailBesideBare(context, name, bench.server, operation, bareBytes)
    tails.push(tail)
    const { p50, p99, failures } = tail.own
    rows.push({ ...row, p50At70: p50, p99At70: p99, failures: row.failures + failures })
  }
  return { rows, tails, memory: residentMegabytes(bench.server.pid) }
}

async function measuredCosts(context: ProfileContext): Promise<Cost[]> {
  await using meter = await CostMeter.open(context.postgresUrl)
  const { port } = meter
  const operations: [string, Operation][] = [
    ['client_credentials', clientCredentials()],
    ['refresh', await refresh(port, context.connections)],
    ['userinfo', await userinfo(port)],
    ['introspection', await introspection(port)],
    ['discovery', discovery()],
    ['keys', jwks()],
  ]
  const costs: Cost[] = []
  for (const [name, operation] of operations) {
    context.progress(`cost of ${name}`)
    costs.push(await meter.measure(name, operation, costRepetitions))
  }
  return costs
}

function signing(count: number): Limit {
  return {
    name: `RSA-2048 signatures / ${count}`,
    perSecond: async () => (await signatureLimit(limitSeconds)) / count,
  }
}

/** The two that sign, in a realm that signs with ES256; the limit stays that of RSA, in the order of the rows above. */
async function ellipticRows(context: ProfileContext): Promise<Row[]> {
  const realm = { ...demoRealm(people), defaultSignatureAlgorithm: 'ES256' }
  await using bench = await startBenchServer(context.postgresUrl, { realm })
  const refreshing = await refresh(bench.port, context.connections)
  return [
    await measure(context, 'client_credentials, ES256', bench.server, clientCredentials(), null),
    await measure(context, 'refresh, ES256', bench.server, refreshing, null),
  ]
}

/**
 * Rates of a bare route with bodies as long as those of the endpoints that answer documents; small ones, which no target
 * is compared with, in one turn.
 */
async function bareLimits(
  context: ProfileContext,
  port: number,
): Promise<(name: 'small' | 'discovery' | 'keys') => Limit> {
  const connection = new Connection(port)
  const size = async (path: string): Promise<number> =>
    (await connection.request(getBytes(path))).body.length
  const sizes = {
    small: smallBytes,
    discovery: await size('/realms/demo/.well-known/openid-configuration'),
    keys: await size('/realms/demo/protocol/openid-connect/certs'),
  }
  connection.close()
  return (name) => bareLimit(sizes[name], context.connections, name === 'small' ? { turns: 1 } : {})
}
