import { setTimeout as pause } from 'node:timers/promises'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { type Operation, repeat } from '../load/load.ts'

/** What one operation costs the database, on average. */
export interface Cost {
  readonly operation: string
  readonly transactions: number
  readonly writingTransactions: number
  readonly walBytes: number
  readonly rowsWritten: number
  /** Null where `pg_stat_statements` is not loaded. */
  readonly statements: number | null
}

/** PostgreSQL reports its statistics a moment late; batched touches are written within two seconds. */
const settleMs = 2_500

interface Counters {
  readonly commits: number
  readonly xids: number
  readonly wal: number
  readonly rows: number
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
    rowsWritten: each((counted) => counted.rows),
    statements: after.statements === null ? null : each((counted) => counted.statements ?? 0),
  }
}

async function counters(database: TestDatabase): Promise<Counters> {
  const [row] = await database.query<Record<string, string>>(
    `SELECT xact_commit AS commits, tup_inserted + tup_updated + tup_deleted AS rows,
            pg_current_wal_lsn() - '0/0'::pg_lsn AS wal,
            pg_snapshot_xmax(pg_current_snapshot())::text AS xids
       FROM pg_stat_database WHERE datname = current_database()`,
  )
  return {
    commits: Number(row?.['commits']),
    xids: Number(row?.['xids']),
    wal: Number(row?.['wal']),
    rows: Number(row?.['rows']),
    statements: await statements(database),
    at: performance.now(),
  }
}

async function statements(database: TestDatabase): Promise<number | null> {
  try {
    const [row] = await database.query<{ calls: string }>(
      `SELECT sum(calls) AS calls FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    return Number(row?.calls)
  } catch {
    return null
  }
}
