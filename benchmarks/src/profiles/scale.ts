import { type ServerProcess, startServer } from '@holdfast/server/harness/server-process'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { keysOfRealmMs } from '../growth/key-time.ts'
import { seedRealms } from '../growth/seed-realms-store.ts'
import { seeds, settle } from '../growth/seed-store.ts'
import { AdminAccess } from '../load/admin-scenarios.ts'
import { type Operation, repeat, runLoad, timesOf } from '../load/load.ts'
import { atMost, type Target } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { serverPrefix } from '../server/pinning.ts'
import { processorMicros, residentMegabytes } from '../server/process-usage.ts'
import type { Profile, ProfileContext } from './profile.ts'

const usersAtScale = 1_000_000
const clientsAtScale = 20_000
const realmsAtScale = 5_000
const fewRealms = 10
const sessionsAtScale = 100_000

const listMs = 50
const lastPageMs = 250
const createRealmMs = 150
/** Processor time of a new realm, as a multiple of that of its keys. */
const bulkRealmMax = 1.3
/** What one server may take more to start, and to hold, beside thousands of realms. */
const growthMax = 1.2
const bulkRealms = 40
/** Until the stock of keys is what it is at that rate: those before it were made in bulk. */
const stockSeconds = 10
const pacedSeconds = 30
/** Enough that the 95th percentile is not the slowest of them. */
const changes = 40
const repetitions = { timesMax: 60, timesMin: 10, msMax: 10_000 }
const pageSize = 20

/**
 * A million users, 20,000 clients in one realm and 5,000 realms in one server; `--scale=0.01` for a short form. Lists are
 * measured one request at a time.
 */
export const scale: Profile = async (context) => {
  await using bench = await startBenchServer(context.postgresUrl)
  await bench.server.stop()
  const { database } = bench
  const few = await measureRealms(context, database, fewRealms, 1)
  const realms = scaled(realmsAtScale, context)
  const many = await measureRealms(context, database, realms, fewRealms)
  const lists = await measureLists(context, database)
  const keysMs = await keysOfRealmMs()
  const targets = [
    ...lists,
    atMost(`new realm, one a second, beside ${fewRealms}, p95`, few.pacedMs, createRealmMs, 'ms'),
    atMost(`new realm, one a second, beside ${realms}, p95`, many.pacedMs, createRealmMs, 'ms'),
    atMost('new realms in bulk, of the time of their keys', few.bulkMs / keysMs, bulkRealmMax, '×'),
    atMost(`the same, beside ${realms} realms`, many.bulkMs / keysMs, bulkRealmMax, '×'),
    atMost(`list of ${realms} realms, p95`, many.listMs, listMs, 'ms'),
    atMost(`list of ${realms} realms after a change of one, p95`, many.changedMs, listMs, 'ms'),
    atMost('page of 20 realm names, p95', many.namesMs, listMs, 'ms'),
    atMost(
      `start with ${realms} realms, of that with ${fewRealms}`,
      many.startMs / few.startMs,
      growthMax,
      '×',
    ),
    atMost(
      `memory with ${realms} realms, of that with ${fewRealms}`,
      many.memory / few.memory,
      growthMax,
      '×',
    ),
  ]
  const notes = [
    `keys of a realm: ${keysMs.toFixed(1)} ms of processor time; a realm in bulk: ${few.bulkMs.toFixed(1)} ms beside ${fewRealms}, ${many.bulkMs.toFixed(1)} ms beside ${realms}`,
    `start to ready: ${few.startMs.toFixed(0)} ms with ${fewRealms} realms, ${many.startMs.toFixed(0)} ms with ${realms}; memory ${few.memory.toFixed(0)} and ${many.memory.toFixed(0)} MB`,
  ]
  return { rows: [], costs: [], targets, notes }
}

function scaled(size: number, context: ProfileContext): number {
  return Math.max(fewRealms, Math.round(size * context.scale))
}

/** What a server with a number of realms showed; milliseconds, p95 where several were measured, and MB. */
interface RealmsMeasured {
  readonly startMs: number
  readonly memory: number
  readonly pacedMs: number
  /** Processor time of one realm. */
  readonly bulkMs: number
  readonly listMs: number
  readonly changedMs: number
  readonly namesMs: number
}

async function measureRealms(
  context: ProfileContext,
  database: TestDatabase,
  realms: number,
  before: number,
): Promise<RealmsMeasured> {
  context.progress(`${realms} realms: seeding`)
  await seedRealms(database, before, realms)
  await settle(database)
  const begin = performance.now()
  const server = await startOn(database)
  const startMs = performance.now() - begin
  try {
    const port = Number(new URL(server.url).port)
    const memory = residentMegabytes(server.pid)
    const admin = new AdminAccess(port)
    context.progress(`${realms} realms: lists`)
    const list = admin.get('?briefRepresentation=true')
    const changed = await p95After(port, admin.createRealm(`between-${realms}`), list)
    context.progress(`${realms} realms: new ones`)
    await repeat(port, 3, admin.createRealm(`warm-${realms}`))
    const paced = await runLoad(
      { port, connections: 1, warmupSeconds: stockSeconds, seconds: pacedSeconds, rate: 1 },
      admin.createRealm(`paced-${realms}`),
    )
    const bulkMs = await processorMsOf(server, bulkRealms, admin.createRealm(`bulk-${realms}`))
    return {
      startMs,
      memory,
      pacedMs: paced.failures === 0 ? paced.p95 : Number.NaN,
      bulkMs,
      listMs: await p95(port, list),
      changedMs: changed,
      namesMs: await p95(
        port,
        admin.getFrom(`/admin/realms/master/ui-ext/realms/names?first=0&max=${pageSize}`),
      ),
    }
  } finally {
    await server.stop()
  }
}

/** Processor time per run, in milliseconds, of the server's threads, keys that are made ahead included. */
async function processorMsOf(
  server: ServerProcess,
  times: number,
  operation: Operation,
): Promise<number> {
  const before = processorMicros(server.pid)
  const failures = await repeat(Number(new URL(server.url).port), times, operation)
  if (failures > 0) return Number.NaN
  return (processorMicros(server.pid) - before) / times / 1_000
}

function startOn(database: TestDatabase): Promise<ServerProcess> {
  return startServer({ databaseUrl: database.url, prefix: serverPrefix() })
}

/** @returns the 95th percentile in milliseconds, after a few that do not count; NaN when one fails */
async function p95(port: number, operation: Operation): Promise<number> {
  await repeat(port, 3, operation)
  return quantile95(await timesOf(port, repetitions, operation).catch(() => []))
}

/** The same for what is asked for right after something else each time. */
async function p95After(port: number, first: Operation, operation: Operation): Promise<number> {
  const taken: number[] = []
  for (let round = 0; round < changes; round++) {
    await repeat(port, 1, first)
    const once = { timesMax: 1, timesMin: 1, msMax: repetitions.msMax }
    taken.push(...(await timesOf(port, once, operation)))
  }
  return quantile95(taken.toSorted((a, b) => a - b))
}

function quantile95(ascending: readonly number[]): number {
  return ascending[Math.floor(ascending.length * 0.95)] ?? Number.NaN
}

async function measureLists(context: ProfileContext, database: TestDatabase): Promise<Target[]> {
  const users = scaled(usersAtScale, context)
  const clients = scaled(clientsAtScale, context)
  const sessions = scaled(sessionsAtScale, context)
  context.progress(`${users} users, ${clients} clients, ${sessions} sessions: seeding`)
  await seeds.users(database, 0, users)
  await seeds.clients(database, 0, clients)
  await seeds.sessions(database, 0, sessions)
  await settle(database)
  const server = await startOn(database)
  try {
    const port = Number(new URL(server.url).port)
    const targets: Target[] = []
    for (const [name, operation, bound] of listsOf(new AdminAccess(port), users)) {
      context.progress(name)
      targets.push(atMost(`${name}, p95`, await p95(port, operation), bound, 'ms'))
    }
    return targets
  } finally {
    await server.stop()
  }
}

function listsOf(
  admin: AdminAccess,
  users: number,
): (readonly [name: string, operation: Operation, bound: number])[] {
  const page = `first=0&max=${pageSize}`
  const demo = (path: string): Operation => admin.get(`/demo/${path}`)
  return [
    ['first page of users', demo(`users?${page}`), listMs],
    ['users by prefix', demo(`users?search=grown-99&${page}`), listMs],
    ['users by part of a name', demo(`users?search=*own-4242*&${page}`), listMs],
    ['users by address', demo(`users?email=grown-77&${page}`), listMs],
    ['user by exact name', admin.findUser(people), listMs],
    ['users by attribute', demo(`users?q=employee:e4242&${page}`), listMs],
    ['last page of users', demo(`users?first=${users - pageSize}&max=${pageSize}`), lastPageMs],
    ['number of users', demo('users/count'), lastPageMs],
    ['first page of clients', demo(`clients?${page}`), listMs],
    ['search for a client', demo(`clients?clientId=grown-1&search=true&${page}`), listMs],
    ['sessions of a client', admin.sessionsOfClient('app'), listMs],
    ['sessions of the realm', demo(`ui-ext/sessions?${page}`), listMs],
  ]
}
