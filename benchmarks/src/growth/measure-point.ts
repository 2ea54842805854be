import { type ServerProcess, startServer } from '@holdfast/server/harness/server-process'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { AdminAccess } from '../load/admin-scenarios.ts'
import { type Operation, type Repetitions, timesOf } from '../load/load.ts'
import { browserLogin, clientCredentials, logout, refresh } from '../load/scenarios.ts'
import { people } from '../server/bench-server.ts'
import { serverPrefix } from '../server/pinning.ts'
import { processorMicros, residentMegabytes } from '../server/process-usage.ts'
import type { Axis } from './axes.ts'
import { backendsOf } from './backends-store.ts'
import { expirySweepMs } from './expiry-sweep.ts'

/** What one operation takes when nothing else is under way. */
export interface OperationTimes {
  /** Lower quartile: what other work on the machine adds now and then is left out. */
  readonly ms: number
  /** Processor time of the server and of its PostgreSQL, which other work hardly changes; NaN where it is not told. */
  readonly processorMs: number
}

/** What was measured with a size of the database. */
export interface Measured {
  readonly operations: Readonly<Record<string, OperationTimes>>
  /** Start-up and sweep in milliseconds, memory in MB. */
  readonly others: Readonly<Record<string, number>>
}

const failed: OperationTimes = { ms: Number.NaN, processorMs: Number.NaN }
const warmups: Repetitions = { timesMax: 30, timesMin: 1, msMax: 1_000 }
const repetitions: Repetitions = { timesMax: 30, timesMin: 3, msMax: 3_000 }
/** A session ends once: so many are there to end. */
const logouts = 12

/** Starts servers on the database as it is and measures the first of them, then the sweep without any. */
export async function measurePoint(
  database: TestDatabase,
  axis: Axis,
  nodes: number,
): Promise<Measured> {
  const servers: ServerProcess[] = []
  try {
    for (let node = 1; node < nodes; node++) servers.push(await startOn(database))
    const begin = performance.now()
    const server = await startOn(database)
    const startMs = performance.now() - begin
    servers.push(server)
    const operations: Record<string, OperationTimes> = {}
    for (const { name, run } of await operationsAt(server, database, axis)) {
      // One that fails, for instance by a limit of time, shall not cost the other figures.
      operations[name] = await run().catch(() => failed)
    }
    const memory = residentMegabytes(server.pid)
    await Promise.all(servers.map((each) => each.stop()))
    const others = {
      'start-up, ms': startMs,
      'memory, MB': memory,
      'expiry sweep of 2,000, ms': await expirySweepMs(database),
    }
    return { operations, others }
  } finally {
    await Promise.all(servers.map((each) => each.stop()))
  }
}

function startOn(database: TestDatabase): Promise<ServerProcess> {
  return startServer({ databaseUrl: database.url, prefix: serverPrefix() })
}

/** What is measured at every point, in this order, followed by what the axis adds. */
async function operationsAt(
  server: ServerProcess,
  database: TestDatabase,
  axis: Axis,
): Promise<{ name: string; run: () => Promise<OperationTimes> }[]> {
  const port = Number(new URL(server.url).port)
  const admin = new AdminAccess(port)
  const measured = async (operation: Operation, times = repetitions): Promise<OperationTimes> => {
    const before = await processorMs(server, database)
    const taken = await timesOf(port, times, operation)
    const processor = ((await processorMs(server, database)) - before) / taken.length
    return { ms: taken[Math.floor(taken.length / 4)] ?? Number.NaN, processorMs: processor }
  }
  const timed = (operation: Operation) => {
    return async () => {
      await timesOf(port, warmups, operation)
      return await measured(operation)
    }
  }
  return [
    { name: 'token', run: timed(clientCredentials()) },
    { name: 'login', run: timed(browserLogin(people)) },
    { name: 'refresh', run: timed(await refresh(port, 1)) },
    {
      name: 'logout',
      run: async () => {
        const ending = await logout(port, logouts)
        return await measured(ending, { ...repetitions, timesMax: logouts })
      },
    },
    { name: 'find user', run: timed(admin.findUser(people)) },
    { name: 'sessions of a client', run: timed(admin.sessionsOfClient('app')) },
    ...axis.probes(admin).map(([name, operation]) => ({ name, run: timed(operation) })),
  ]
}

/** Processor time so far of the server and of the processes that PostgreSQL runs for this database. */
async function processorMs(server: ServerProcess, database: TestDatabase): Promise<number> {
  const backends = await backendsOf(database)
  return [server.pid, ...backends].reduce((sum, pid) => sum + processorMicros(pid) / 1_000, 0)
}
