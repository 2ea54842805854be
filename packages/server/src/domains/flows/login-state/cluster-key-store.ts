import type { Queryable } from '../../../database/database.ts'

/** A row of `cluster_key`; `secret` is sealed. Times are milliseconds since the epoch. */
export interface ClusterKeyRow {
  readonly id: string
  readonly secret: string
  readonly createdAt: number
  readonly activeFrom: number
}

/** All SQL of the table `cluster_key`: a handful of rows, read whole. */
export class ClusterKeyStore {
  /** Newest first. */
  async all(db: Queryable, purpose: string): Promise<ClusterKeyRow[]> {
    return await db.query<ClusterKeyRow>(
      `SELECT id, secret, created_at AS "createdAt", active_from AS "activeFrom" FROM cluster_key
       WHERE purpose = $1 ORDER BY active_from DESC, id`,
      [purpose],
    )
  }

  async insert(db: Queryable, purpose: string, key: ClusterKeyRow): Promise<void> {
    await db.query(
      `INSERT INTO cluster_key (id, purpose, secret, created_at, active_from) VALUES ($1, $2, $3, $4, $5)`,
      [key.id, purpose, key.secret, key.createdAt, key.activeFrom],
    )
  }

  /** Index: cluster_key_pkey. */
  async replaceSecret(db: Queryable, id: string, before: string, after: string): Promise<void> {
    await db.query('UPDATE cluster_key SET secret = $3 WHERE id = $1 AND secret = $2', [
      id,
      before,
      after,
    ])
  }

  async remove(db: Queryable, purpose: string, ids: readonly string[]): Promise<void> {
    await db.query('DELETE FROM cluster_key WHERE purpose = $1 AND id = ANY($2)', [purpose, ids])
  }
}
