import { demoRealm } from '@holdfast/server/harness/demo-realm'
import { type ServerProcess, startServer } from '@holdfast/server/harness/server-process'
import { createDatabase, type TestDatabase } from '@holdfast/server/harness/test-database'
import { serverPrefix } from './pinning.ts'

/** People of the benchmark's realm. */
export const people = 100

/** The server under test, on one core, with its database. */
export interface BenchServer extends AsyncDisposable {
  readonly server: ServerProcess
  readonly database: TestDatabase
  readonly port: number
}

/** How a benchmark wants its server; everything has a default. */
export interface BenchServerOptions {
  /** Instead of the demo realm with its people. */
  readonly realm?: unknown
  /** Arguments of `node` itself. */
  readonly nodeOptions?: readonly string[]
  /** Options of the server. */
  readonly options?: readonly string[]
  /** `start-dev` unless said otherwise. */
  readonly command?: string
  /** Put before the command; the server's own core unless said otherwise. */
  readonly prefix?: readonly string[]
}

/** Starts a server on a fresh database, with the demo realm. */
export async function startBenchServer(
  postgresUrl: string,
  options: BenchServerOptions = {},
): Promise<BenchServer> {
  const database = await createDatabase(postgresUrl)
  const server = await startServer({
    databaseUrl: database.url,
    realms: [options.realm ?? demoRealm(people)],
    prefix: options.prefix ?? serverPrefix(),
    nodeOptions: options.nodeOptions ?? [],
    command: options.command ?? 'start-dev',
    options: options.options ?? [],
  })
  return {
    server,
    database,
    port: Number(new URL(server.url).port),
    async [Symbol.asyncDispose]() {
      await server.stop()
      await database[Symbol.asyncDispose]()
    },
  }
}
