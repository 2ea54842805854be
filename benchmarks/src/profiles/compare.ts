import { demoRealm } from '@holdfast/server/harness/demo-realm'
import { keycloakVersion } from '@holdfast/server/harness/keycloak-archive'
import { startServer } from '@holdfast/server/harness/server-process'
import { hashParametersIn } from '../keycloak/hash-parameters-store.ts'
import { type KeycloakServer, startKeycloak } from '../keycloak/keycloak-server.ts'
import { type Operation, runLoad } from '../load/load.ts'
import {
  browserLogin,
  clientCredentials,
  discovery,
  introspection,
  jwks,
  mixed,
  passwordGrant,
  refresh,
  userinfo,
} from '../load/scenarios.ts'
import { median } from '../median.ts'
import type { Row } from '../report/row.ts'
import { aligned, figure } from '../report/table.ts'
import { atLeast } from '../report/target.ts'
import { type BenchServer, people, startBenchServer } from '../server/bench-server.ts'
import { pinned, serverPrefix } from '../server/pinning.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { rampSeconds } from './measure.ts'
import type { Profile, ProfileContext } from './profile.ts'

const rounds = 3
const loginConnections = 8
/** Tokens have to outlive all loads. */
const tokenSeconds = 3_600
/** Least multiples of Keycloak's rate. */
const targets: Readonly<Record<string, number>> = {
  client_credentials: 6.5,
  refresh: 4,
  userinfo: 4,
  introspection: 4,
  'browser login': 9,
  'password grant': 9,
}

/** A kind of load on one server. */
interface Load {
  readonly name: string
  readonly operation: Operation
  readonly connections: number
}

/** What one server did under a load. Times in milliseconds. */
interface Reached {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly failures: number
}

/** Holdfast and a real Keycloak with the same realm on the same PostgreSQL under the same load, by turns. */
export const compare: Profile = async (context) => {
  const url = context.postgresTcpUrl
  if (url === null) throw new Error('Keycloak needs a KC_TEST_DB_URL that names a TCP address')
  const realm = { ...demoRealm(people), accessTokenLifespan: tokenSeconds }
  await using keycloak = await startKeycloak(url, realm, context.progress)
  const options = [`--workers=${context.workers}`]
  await using own = await startBenchServer(url, { realm, options })
  const theirs = await loadsOf(keycloak.port, context.connections)
  const compared: { name: string; own: Reached; keycloak: Reached }[] = []
  for (const [index, load] of (await loadsOf(own.port, context.connections)).entries()) {
    const other = theirs[index] ?? load
    compared.push({ name: load.name, ...(await byTurns(context, own, load, keycloak, other)) })
  }
  const resting = await memoryAndStart(own, options, keycloak)
  return {
    rows: compared.map(({ name, own, keycloak }) => comparedRow(name, own, keycloak)),
    costs: [],
    targets: compared
      .filter(({ name }) => targets[name] !== undefined)
      .map(({ name, own, keycloak }) =>
        atLeast(name, own.perSecond / keycloak.perSecond, targets[name] ?? 0, '× Keycloak'),
      ),
    notes: [
      aligned([
        ['', 'Holdfast', `Keycloak ${keycloakVersion}`, 'ratio', 'p99 ms', "Keycloak's p99 ms"],
        ...compared.map(({ name, own, keycloak }) => [
          `${name} /s`,
          figure(own.perSecond),
          figure(keycloak.perSecond),
          (own.perSecond / keycloak.perSecond).toFixed(1),
          figure(own.p99),
          figure(keycloak.p99),
        ]),
        ...resting,
      ]),
      `${pinned() ? 'each server on one core' : 'every process on every core'}; workers of Holdfast: ${context.workers}`,
      `both servers were warmed up by ${context.warmupSeconds} s of each load`,
      `password hashes of Holdfast: ${await hashParametersIn(own.database.url)}`,
      `password hashes of Keycloak: ${await hashParametersIn(keycloak.databaseUrl)}`,
    ],
  }
}

/** Both servers under the same load, one after the other, several times. */
async function byTurns(
  context: ProfileContext,
  own: BenchServer,
  load: Load,
  keycloak: KeycloakServer,
  other: Load,
): Promise<{ own: Reached; keycloak: Reached }> {
  const { name, connections } = load
  const run = async (port: number, operation: Operation, seconds: number): Promise<Reached> =>
    await runLoad({ port, connections, warmupSeconds: rampSeconds, seconds }, operation)
  context.progress(`${name}: warming both`)
  await run(keycloak.port, other.operation, context.warmupSeconds)
  await run(own.port, load.operation, context.warmupSeconds)
  const reached: { own: Reached[]; keycloak: Reached[] } = { own: [], keycloak: [] }
  for (let round = 1; round <= rounds; round++) {
    context.progress(`${name}: round ${round} of ${rounds}`)
    reached.own.push(await run(own.port, load.operation, context.seconds))
    reached.keycloak.push(await run(keycloak.port, other.operation, context.seconds))
  }
  return { own: middle(reached.own), keycloak: middle(reached.keycloak) }
}

async function loadsOf(port: number, connections: number): Promise<Load[]> {
  const token = (name: string, operation: Operation) => ({ name, operation, connections })
  const login = (name: string, operation: Operation) => ({
    name,
    operation,
    connections: loginConnections,
  })
  return [
    token('client_credentials', clientCredentials()),
    token('refresh', await refresh(port, connections)),
    token('userinfo', await userinfo(port)),
    token('introspection', await introspection(port)),
    token('discovery', discovery()),
    token('keys', jwks()),
    login('browser login', browserLogin(people)),
    login('password grant', passwordGrant(people)),
    login('login and five refreshes', mixed(people)),
  ]
}

/** Memory after the load, and starts of both on a database that is ready. */
async function memoryAndStart(
  own: BenchServer,
  options: readonly string[],
  keycloak: KeycloakServer,
): Promise<string[][]> {
  const memory = [own.server.pid, keycloak.pid].map(residentMegabytes) as [number, number]
  await own.server.stop()
  const begin = performance.now()
  const again = await startServer({
    databaseUrl: own.database.url,
    prefix: serverPrefix(),
    options,
  })
  const startMs = performance.now() - begin
  await again.stop()
  const row = (name: string, [ours, theirs]: readonly [number, number]): string[] => {
    return [name, figure(ours), figure(theirs), (ours / theirs).toFixed(2), '', '']
  }
  return [row('memory after it, MB', memory), row('start, ms', [startMs, keycloak.startMs])]
}

function middle(reached: readonly Reached[]): Reached {
  const of = (member: keyof Reached): number => median(reached.map((each) => each[member]))
  return {
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    failures: reached.reduce((sum, { failures }) => sum + failures, 0),
  }
}

function comparedRow(name: string, own: Reached, keycloak: Reached): Row {
  return {
    name,
    value: own.perSecond,
    unit: '/s',
    limit: keycloak.perSecond,
    limitName: 'Keycloak',
    p50: own.p50,
    p99: own.p99,
    failures: own.failures + keycloak.failures,
    processorMicros: null,
  }
}
