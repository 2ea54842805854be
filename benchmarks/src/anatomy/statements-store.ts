import type { TestDatabase } from '@holdfast/server/harness/test-database'

/** What a statement cost PostgreSQL for each operation. */
export interface StatementCost {
  /** On one line, with `$1` for values. */
  readonly text: string
  readonly calls: number
  readonly micros: number
  readonly rows: number
  readonly walBytes: number
}

/** Statements that fewer of the operations need are not theirs: heartbeats, sweeps, batches of touches of everybody. */
const callsMin = 0.1

/** The extension that counts statements; PostgreSQL has to be started with its library. */
export const statementsLibrary = 'pg_stat_statements'

/** Makes the database count its statements. */
export async function countStatements(database: TestDatabase): Promise<void> {
  await database.query(`CREATE EXTENSION IF NOT EXISTS ${statementsLibrary}`)
}

/** From now on. */
export async function forgetStatements(database: TestDatabase): Promise<void> {
  await database.query('SELECT pg_stat_statements_reset()')
}

/** @returns what was done for `operations` operations since forgetStatements, for each of them; the dearest first */
export async function statementsOf(
  database: TestDatabase,
  operations: number,
): Promise<StatementCost[]> {
  const rows = await database.query<Record<'query', string> & Record<Sum, number>>(
    `SELECT query, calls::float8 AS calls, total_exec_time * 1000 AS micros, rows::float8 AS rows, wal_bytes::float8 AS wal
       FROM pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat_statements%'
      ORDER BY total_exec_time DESC`,
  )
  return rows
    .filter(({ calls }) => calls >= operations * callsMin)
    .map(({ query, calls, micros, rows: found, wal }) => ({
      text: query.replace(/\s+/g, ' ').trim(),
      calls: calls / operations,
      micros: micros / operations,
      rows: found / operations,
      walBytes: wal / operations,
    }))
}

type Sum = 'calls' | 'micros' | 'rows' | 'wal'
