import type { TestDatabase } from '@holdfast/server/harness/test-database'
import type { Cost } from './cost.ts'

/** Totals since the server and its PostgreSQL were started. */
export type CostCounters = Omit<Cost, 'operation'>

/** Signatures with a shared secret, which are not counted. */
const symmetric = 'algorithm="HS'

/** What the server counts on its metrics page and PostgreSQL in its statistics. */
export async function readCounters(
  database: TestDatabase,
  managementUrl: string,
): Promise<CostCounters> {
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text()
  const [row] = await database.query<Record<string, string>>(
    `SELECT xact_commit AS commits, tup_inserted + tup_updated + tup_deleted AS written,
            pg_current_wal_lsn() - '0/0'::pg_lsn AS wal,
            ${await synchronousCommits(database)} AS syncs,
            (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables) AS read,
            pg_snapshot_xmax(pg_current_snapshot())::text AS xids
       FROM pg_stat_database WHERE datname = current_database()`,
  )
  return {
    statements: metric(metrics, 'holdfast_sql_statements_total'),
    roundTrips: metric(metrics, 'holdfast_sql_round_trips_total'),
    signatures: metric(metrics, 'holdfast_signatures_total'),
    hashes: metric(metrics, 'holdfast_password_hashes_total'),
    transactions: Number(row?.['commits']),
    writingTransactions: Number(row?.['xids']),
    walBytes: Number(row?.['wal']),
    rowsWritten: Number(row?.['written']),
    rowsRead: Number(row?.['read']),
    synchronousCommits: Number(row?.['syncs']),
  }
}

/** The sum of a counter's samples. */
function metric(page: string, name: string): number {
  return page
    .split('\n')
    .filter((line) => new RegExp(`^${name}[ {]`).test(line) && !line.includes(symmetric))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** PostgreSQL 18 counts by the kind of process, those before only for all together. */
async function synchronousCommits(database: TestDatabase): Promise<string> {
  const [row] = await database.query<{ recent: boolean }>(
    "SELECT current_setting('server_version_num')::int >= 180000 AS recent",
  )
  return row?.recent === true
    ? "(SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND backend_type = 'client backend')"
    : '(SELECT wal_sync FROM pg_stat_wal)'
}
