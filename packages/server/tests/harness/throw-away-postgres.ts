import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@holdfast/server/database/embedded/embedded-postgres'
import { pino } from 'pino'
import { administer } from './test-database.ts'

/** A PostgreSQL that lives as long as a test run. */
export interface ThrowAwayPostgres {
  /** Names the socket of the server; databases can be created with it. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts the embedded PostgreSQL of the server on data that is deleted when it stops; it does not wait for the disk. */
export async function startThrowAwayPostgres(): Promise<ThrowAwayPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  // PostgreSQL runs as another user when this is root, and that user has to get to its data.
  chmodSync(directory, 0o755)
  const postgres = await EmbeddedPostgres.start(directory, pino({ level: 'error' }))
  const url = urlOf(postgres)
  await administer(url, 'ALTER SYSTEM SET fsync = off')
  await administer(url, 'SELECT pg_reload_conf()')
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
