import { verificationLimit } from '../limits/machine-limits.ts'
import { mixed as loginAndRefreshes } from '../load/scenarios.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import { measure } from './measure.ts'
import type { Profile } from './profile.ts'

const limitSeconds = 1
const connections = 8

/** Logins and refreshes as 1 : 5. */
export const mixed: Profile = async (context) => {
  const limit = {
    name: 'Argon2id verifications',
    perSecond: () => verificationLimit(limitSeconds),
    turns: 1,
  }
  await using bench = await startBenchServer(context.postgresUrl)
  const operation = loginAndRefreshes(people)
  const row = await measure(
    context,
    'login and five refreshes',
    bench.server,
    operation,
    limit,
    connections,
  )
  const memory = residentMegabytes(bench.server.pid).toFixed(0)
  return { rows: [row], costs: [], targets: [], notes: [`memory after the load: ${memory} MB`] }
}
