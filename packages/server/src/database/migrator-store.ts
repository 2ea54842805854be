import type { Logger } from '../log/logger.ts'
import { StartError } from '../shared/start-error.ts'
import type { Database, Transaction } from './database.ts'
import { DatabaseError, DatabaseUnavailable, sqlState } from './database-error.ts'
import type { Migration } from './migrations/index.ts'

/** How long the tables in which migrations are noted may take to make. */
const bookkeepingTimeoutMs = 60_000
/**
 * How long a step waits for a lock before it is rolled back and begun anew: another node's migration, or a table that
 * older nodes are using, whose requests would queue behind the waiting step.
 */
const lockWaitMsMax = 3_000
const noSuchTable = '42P01'
const statementTimedOut = '57014'
const lockNotAvailable = '55P03'
/** What two nodes that create the same thing at the same moment may be told. */
const createdMeanwhile = new Set(['23505', '42P07', '42P06'])

interface AppliedRow {
  readonly version: number
  readonly breaking: boolean
}

export interface MigratorDeps {
  readonly database: Database
  readonly migrations: readonly Migration[]
  readonly schema: string | undefined
  readonly logger: Logger
  /** How long a step may take, and locks of other nodes are waited for, in milliseconds (`transaction-setup-timeout`). */
  readonly deadlineMs: number
  /** Ends the wait. */
  readonly signal: AbortSignal
}

/** The database was changed by a newer version in a way that this version cannot live with. */
export class SchemaTooNew extends Error {
  constructor(version: number) {
    super(
      `The database has schema version ${version}, made by a newer release that older nodes must not use`,
    )
    this.name = 'SchemaTooNew'
  }
}

/**
 * Brings the schema up to date, once in a cluster: the row of `schema_lock` is locked for as long as a step runs, so a node
 * that dies in the middle lets go of it by itself, and its step is rolled back as a whole.
 * @throws StartError when another node's migration holds the lock beyond the deadline, SchemaTooNew, DatabaseUnavailable
 */
export async function migrate(deps: MigratorDeps): Promise<void> {
  const start = performance.now()
  for (;;) {
    deps.signal.throwIfAborted()
    try {
      await applyPending(deps)
      return
    } catch (error) {
      if (!isOthersWork(error)) throw error
      if (performance.now() - start > deps.deadlineMs) {
        throw new StartError(
          `The database could not be migrated within transaction-setup-timeout, for others hold locks on it: ${error.message}`,
        )
      }
    }
  }
}

/** Another node made the same thing at the same moment, or holds the lock for longer than one statement waits. */
function isOthersWork(error: unknown): error is Error {
  if (error instanceof DatabaseError) return createdMeanwhile.has(error.code)
  return error instanceof DatabaseUnavailable && sqlState(error.cause) === lockNotAvailable
}

/** It would take as long at every repetition, so this is not what an outage is. */
function isStepTooLong(error: unknown): boolean {
  return error instanceof DatabaseUnavailable && sqlState(error.cause) === statementTimedOut
}

async function applyPending(deps: MigratorDeps): Promise<void> {
  let applied = await appliedVersions(deps.database)
  if (applied === undefined) {
    await createBookkeeping(deps)
    applied = []
  }
  refuseBreaking(applied, deps.migrations)
  const known = new Set(applied.map((row) => row.version))
  const pending = deps.migrations.filter((migration) => !known.has(migration.version))
  if (pending.length === 0) return
  if (applied.length === 0) deps.logger.info('Initializing database schema')
  for (const migration of pending) {
    await applyOne(deps, migration).catch((error: unknown) => {
      if (!isStepTooLong(error)) throw error
      throw new StartError(
        `The database could not be migrated within transaction-setup-timeout, for a step takes longer: ${migration.name}`,
      )
    })
  }
}

/** Reads `schema_migration` (a handful of rows). @returns undefined when the tables are not there yet */
async function appliedVersions(database: Database): Promise<AppliedRow[] | undefined> {
  try {
    return await database.query<AppliedRow>('SELECT version, breaking FROM schema_migration')
  } catch (error) {
    if (error instanceof DatabaseError && error.code === noSuchTable) return undefined
    throw error
  }
}

function refuseBreaking(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  const breaking = applied.find((row) => row.breaking && row.version > newest)
  if (breaking !== undefined) throw new SchemaTooNew(breaking.version)
}

async function createBookkeeping({ database, schema }: MigratorDeps): Promise<void> {
  await database.transaction(
    async (tx) => {
      if (schema !== undefined) {
        await tx.query(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`)
      }
      await tx.query('CREATE TABLE IF NOT EXISTS schema_lock (id int PRIMARY KEY)')
      await tx.query('INSERT INTO schema_lock VALUES (1) ON CONFLICT DO NOTHING')
      await tx.query(
        `CREATE TABLE IF NOT EXISTS schema_migration (
           version int PRIMARY KEY, name text NOT NULL, breaking boolean NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
      )
    },
    { statementTimeoutMs: bookkeepingTimeoutMs },
  )
}

async function applyOne(deps: MigratorDeps, migration: Migration): Promise<void> {
  const { database, logger, deadlineMs } = deps
  await database.transaction(
    async (tx) => {
      await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [
        String(Math.ceil(Math.min(lockWaitMsMax, deadlineMs / 2))),
      ])
      await tx.query('SELECT id FROM schema_lock WHERE id = 1 FOR UPDATE')
      if (await isApplied(tx, migration)) return
      for (const statement of migration.statements) await tx.query(statement)
      await tx.query('INSERT INTO schema_migration (version, name, breaking) VALUES ($1, $2, $3)', [
        migration.version,
        migration.name,
        migration.breaking ?? false,
      ])
      logger.debug(`Applied migration ${migration.version} (${migration.name})`)
    },
    { statementTimeoutMs: deadlineMs },
  )
}

async function isApplied(tx: Transaction, migration: Migration): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM schema_migration WHERE version = $1', [
    migration.version,
  ])
  return rows.length > 0
}
