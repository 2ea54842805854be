import { setTimeout as pause } from 'node:timers/promises'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { type Operation, repeat } from '../load/load.ts'

/** What one operation costs the database, on average. */
export interface Cost {
  readonly operation: string
  readonly transactions: number
  readonly writingTransactions: number
  readonly walBytes: number
  /** Commits that waited for the log to reach the disk. */
  readonly synchronousCommits: number
  readonly rowsWritten: number
  /** Rows of the server's own tables that PostgreSQL looked at. */
  readonly rowsRead: number
  /** RSA or ECDSA signatures by the server. */
  readonly signatures: number
  /** Password hashes. */
  readonly hashes: number
  /** Null where `pg_stat_statements` is not loaded. */
  readonly statements: number | null
}

/** PostgreSQL reports its statistics a moment late; batched touches are written within two seconds. */
const settleMs = 2_500

/** What the processor does for one operation, known from its answers. */
export interface Cryptography {
  readonly signatures: number
  readonly hashes: number
}

interface Counters {
  readonly commits: number
  readonly xids: number
  readonly wal: number
  readonly rows: number
  readonly read: number
  readonly syncs: number
  readonly statements: number | null
  readonly at: number
}

/** Repeats an operation and divides what the database did meanwhile, less what it does anyway in that time. */
export async function costOf(
  operation: string,
  run: Operation,
  port: number,
  database: TestDatabase,
  times: number,
  cryptography: Cryptography = { signatures: 0, hashes: 0 },
): Promise<Cost> {
  await pause(settleMs)
  const idleFrom = await counters(database)
  await pause(settleMs)
  const before = await counters(database)
  const failures = await repeat(port, times, run)
  if (failures > 0) throw new Error(`${operation}: ${failures} of ${times} failed`)
  await pause(settleMs)
  const after = await counters(database)
  const idleShare = (after.at - before.at) / (before.at - idleFrom.at)
  const each = (of: (counters: Counters) => number): number =>
    Math.max(0, of(after) - of(before) - (of(before) - of(idleFrom)) * idleShare) / times
  return {
    operation,
    transactions: each((counted) => counted.commits),
    writingTransactions: each((counted) => counted.xids),
    walBytes: each((counted) => counted.wal),
    synchronousCommits: each((counted) => counted.syncs),
    rowsRead: each((counted) => counted.read),
    ...cryptography,
    rowsWritten: each((counted) => counted.rows),
    statements: after.statements === null ? null : each((counted) => counted.statements ?? 0),
  }
}

async function counters(database: TestDatabase): Promise<Counters> {
  const [row] = await database.query<Record<string, string>>(
    `SELECT xact_commit AS commits, tup_inserted + tup_updated + tup_deleted AS rows,
            pg_current_wal_lsn() - '0/0'::pg_lsn AS wal,
            ${await synchronousCommits(database)} AS syncs,
            (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables) AS read,
            pg_snapshot_xmax(pg_current_snapshot())::text AS xids
       FROM pg_stat_database WHERE datname = current_database()`,
  )
  return {
    commits: Number(row?.['commits']),
    xids: Number(row?.['xids']),
    wal: Number(row?.['wal']),
    rows: Number(row?.['rows']),
    read: Number(row?.['read']),
    syncs: Number(row?.['syncs']),
    statements: await statements(database),
    at: performance.now(),
  }
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

async function statements(database: TestDatabase): Promise<number | null> {
  try {
    await database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
    const [row] = await database.query<{ calls: string }>(
      `SELECT sum(calls) AS calls FROM pg_stat_statements
        WHERE query !~* '^(begin|commit|start transaction|rollback)' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    return Number(row?.calls)
  } catch {
    return null
  }
}
