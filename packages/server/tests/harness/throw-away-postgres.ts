import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@holdfast/server/database/embedded/embedded-postgres'
import { pino } from 'pino'
import { administer } from './test-database.ts'

/** A PostgreSQL that lives as long as a test run or a benchmark. */
export interface ThrowAwayPostgres {
  /** Names the socket of the server; databases can be created with it. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of the server on data that is deleted when it stops.
 * @param durable false leaves out waiting for the disk, which tests do not need and benchmarks do
 * @param preloaded library that PostgreSQL has to load when it starts
 */
export async function startThrowAwayPostgres(
  durable = false,
  preloaded?: string,
): Promise<ThrowAwayPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  // PostgreSQL runs as another user when this is root, and that user has to get to its data.
  chmodSync(directory, 0o755)
  const logger = pino({ level: 'error' })
  let postgres = await EmbeddedPostgres.start(directory, logger)
  if (preloaded !== undefined) {
    const statement = `ALTER SYSTEM SET shared_preload_libraries = '${preloaded}'`
    await administer(urlOf(postgres), statement)
    await postgres[Symbol.asyncDispose]()
    postgres = await EmbeddedPostgres.start(directory, logger)
  }
  const url = urlOf(postgres)
  if (!durable) {
    await administer(url, 'ALTER SYSTEM SET fsync = off')
    await administer(url, 'SELECT pg_reload_conf()')
  }
  return {
    url,
    async stop() {
      await postgres[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function urlOf({ address }: EmbeddedPostgres): string {
  const { host, port, database, user } = address
  return `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
}
