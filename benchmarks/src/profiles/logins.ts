import { demoRealm } from '@holdfast/server/harness/demo-realm'
import { signatureLimit, verificationLimit } from '../limits/machine-limits.ts'
import { type Operation, repeat } from '../load/load.ts'
import {
  browserLogin,
  loginAndLogout,
  loginPage,
  logout,
  passwordGrant,
} from '../load/scenarios.ts'
import { type Row, ratio } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { atLeast, atMost, type Target } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import type { Cost } from '../server/cost.ts'
import { CostMeter, warmups } from '../server/cost-meter.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { type Limit, measure } from './measure.ts'
import type { Profile, ProfileContext } from './profile.ts'

const limitSeconds = 1
const costRepetitions = 100
/** Hashing keeps the core busy with few logins in flight; more only wait. */
const loginConnections = 8
/** Least share of the rate of password hashes. */
const shareTarget = 0.8
/** Makes the hash of a password cost nothing beside the rest of a login. */
const nearlyNoHashing = 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)'
/** Browser logins per second without hashing that are aimed at where a core signs 3,729 times a second. */
const unhashedTarget = 600 / 3_729

/** Browser logins with code and PKCE, password grants and logouts. */
export const logins: Profile = async (context) => {
  const { rows, memory } = await measuredRows(context)
  const unhashed = await withoutHashing(context)
  const costs = await measuredCosts(context)
  const shares = rows
    .filter(({ name }) => name === 'browser login' || name === 'password grant')
    .map((row) => atLeast(`${row.name}, of its limit`, ratio(row) ?? 0, shareTarget))
  return {
    rows: [...rows, unhashed],
    costs,
    targets: [
      ...shares,
      atLeast(`${unhashed.name}, of its limit`, ratio(unhashed) ?? 0, unhashedTarget),
      ...databaseTargets(costs),
    ],
    notes: [
      `memory after the load: ${figure(memory)} MB`,
      `${unhashed.name}: the realm's policy is "${nearlyNoHashing}"`,
    ],
  }
}

async function measuredRows(context: ProfileContext): Promise<{ rows: Row[]; memory: number }> {
  const limit: Limit = {
    name: 'Argon2id verifications, 7 MiB, t=5, p=1',
    perSecond: () => verificationLimit(limitSeconds),
  }
  await using bench = await startBenchServer(context.postgresUrl)
  const operations: [string, Operation, Limit | null][] = [
    ['browser login', browserLogin(people), limit],
    ['password grant', passwordGrant(people), limit],
    ['login and logout', loginAndLogout(people), { ...limit, turns: 1 }],
    ['first page of a login', loginPage(), null],
  ]
  const rows: Row[] = []
  for (const [name, operation, compared] of operations) {
    rows.push(await measure(context, name, bench.server, operation, compared, loginConnections))
  }
  return { rows, memory: residentMegabytes(bench.server.pid) }
}

/** All of a browser login but the hash. */
async function withoutHashing(context: ProfileContext): Promise<Row> {
  const realm = { ...demoRealm(people), passwordPolicy: nearlyNoHashing }
  await using bench = await startBenchServer(context.postgresUrl, { realm })
  // Imported passwords are hashed anew at their first use.
  await repeat(bench.port, people, browserLogin(people))
  const limit: Limit = {
    name: 'RSA-2048 signatures',
    perSecond: () => signatureLimit(limitSeconds),
  }
  return await measure(
    context,
    'browser login without hashing',
    bench.server,
    browserLogin(people),
    limit,
    loginConnections,
  )
}

async function measuredCosts(context: ProfileContext): Promise<Cost[]> {
  await using meter = await CostMeter.open(context.postgresUrl)
  const operations: [string, Operation][] = [
    ['first page of a login', loginPage()],
    ['browser login', browserLogin(people)],
    ['password grant', passwordGrant(people)],
    ['logout', await logout(meter.port, warmups + costRepetitions)],
  ]
  const costs: Cost[] = []
  for (const [name, operation] of operations) {
    context.progress(`cost of ${name}`)
    costs.push(await meter.measure(name, operation, costRepetitions))
  }
  return costs
}

function databaseTargets(costs: readonly Cost[]): Target[] {
  const of = (name: string) => costs.find(({ operation }) => operation === name)
  const writes = (name: string, most: number): Target => {
    // What other processes of PostgreSQL write now and then is no tenth of a transaction.
    const written = Math.round(10 * (of(name)?.writingTransactions ?? Number.NaN)) / 10
    return atMost(`${name}, writing transactions`, written, most)
  }
  const wal = (name: string, most: number): Target =>
    atMost(`${name}, WAL`, of(name)?.walBytes ?? Number.NaN, most, 'B')
  return [
    writes('first page of a login', 0),
    writes('browser login', 2),
    wal('browser login', 2_800),
    writes('logout', 1),
    wal('logout', 1_200),
  ]
}
