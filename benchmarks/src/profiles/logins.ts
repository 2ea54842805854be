import { verificationLimit } from '../limits/machine-limits.ts'
import type { Operation } from '../load/load.ts'
import {
  browserLogin,
  loginAndLogout,
  loginPage,
  logout,
  passwordGrant,
} from '../load/scenarios.ts'
import type { Row } from '../report/row.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { type Cost, type Cryptography, costOf } from '../server/cost.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { type Limit, measure } from './measure.ts'
import type { Profile } from './profile.ts'

const limitSeconds = 1.5
const costRepetitions = 100
/** Hashing keeps the core busy with few logins in flight; more only wait. */
const loginConnections = 8

/** Browser logins with code and PKCE, password grants and logouts. */
export const logins: Profile = async (context) => {
  const limit: Limit = {
    name: 'Argon2id verifications, 7 MiB, t=5, p=1',
    perSecond: () => verificationLimit(limitSeconds),
  }
  await using bench = await startBenchServer(context.postgresUrl)
  const { port } = bench
  const operations: [string, Operation, Limit | null][] = [
    ['browser login', browserLogin(people), limit],
    ['password grant', passwordGrant(people), limit],
    ['login and logout', loginAndLogout(people), limit],
    ['first page of a login', loginPage(), null],
  ]
  const rows: Row[] = []
  for (const [name, operation, compared] of operations) {
    rows.push(await measure(context, name, bench.server, operation, compared, loginConnections))
  }
  const costs: Cost[] = []
  const costly: [string, Operation, Cryptography][] = [
    ['first page of a login', loginPage(), { signatures: 0, hashes: 0 }],
    ['browser login', browserLogin(people), { signatures: 2, hashes: 1 }],
    ['password grant', passwordGrant(people), { signatures: 2, hashes: 1 }],
    ['logout', await logout(port, costRepetitions), { signatures: 0, hashes: 0 }],
  ]
  for (const [name, operation, spent] of costly) {
    context.progress(`cost of ${name}`)
    costs.push(await costOf(name, operation, port, bench.database, costRepetitions, spent))
  }
  const memory = residentMegabytes(bench.server.pid).toFixed(0)
  return { rows, costs, notes: [`memory after the load: ${memory} MB`] }
}
