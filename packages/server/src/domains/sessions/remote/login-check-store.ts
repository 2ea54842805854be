import type { Queryable } from '../../../database/database.ts'
import type { LoginWrite, PendingCode } from '../login-store.ts'
import { databaseNow } from '../single-use-store.ts'

/** Nothing but a lock is written, which need not survive: the commit waits for no disk and no standby. */
const withoutWaiting = "SELECT set_config('synchronous_commit', 'off', true)"

/**
 * SQL of what a login has in the database where its session is elsewhere: the user's lock, and the row that lets the login end
 * once and holds its code. Everything goes by primary keys; about the comparison of realms see SessionStore.
 */
export class LoginCheckStore {
  /**
   * Locks the user, as of the version that the login saw, and marks the login as ended.
   * @param alone whether this is all that its transaction does
   */
  async login(
    read: Queryable,
    { realmId, userId, userVer, marker }: LoginWrite,
    alone: boolean,
  ): Promise<{ readonly userFound: boolean; readonly marked: boolean }> {
    const person = `SELECT u.id FROM users u${marker === null && alone ? ', unhurried' : ''}
      WHERE u.id = $2 AND u.realm_id IS NOT DISTINCT FROM $1 AND u.enabled AND u.ver = $3 FOR SHARE OF u`
    if (marker === null) {
      const before = alone ? `unhurried AS MATERIALIZED (${withoutWaiting}), ` : ''
      const text = `WITH ${before}person AS (${person}) SELECT 1 FROM person`
      const rows = await read.query(text, [realmId, userId, userVer])
      return { userFound: rows.length === 1, marked: rows.length === 1 }
    }
    const [row] = await read.query<{ person: number; marked: number }>(
      `WITH person AS (${person}),
       marked AS (INSERT INTO single_use_object (id, notes, expires_at)
         SELECT $4::text, $5::jsonb, $6::bigint FROM person ON CONFLICT (id) DO NOTHING RETURNING id)
       SELECT (SELECT count(*) FROM person)::int AS person, (SELECT count(*) FROM marked)::int AS marked`,
      [
        realmId,
        userId,
        userVer,
        marker.id,
        JSON.stringify(marker.code ? { code: marker.code } : {}),
        marker.expiresAt,
      ],
    )
    return { userFound: row?.person === 1, marked: row?.marked === 1 }
  }

  /** Says to the database that a transaction is still at work, which it would end for being idle. */
  async stillAtWork(read: Queryable): Promise<void> {
    await read.query('SELECT 1')
  }

  /** Locks a user who is there and enabled. */
  async lockEnabledUser(read: Queryable, realmId: string, userId: string): Promise<boolean> {
    const rows = await read.query(
      'SELECT 1 FROM users WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 AND enabled FOR SHARE',
      [userId, realmId],
    )
    return rows.length === 1
  }

  /**
   * Consumes a code; the row stays as the login's used-marker. See LoginStore.redeem.
   * @returns null when it is not there, or was consumed before
   */
  async consume(
    read: Queryable,
    rowId: string,
  ): Promise<{ readonly code: PendingCode; readonly alive: boolean } | null> {
    const [row] = await read.query<{ code: PendingCode; alive: boolean }>(
      `UPDATE single_use_object o SET notes = jsonb_build_object('expiresAt', before.notes->'code'->'expiresAt')
       FROM single_use_object before WHERE o.id = $1 AND o.notes ? 'code' AND before.id = $1 AND before.notes ? 'code'
       RETURNING before.notes->'code' AS code, (before.notes->'code'->>'expiresAt')::bigint > ${databaseNow} AS alive`,
      [rowId],
    )
    return row ?? null
  }
}
