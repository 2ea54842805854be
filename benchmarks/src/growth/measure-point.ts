import { type ServerProcess, startServer } from '@holdfast/server/harness/server-process'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { AdminAccess } from '../load/admin-scenarios.ts'
import { type Operation, repeat } from '../load/load.ts'
import { browserLogin, clientCredentials, logout, refresh } from '../load/scenarios.ts'
import { people } from '../server/bench-server.ts'
import { serverPrefix } from '../server/pinning.ts'
import { processorMicros, residentMegabytes } from '../server/process-usage.ts'
import type { Axis } from './axes.ts'
import { expirySweepMs } from './expiry-sweep.ts'
import { type OperationTimes, ProcessorMeter, runsMax } from './processor-meter.ts'

/** What was measured with a size of the database. */
export interface Measured {
  readonly operations: Readonly<Record<string, OperationTimes>>
  /** Start-up and sweep in milliseconds, memory in MB. */
  readonly others: Readonly<Record<string, number>>
}

const failed: OperationTimes = { ms: Number.NaN, processorMs: Number.NaN }

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
    const startProcessorMs = processorMicros(server.pid) / 1_000
    servers.push(server)
    const meter = new ProcessorMeter(server, database)
    await meter.warmUp(clientCredentials())
    const idleMs = await meter.readIdle()
    const operations: Record<string, OperationTimes> = {}
    for (const [name, run] of await operationsAt(server, axis, meter)) {
      // One that fails, for instance by a limit of time, shall not cost the other figures.
      operations[name] = await run().catch(() => failed)
    }
    const memory = residentMegabytes(server.pid)
    await Promise.all(servers.map((each) => each.stop()))
    const others = {
      'start-up, ms': startMs,
      'start-up, processor ms': startProcessorMs,
      'memory, MB': memory,
      'idle, processor ms a second': idleMs,
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
  axis: Axis,
  meter: ProcessorMeter,
): Promise<(readonly [name: string, run: () => Promise<OperationTimes>])[]> {
  const port = Number(new URL(server.url).port)
  const admin = new AdminAccess(port)
  const timed = (operation: Operation) => async () => {
    await meter.warmUp(operation)
    return await meter.measure(operation)
  }
  return [
    ['token', timed(clientCredentials())],
    ['login', timed(browserLogin(people))],
    ['refresh', timed(await refresh(port, 1))],
    [
      'logout',
      async () => {
        // A session ends once: so many are there to end, and those of the warm-up end first.
        await repeat(port, runsMax.warmUp, await logout(port, runsMax.warmUp))
        return await meter.measure(await logout(port, runsMax.measure))
      },
    ],
    ['find user', timed(admin.findUser(people))],
    ['sessions of a client', timed(admin.sessionsOfClient('app'))],
    ...axis.probes(admin).map(([name, operation]) => [name, timed(operation)] as const),
  ]
}
