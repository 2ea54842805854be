import { bareRouteLimit, signatureLimit } from '../limits/machine-limits.ts'
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
import { startBenchServer } from '../server/bench-server.ts'
import { type Cost, costOf } from '../server/cost.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { type Limit, measure } from './measure.ts'
import type { Profile, ProfileContext } from './profile.ts'

const limitSeconds = 3
const costRepetitions = 200

/** Requests that need no password: client_credentials, refresh, userinfo, introspection, discovery, keys. */
export const tokens: Profile = async (context) => {
  context.progress('limits of this machine')
  const signatures = await signatureLimit(limitSeconds)
  await using bench = await startBenchServer(context.postgresUrl)
  const { port } = bench
  const bare = await bareLimits(context, port)
  const signing = (count: number): Limit => ({
    name: `RSA-2048 signatures / ${count}`,
    perSecond: signatures / count,
  })
  const refreshing = await refresh(port, context.connections)
  const operations: [string, Operation, Limit][] = [
    ['client_credentials', clientCredentials(), signing(1)],
    ['refresh', refreshing, signing(2)],
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
    costs.push(await costOf(name, operation, port, bench.database, costRepetitions))
  }
  const memory = residentMegabytes(bench.server.pid).toFixed(0)
  return { rows, costs, notes: [`memory after the load: ${memory} MB`] }
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
  const rates = new Map<string, number>()
  for (const [name, bytes] of Object.entries(sizes)) {
    context.progress(`limit: bare route with ${bytes} bytes`)
    const options = { connections: context.connections, warmupSeconds: 1, seconds: limitSeconds }
    rates.set(name, await bareRouteLimit(bytes, options))
  }
  return (name) => ({ name: 'bare Fastify route', perSecond: rates.get(name) ?? 0 })
}
