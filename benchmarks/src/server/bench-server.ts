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

/** Starts a server on a fresh database, with the demo realm. */
export async function startBenchServer(
  postgresUrl: string,
  nodeOptions: readonly string[] = [],
): Promise<BenchServer> {
  const database = await createDatabase(postgresUrl)
  const server = await startServer({
    databaseUrl: database.url,
    realms: [demoRealm(people)],
    prefix: serverPrefix(),
    nodeOptions,
    options: ['--log-level=warn'],
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
