import { AdminAccess } from '../load/admin-scenarios.ts'
import type { Operation } from '../load/load.ts'
import type { Row } from '../report/row.ts'
import { figure } from '../report/table.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import type { Cost } from '../server/cost.ts'
import { CostMeter } from '../server/cost-meter.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { measure } from './measure.ts'
import type { Profile } from './profile.ts'

const costRepetitions = 100
const connections = 8

/**
 * What administrators' scripts do most: create a user, find a user, change a client. The database sets their limit, no bare
 * route does: nothing stands beside them.
 */
export const admin: Profile = async (context) => {
  await using bench = await startBenchServer(context.postgresUrl)
  const rows: Row[] = []
  for (const [name, operation] of await operationsOf(bench.port)) {
    rows.push(await measure(context, name, bench.server, operation, null, connections))
  }
  const memory = figure(residentMegabytes(bench.server.pid))
  await bench.server.stop()
  await using meter = await CostMeter.open(context.postgresUrl)
  const costs: Cost[] = []
  for (const [name, operation] of await operationsOf(meter.port)) {
    context.progress(`cost of ${name}`)
    costs.push(await meter.measure(name, operation, costRepetitions))
  }
  return { rows, costs, targets: [], notes: [`memory after the load: ${memory} MB`] }
}

async function operationsOf(port: number): Promise<[string, Operation][]> {
  const access = new AdminAccess(port)
  return [
    ['create user', access.createUser('created')],
    ['find user', access.findUser(people)],
    ['update client', await access.updateClient(connections)],
  ]
}
