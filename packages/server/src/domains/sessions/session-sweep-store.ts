import type { Queryable } from '../../database/database.ts'
import type { UserSession } from './session.ts'
import { type SessionRow, sessionColumns, sessionOf } from './session-rows.ts'

/** SQL of the expiry sweep. */
export class SessionSweepStore {
  /** Index user_session_expiry; rows that somebody else has locked are left for the next time. */
  async due(read: Queryable, now: number, limit: number): Promise<UserSession[]> {
    const rows = await read.query<SessionRow>(
      `SELECT ${sessionColumns} FROM user_session s WHERE s.expires_at < $1
       ORDER BY s.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [now, limit],
    )
    return rows.map(sessionOf)
  }

  async delete(read: Queryable, sessions: readonly UserSession[]): Promise<void> {
    await read.query(
      `DELETE FROM user_session s USING unnest($1::text[], $2::boolean[]) AS k(id, offline)
       WHERE s.id = k.id AND s.offline = k.offline`,
      [sessions.map((session) => session.id), sessions.map((session) => session.offline)],
    )
  }

  async postpone(
    read: Queryable,
    sessions: readonly { id: string; offline: boolean; expiresAt: number }[],
  ): Promise<void> {
    await read.query(
      `UPDATE user_session s SET expires_at = k.at
       FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k(id, offline, at)
       WHERE s.id = k.id AND s.offline = k.offline`,
      [
        sessions.map((session) => session.id),
        sessions.map((session) => session.offline),
        sessions.map((session) => session.expiresAt),
      ],
    )
  }

  /** Index authentication_session_expiry. @returns how many rows went */
  async sweepLogins(read: Queryable, now: number, limit: number): Promise<number> {
    const rows = await read.query(
      `DELETE FROM authentication_session WHERE (id, tab_id) IN (
         SELECT id, tab_id FROM authentication_session WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [now, limit],
    )
    return rows.length
  }
}
