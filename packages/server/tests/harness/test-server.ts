import { inject } from 'vitest'
import { type ServerOptions, type ServerProcess, startServer } from './server-process.ts'
import { createDatabase, type TestDatabase } from './test-database.ts'

/** A running server on a database of its own. */
export interface TestServer extends AsyncDisposable {
  readonly server: ServerProcess
  readonly database: TestDatabase
  /** Origin of the main listener, without a trailing slash. */
  readonly url: string
  realmUrl(realm: string): string
}

/**
 * Starts a server for a test file. Its database is a copy of the template, so the realms `master`, `acme` (the
 * export of a real Keycloak) and `demo` (see `demo-realm.ts`) are there at once.
 * @param options what differs from a plain `start-dev`; `empty` starts on an empty database instead of the copy
 */
export async function startTestServer(
  options: Omit<ServerOptions, 'databaseUrl'> & { readonly empty?: boolean } = {},
): Promise<TestServer> {
  const { empty, ...serverOptions } = options
  const database = await createTestDatabase(empty === true)
  try {
    const server = await startServer({ ...serverOptions, databaseUrl: database.url })
    return {
      server,
      database,
      url: server.url,
      realmUrl: (realm) => server.realmUrl(realm),
      async [Symbol.asyncDispose]() {
        await server.stop()
        await database[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

/** A database for a test that starts its servers itself: a copy of the template, or an empty one. */
export function createTestDatabase(empty = false): Promise<TestDatabase> {
  return createDatabase(inject('postgresUrl'), empty ? {} : { template: inject('templateName') })
}
