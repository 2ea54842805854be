import type { Queryable } from '../database/database.ts'

/** @returns how many connections the database has for users such as this one */
export async function connectionsAllowed(database: Queryable): Promise<number> {
  const [row] = await database.query<{ allowed: number }>(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true), '0')::int AS allowed`,
  )
  return Number(row?.allowed)
}
