import { type ServerProcess, startServer } from '@holdfast/server/harness/server-process'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { AdminAccess } from '../load/admin-scenarios.ts'
import { type Operation, quartileMs, repeat } from '../load/load.ts'
import { browserLogin, clientCredentials, logout, refresh } from '../load/scenarios.ts'
import { people } from '../server/bench-server.ts'
import { serverPrefix } from '../server/pinning.ts'
import { residentMegabytes } from '../server/process-usage.ts'
import type { Axis } from './axes.ts'
import { expirySweepMs } from './expiry-sweep.ts'

/** Milliseconds (lower quartile) by operation, besides `memory, MB`. */
export type Measured = Readonly<Record<string, number>>

const warmups = 30
const repetitions = 30
/** Operations with a password hash take long enough to need fewer. */
const loginRepetitions = 12

/** Starts servers on the database as it is and measures the first of them, then the sweep without any. */
export async function measurePoint(
  database: TestDatabase,
  axis: Axis,
  nodes: number,
): Promise<Measured> {
  const others: ServerProcess[] = []
  for (let node = 1; node < nodes; node++) others.push(await startOn(database))
  const begin = performance.now()
  const server = await startOn(database)
  const started = performance.now() - begin
  try {
    const operations = await operationsAt(server, axis)
    const measured: Record<string, number> = { 'start-up': started }
    for (const { name, run } of operations) measured[name] = await run()
    measured['memory, MB'] = residentMegabytes(server.pid)
    await Promise.all([server, ...others].map((each) => each.stop()))
    measured['expiry sweep of 2,000'] = await expirySweepMs(database)
    return measured
  } finally {
    await Promise.all([server, ...others].map((each) => each.stop()))
  }
}

function startOn(database: TestDatabase): Promise<ServerProcess> {
  return startServer({
    databaseUrl: database.url,
    prefix: serverPrefix(),
    options: ['--log-level=warn'],
  })
}

/** What is measured at every point, in this order, followed by what the axis adds. */
async function operationsAt(
  server: ServerProcess,
  axis: Axis,
): Promise<{ name: string; run: () => Promise<number> }[]> {
  const port = Number(new URL(server.url).port)
  const admin = new AdminAccess(port)
  const timed = (operation: Operation, times = repetitions) => {
    return async () => {
      await repeat(port, Math.min(warmups, times), operation)
      return await quartileMs(port, times, operation)
    }
  }
  const loggedIn = browserLogin(people)
  await repeat(port, loginRepetitions, loggedIn)
  return [
    { name: 'token', run: timed(clientCredentials()) },
    { name: 'login', run: timed(loggedIn, loginRepetitions) },
    { name: 'refresh', run: timed(await refresh(port, 1)) },
    // A session ends once: nothing is repeated before.
    {
      name: 'logout',
      run: async () =>
        await quartileMs(port, loginRepetitions, await logout(port, loginRepetitions)),
    },
    { name: 'find user', run: timed(admin.findUser(people)) },
    { name: 'sessions of a client', run: timed(admin.sessionsOfClient('app')) },
    ...axis.probes(admin).map(([name, operation]) => ({ name, run: timed(operation) })),
  ]
}
