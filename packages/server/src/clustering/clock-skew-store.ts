import type { Queryable } from '../database/database.ts'

/** Asks the database for its time. @returns milliseconds since the epoch by the database's clock */
export async function databaseTimeMs(database: Queryable): Promise<number> {
  const [row] = await database.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms',
  )
  return Number(row?.ms)
}
