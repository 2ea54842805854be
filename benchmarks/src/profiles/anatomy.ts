import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { bySelfTime, type CpuProfile, type Frame, framesOf } from '../anatomy/cpu-profile.ts'
import { flameGraph, ownerOf } from '../anatomy/flame-graph.ts'
import { ModulePlaces } from '../anatomy/module-places.ts'
import {
  countStatements,
  forgetStatements,
  type StatementCost,
  statementsLibrary,
  statementsOf,
} from '../anatomy/statements-store.ts'
import { type Operation, runLoad } from '../load/load.ts'
import {
  browserLogin,
  clientCredentials,
  introspection,
  jwks,
  passwordGrant,
  refresh,
} from '../load/scenarios.ts'
import { aligned } from '../report/table.ts'
import type { Results } from '../report/write-results.ts'
import { type BenchServer, people, startBenchServer } from '../server/bench-server.ts'
import { anyCorePrefix } from '../server/pinning.ts'
import { startPostgres } from '../server/postgres.ts'
import { mainThreadMicros, processorMicros } from '../server/process-usage.ts'
import type { Profile, ProfileContext } from './profile.ts'
import { warmUp } from './warm-up.ts'

const connections = 16
const functionsShown = 12
const profileMsMax = 60_000
const profilePollMs = 50

/** Where one operation's time went. */
interface Anatomy {
  readonly name: string
  /** Of the server's processor time, in microseconds. */
  readonly processor: number
  /** The part of the main thread; the rest are signatures, hashes, the compiler and the collector. */
  readonly mainThread: number
  readonly operations: number
  /** What ran in the main thread. */
  readonly root: Frame
  readonly statements: readonly StatementCost[]
}

const places = new ModulePlaces()

/** Where the time of an operation goes: flame graphs of the server's main thread, and its statements with what each costs. */
export const anatomy: Profile = async (context) => {
  await using postgres = await startPostgres({ shared_preload_libraries: statementsLibrary })
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-profile-'))
  const preload = pathToFileURL(join(import.meta.dirname, '../anatomy/profile-on-signal.js'))
  preload.searchParams.set('directory', directory)
  try {
    await using bench = await startBenchServer(postgres.url, {
      // On one core the profiler's own thread gets its turn when the server sleeps, and finds it idle.
      prefix: anyCorePrefix(),
      nodeOptions: ['--import', preload.href],
    })
    await countStatements(bench.database)
    const found: Anatomy[] = []
    for (const [name, operation] of await operationsOn(bench)) {
      const file = join(directory, `${found.length}.cpuprofile`)
      found.push(await dissect(context, bench, file, name, operation))
    }
    return resultsOf(found)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function operationsOn({ port }: BenchServer): Promise<[string, Operation][]> {
  return [
    ['client_credentials', clientCredentials()],
    ['refresh', await refresh(port, connections)],
    ['introspection', await introspection(port)],
    ['keys', jwks()],
    ['password grant', passwordGrant(people)],
    ['browser login', browserLogin(people)],
  ]
}

/** @param file that the server writes its profile to */
async function dissect(
  context: ProfileContext,
  { server, port, database }: BenchServer,
  file: string,
  name: string,
  operation: Operation,
): Promise<Anatomy> {
  context.progress(`${name}: warming up`)
  await warmUp({ port, connections, pid: server.pid }, operation)
  await forgetStatements(database)
  context.progress(`${name}: ${context.seconds} s`)
  server.kill('SIGUSR2')
  const [all, main] = [processorMicros(server.pid), mainThreadMicros(server.pid)]
  const load = { port, connections, warmupSeconds: 0, seconds: context.seconds }
  const { completed } = await runLoad(load, operation)
  const operations = Math.max(1, completed)
  const processor = (processorMicros(server.pid) - all) / operations
  const mainThread = (mainThreadMicros(server.pid) - main) / operations
  const statements = await statementsOf(database, operations)
  server.kill('SIGUSR2')
  const root = framesOf(await profileIn(file), places)
  return { name, processor, mainThread, operations, root, statements }
}

async function profileIn(file: string): Promise<CpuProfile> {
  const deadline = performance.now() + profileMsMax
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error('the server wrote no profile')
    await pause(profilePollMs)
  }
  return JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
}

function resultsOf(found: readonly Anatomy[]): Results {
  const charts = found.map((each): [string, string] => [
    each.name.replaceAll(/[ _]/g, '-'),
    flameGraph(`${each.name}: main thread of the server`, each.root, each.operations),
  ])
  return {
    rows: [],
    costs: [],
    targets: [],
    notes: [
      `Microseconds of processor time for one operation; the sampling itself costs a part of them. Flame graphs are beside this file.`,
      ownersTable(found),
      ...found.map(functionsTable),
      ...found.map(statementsTable).filter((table) => table !== ''),
    ],
    charts: Object.fromEntries(charts),
  }
}

/** Whose code the main thread was in. */
function ownersTable(found: readonly Anatomy[]): string {
  const owners = ['server', 'package', 'node', 'V8'] as const
  const head = ['the server', 'packages', 'Node', 'V8, system']
  return aligned([
    ['operation', 'all threads', 'main thread', ...head],
    ...found.map((each) => {
      const functions = bySelfTime(each.root)
      const of = (owner: (typeof owners)[number]): string =>
        functions
          .filter(({ place }) => ownerOf(place) === owner)
          .reduce((sum, { micros }) => sum + micros / each.operations, 0)
          .toFixed(0)
      return [each.name, each.processor.toFixed(0), each.mainThread.toFixed(0), ...owners.map(of)]
    }),
  ])
}

function functionsTable(each: Anatomy): string {
  const dearest = bySelfTime(each.root).slice(0, functionsShown)
  return aligned([
    [`${each.name}: function`, 'of', 'µs', 'share'],
    ...dearest.map(({ name, place, micros }) => [
      name,
      place,
      (micros / each.operations).toFixed(0),
      `${((100 * micros) / each.root.total).toFixed(1)} %`,
    ]),
  ])
}

function statementsTable(each: Anatomy): string {
  if (each.statements.length === 0) return ''
  return aligned([
    [`${each.name}: statement`, 'times', 'µs in PostgreSQL', 'rows', 'WAL bytes'],
    ...each.statements.map(({ text, calls, micros, rows, walBytes }) => [
      text.replaceAll('|', '\\|').slice(0, 160),
      calls.toFixed(2),
      micros.toFixed(0),
      rows.toFixed(1),
      walBytes.toFixed(0),
    ]),
  ])
}
