import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'

/** What of a realm is removed by parts, since there may be much of it; whatever else it has goes with its row. */
export const removedParts = ['users', 'client', 'mail'] as const
type RemovedPart = (typeof removedParts)[number]

const removals: Readonly<Record<RemovedPart, string>> = {
  users: `DELETE FROM users WHERE id IN
    (SELECT id FROM users WHERE realm_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
  client: `DELETE FROM client WHERE id IN
    (SELECT id FROM client WHERE realm_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
  mail: `DELETE FROM mail WHERE id IN
    (SELECT id FROM mail WHERE realm_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
}

/** All SQL of table `removed_realm`, and of the rows that go with such a realm. */
export class RealmRemovalStore {
  /** Index: users_realm_id_username_key. @returns whether the realm has more users than that */
  async hasMoreUsersThan(read: Queryable, realmId: RealmId, count: number): Promise<boolean> {
    const rows = await read.query('SELECT 1 FROM users WHERE realm_id = $1 OFFSET $2 LIMIT 1', [
      realmId,
      count,
    ])
    return rows.length > 0
  }

  async add(tx: Queryable, realmId: RealmId): Promise<void> {
    await tx.query('INSERT INTO removed_realm (realm_id) VALUES ($1)', [realmId])
  }

  /** Index: removed_realm_pkey (index-only); there are few. */
  async all(read: Queryable): Promise<RealmId[]> {
    const rows = await read.query<{ id: RealmId }>('SELECT realm_id AS id FROM removed_realm')
    return rows.map(({ id }) => id)
  }

  /**
   * Index: users_realm_id_username_key, client_realm, mail_realm; the cascade uses those of each table.
   * @returns how many rows went
   */
  async removeSome(
    read: Queryable,
    part: RemovedPart,
    realmId: RealmId,
    rowsMax: number,
  ): Promise<number> {
    return (await read.query(removals[part], [realmId, rowsMax])).length
  }

  /** Index: realm_pkey. */
  async removeRest(tx: Queryable, realmId: RealmId): Promise<void> {
    await tx.query(
      'DELETE FROM realm WHERE id = $1 AND EXISTS (SELECT 1 FROM removed_realm WHERE realm_id = $1)',
      [realmId],
    )
  }
}
