import type { Queryable } from '../database/database.ts'

/** What a primary says of itself. */
export interface DatabaseFacts {
  readonly version: string
  readonly synchronousCommit: string
  /** Names that `synchronous_standby_names` asks for; empty = none. */
  readonly synchronousNames: string
  readonly standbys: number
  /** Of those, who has to confirm before a commit counts. */
  readonly synchronousStandbys: number
  readonly connectionsUsed: number
}

interface FactsRow {
  readonly version: string
  readonly commit: string
  readonly names: string
  readonly standbys: number
  readonly synchronous: number
  readonly used: number
}

/** Needs no rights beyond those of any user; without `pg_monitor` standbys are counted, not named. */
export async function databaseFacts(database: Queryable): Promise<DatabaseFacts> {
  const [row] = await database.query<FactsRow>(
    `SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commit,
       current_setting('synchronous_standby_names') AS names,
       (SELECT count(*) FROM pg_stat_replication)::int AS standbys,
       (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))::int AS synchronous,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS used`,
  )
  if (row === undefined) throw new Error('the database says nothing of itself')
  return {
    version: row.version,
    synchronousCommit: row.commit,
    synchronousNames: row.names,
    standbys: row.standbys,
    synchronousStandbys: row.synchronous,
    connectionsUsed: row.used,
  }
}

/** @returns versions of the migrations that were applied; undefined where there is no schema yet */
export async function appliedMigrations(database: Queryable): Promise<number[] | undefined> {
  const [known] = await database.query<{ there: string | null }>(
    "SELECT to_regclass('schema_migration')::text AS there",
  )
  if (known?.there == null) return undefined
  const rows = await database.query<{ version: number }>('SELECT version FROM schema_migration')
  return rows.map(({ version }) => version)
}

/** A member of the cluster, as it entered the database. */
export interface MemberAddress {
  readonly name: string
  readonly address: string | null
}

/** Members of a cluster, in the order of their arrival (primary key `cluster`, `node_id`). */
export async function memberAddresses(
  database: Queryable,
  cluster: string,
): Promise<MemberAddress[]> {
  const [known] = await database.query<{ there: string | null }>(
    "SELECT to_regclass('cluster_member')::text AS there",
  )
  if (known?.there == null) return []
  return await database.query<MemberAddress>(
    'SELECT name, coalesce(ext_addr, addr) AS address FROM cluster_member WHERE cluster = $1 ORDER BY ord',
    [cluster],
  )
}
