import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { LogoutNotice } from './logout-notice.ts'

interface Row {
  id: string
  realm_id: RealmId
  client_id: string
  session_id: string
  user_id: string
  frontend: string
  admin: string
  attempts: number
}

/** The database's clock in milliseconds: nodes agree on it. */
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** All SQL of logout notices. */
export class LogoutNoticeStore {
  /** Writes them as taken: they are due when the lease is over. */
  async insert(db: Queryable, notices: readonly LogoutNotice[], leaseMs: number): Promise<void> {
    await db.query(
      `INSERT INTO logout_notice (id, realm_id, client_id, session_id, user_id, frontend, admin, due_at)
       SELECT n.*, ${now} + $8
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS n`,
      [
        notices.map(({ id }) => id),
        notices.map(({ realmId }) => realmId),
        notices.map(({ clientUuid }) => clientUuid),
        notices.map(({ sessionId }) => sessionId),
        notices.map(({ userId }) => userId),
        notices.map(({ places }) => places.frontend),
        notices.map(({ places }) => places.admin),
        leaseMs,
      ],
    )
  }

  /** Index logout_notice_due. @returns whether there is anything to send now */
  async anyDue(db: Queryable): Promise<boolean> {
    const rows = await db.query(`SELECT 1 FROM logout_notice WHERE due_at <= ${now} LIMIT 1`)
    return rows.length > 0
  }

  /**
   * Takes notices that are due; they come back after the lease unless they are settled. Index logout_notice_due.
   * @param busy ids of realms that have enough under way here
   */
  async claim(
    db: Queryable,
    limit: number,
    leaseMs: number,
    busy: readonly string[],
  ): Promise<LogoutNotice[]> {
    const rows = await db.query<Row>(
      `UPDATE logout_notice SET due_at = ${now} + $2, attempts = attempts + 1
       WHERE id IN (
         SELECT id FROM logout_notice WHERE due_at <= ${now} AND realm_id <> ALL($3)
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, realm_id, client_id, session_id, user_id, frontend, admin, attempts`,
      [limit, leaseMs, busy],
    )
    return rows.map((row) => ({
      id: row.id,
      realmId: row.realm_id,
      clientUuid: row.client_id,
      sessionId: row.session_id,
      userId: row.user_id,
      places: { frontend: row.frontend, admin: row.admin },
      attempts: row.attempts,
    }))
  }

  /** Puts one off. @param attempts that have begun: whoever has taken it since decides instead */
  async putOff(db: Queryable, id: string, attempts: number, delayMs: number): Promise<void> {
    await db.query(
      `UPDATE logout_notice SET due_at = ${now} + $3 WHERE id = $1 AND attempts = $2`,
      [id, attempts, delayMs],
    )
  }

  async remove(db: Queryable, id: string): Promise<void> {
    await db.query('DELETE FROM logout_notice WHERE id = $1', [id])
  }
}
