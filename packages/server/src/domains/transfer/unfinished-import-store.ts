import type { Queryable } from '../../database/database.ts'

/** An import that goes on for many transactions. */
export interface UnfinishedImport {
  /** Of the files that it reads. */
  readonly fingerprint: string
  /** Users that are in. */
  readonly usersDone: number
  /** Whether the realm is enabled when they are all in. */
  readonly enabled: boolean
}

/** All SQL of table `unfinished_import`: a row for each realm whose users are still coming in. */
export class UnfinishedImportStore {
  /** Index: unfinished_import_pkey. */
  async of(read: Queryable, realmId: string): Promise<UnfinishedImport | null> {
    const rows = await read.query<UnfinishedImport>(
      `SELECT fingerprint, users_done AS "usersDone", enabled FROM unfinished_import WHERE realm_id = $1`,
      [realmId],
    )
    return rows[0] ?? null
  }

  async begin(
    tx: Queryable,
    realmId: string,
    fingerprint: string,
    enabled: boolean,
  ): Promise<void> {
    await tx.query(
      'INSERT INTO unfinished_import (realm_id, fingerprint, enabled) VALUES ($1, $2, $3)',
      [realmId, fingerprint, enabled],
    )
  }

  /**
   * Compare-and-set, so that two imports of the same files do not both go on. Index: unfinished_import_pkey.
   * @returns whether nobody else went on from `before`
   */
  async advance(tx: Queryable, realmId: string, before: number, now: number): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE unfinished_import SET users_done = $3 WHERE realm_id = $1 AND users_done = $2 RETURNING 1',
      [realmId, before, now],
    )
    return rows.length > 0
  }

  /** Index: unfinished_import_pkey. @returns whether it was unfinished */
  async finish(tx: Queryable, realmId: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM unfinished_import WHERE realm_id = $1 RETURNING realm_id',
      [realmId],
    )
    return rows.length > 0
  }
}
