import { readFileSync } from 'node:fs'
import { startThrowAwayPostgres } from '@holdfast/server/harness/throw-away-postgres'
import pg from 'pg'
import { moveToOtherCore } from './pinning.ts'

/** A PostgreSQL for a benchmark. */
export interface Postgres extends AsyncDisposable {
  readonly url: string
}

/** The PostgreSQL that `KC_TEST_DB_URL` names, or a throw-away one that keeps off the server's core. */
export async function openPostgres(): Promise<Postgres> {
  const given = process.env['KC_TEST_DB_URL']
  if (given !== undefined) return { url: given, [Symbol.asyncDispose]: () => Promise.resolve() }
  const postgres = await startThrowAwayPostgres(true, 'pg_stat_statements')
  for (const pid of await processesOf(postgres.url)) moveToOtherCore(pid)
  return { url: postgres.url, [Symbol.asyncDispose]: () => postgres.stop() }
}

/** The postmaster, whose future children inherit its cores, and the processes that it has by now. */
async function processesOf(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number; self: number }>(
    'SELECT pid, pg_backend_pid() AS self FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  )
  const status = readFileSync(`/proc/${rows[0]?.self}/status`, 'utf8')
  await client.end()
  return [Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]), ...rows.map(({ pid }) => pid)]
}
