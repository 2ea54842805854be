import { AdminAccess } from '../load/admin-scenarios.ts'
import type { Operation } from '../load/load.ts'
import type { Row } from '../report/row.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { type Cost, costOf } from '../server/cost.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { bareLimit } from './bare-limit.ts'
import { measure } from './measure.ts'
import type { Profile } from './profile.ts'

const costRepetitions = 100
const connections = 8
/** About as long as the representation of a user. */
const userBytes = 400

/** What administrators' scripts do most: create a user, find a user, change a client. */
export const admin: Profile = async (context) => {
  await using bench = await startBenchServer(context.postgresUrl)
  const access = new AdminAccess(bench.port)
  const operations: [string, Operation][] = [
    ['create user', access.createUser('created')],
    ['find user', access.findUser(people)],
    ['update client', await access.updateClient(connections)],
  ]
  const limit = bareLimit(userBytes, connections)
  const rows: Row[] = []
  for (const [name, operation] of operations) {
    rows.push(await measure(context, name, bench.server, operation, limit, connections))
  }
  const costs: Cost[] = []
  for (const [name, operation] of operations) {
    context.progress(`cost of ${name}`)
    costs.push(await costOf(name, operation, bench.port, bench.database, costRepetitions))
  }
  const memory = residentMegabytes(bench.server.pid).toFixed(0)
  return { rows, costs, notes: [`memory after the load: ${memory} MB`] }
}
