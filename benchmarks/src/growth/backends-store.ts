import type { TestDatabase } from '@holdfast/server/harness/test-database'

/** Process ids of PostgreSQL's side of everybody else's connections to the database; none when it is on another machine. */
export async function backendsOf(database: TestDatabase): Promise<number[]> {
  const rows = await database.query<{ pid: number; near: boolean }>(
    `SELECT pid, coalesce(client_addr <<= '127.0.0.0/8', true) AS near FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND application_name LIKE 'holdfast%'`,
  )
  return rows.filter(({ near }) => near).map(({ pid }) => pid)
}
