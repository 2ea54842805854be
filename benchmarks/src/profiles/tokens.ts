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
import type { Row } from '../report/row.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { type Cost, costOf } from '../server/cost.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { bareLimit } from './bare-limit.ts'
import { type Limit, measure } from './measure.ts'
import type { Profile, ProfileContext } from './profile.ts'

const limitSeconds = 1
const costRepetitions = 200
/** Asymmetric signatures in an answer: access token, and identity token where there is one. */
const signatures: Readonly<Record<string, number>> = { client_credentials: 1, refresh: 2 }

/** Requests that need no password: client_credentials, refresh, userinfo, introspection, discovery, keys. */
export const tokens: Profile = async (context) => {
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
  for (const [name, operation, limit] of operations) {
    rows.push(await measure(context, name, bench.server, operation, limit))
  }
  const costs: Cost[] = []
  for (const [name, operation] of operations.slice(0, 4)) {
    context.progress(`cost of ${name}`)
    const spent = { signatures: signatures[name] ?? 0, hashes: 0 }
    costs.push(await costOf(name, operation, port, bench.database, costRepetitions, spent))
  }
  const memory = residentMegabytes(bench.server.pid).toFixed(0)
  await bench.server.stop()
  const elliptic = await ellipticRows(context)
  const factors = elliptic.map((row, index) => {
    const factor = row.value / (rows[index]?.value ?? Number.NaN)
    return `${row.name}: ${factor.toFixed(2)} × the rate with RSA (target 2.5)`
  })
  return {
    rows: [...rows, ...elliptic],
    costs,
    notes: [`memory after the load: ${memory} MB`, ...factors],
  }
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

/** Rates of a bare route with bodies as long as those of the endpoints that answer documents. */
async function bareLimits(
  context: ProfileContext,
  port: number,
): Promise<(name: 'small' | 'discovery' | 'keys') => Limit> {
  const connection = new Connection(port)
  const size = async (path: string): Promise<number> =>
    (await connection.request(getBytes(path))).body.length
  const sizes = {
    small: 400,
    discovery: await size('/realms/demo/.well-known/openid-configuration'),
    keys: await size('/realms/demo/protocol/openid-connect/certs'),
  }
  connection.close()
  return (name) => bareLimit(sizes[name], context.connections)
}
