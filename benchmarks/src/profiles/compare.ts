import { demoRealm } from '@holdfast/server/harness/demo-realm'
import pg from 'pg'
import { keycloakVersion, startKeycloak } from '../keycloak/keycloak-server.ts'
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
import type { Row } from '../report/row.ts'
import { aligned, figure } from '../report/table.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import type { Profile } from './profile.ts'

const rounds = 2
/** Java compiles what runs often: it is warmed up for this many times the measuring time. */
const warmupShare = 2
const loginConnections = 8

/** Rates of both servers at each round. */
interface Rates {
  readonly own: number[]
  readonly keycloak: number[]
}

/** Holdfast and a real Keycloak with the same realm on the same PostgreSQL under the same load, by turns. */
export const compare: Profile = async (context) => {
  const realm = demoRealm(people)
  await using keycloak = await startKeycloak(context.postgresUrl, realm, context.progress)
  await using own = await startBenchServer(context.postgresUrl, { realm, command: 'start-dev' })
  const sides = {
    own: await operationsOf(own.port, context.connections),
    keycloak: await operationsOf(keycloak.port, context.connections),
  }
  const table: string[][] = []
  const rows: Row[] = []
  for (const [index, { name, operation, connections }] of sides.own.entries()) {
    const other = sides.keycloak[index]?.operation ?? operation
    const run = async (port: number, load: Operation, seconds: number): Promise<number> =>
      (await runLoad({ port, connections, warmupSeconds: 0, seconds }, load)).perSecond
    context.progress(`${name}: warming both`)
    await run(keycloak.port, other, context.seconds * warmupShare)
    await run(own.port, operation, context.seconds)
    const rates: Rates = { own: [], keycloak: [] }
    for (let round = 1; round <= rounds; round++) {
      context.progress(`${name}: round ${round} of ${rounds}`)
      rates.own.push(await run(own.port, operation, context.seconds))
      rates.keycloak.push(await run(keycloak.port, other, context.seconds))
    }
    const [ours, theirs] = [mean(rates.own), mean(rates.keycloak)]
    table.push([name, figure(ours), figure(theirs), (ours / theirs).toFixed(1)])
    rows.push(comparedRow(name, ours, theirs))
  }
  table.push([
    'memory after it, MB',
    figure(residentMegabytes(own.server.pid)),
    figure(residentMegabytes(keycloak.pid)),
    '',
  ])
  return {
    rows,
    costs: [],
    targets: [],
    notes: [
      aligned([['per second', 'Holdfast', `Keycloak ${keycloakVersion}`, 'ratio'], ...table]),
      `start of Keycloak, built, warm database: ${(keycloak.startMs / 1000).toFixed(1)} s`,
      `password hashes of Holdfast: ${await hashesIn(own.database.url)}`,
      `password hashes of Keycloak: ${await hashesIn(keycloak.databaseUrl)}`,
    ],
  }
}

async function operationsOf(
  port: number,
  connections: number,
): Promise<{ name: string; operation: Operation; connections: number }[]> {
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function comparedRow(name: string, value: number, limit: number): Row {
  return {
    name,
    value,
    unit: '/s',
    limit,
    limitName: 'Keycloak',
    p50: null,
    p99: null,
    failures: 0,
    processorMicros: null,
  }
}

/** The parameters with which a server hashed its passwords, as both keep them beside the hash. */
async function hashesIn(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ found: string }>(
    "SELECT DISTINCT credential_data AS found FROM credential WHERE type = 'password'",
  )
  await client.end()
  return rows.map(({ found }) => found).join(' ')
}
