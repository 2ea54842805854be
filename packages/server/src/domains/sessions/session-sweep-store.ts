import type { Queryable } from '../../database/database.ts'
import type { UserSession } from './session.ts'
import type { LeftSessions, SessionTables } from './session-places.ts'
import { type SessionRow, sessionColumns, sessionOf } from './session-rows.ts'

/** SQL of the expiry sweep. */
export class SessionSweepStore {
  /** Index user_session_expiry; rows that somebody else has locked are left for the next time. */
  async due(
    read: Queryable,
    { users }: SessionTables,
    now: number,
    limit: number,
  ): Promise<UserSession[]> {
    const rows = await read.query<SessionRow>(
      `SELECT ${sessionColumns} FROM ${users} s WHERE s.expires_at < $1
       ORDER BY s.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [now, limit],
    )
    return rows.map(sessionOf)
  }

  async delete(
    read: Queryable,
    { users }: SessionTables,
    sessions: readonly UserSession[],
  ): Promise<void> {
    await read.query(
      `DELETE FROM ${users} s USING unnest($1::text[], $2::boolean[]) AS k(id, offline)
       WHERE s.id = k.id AND s.offline = k.offline`,
      [sessions.map((session) => session.id), sessions.map((session) => session.offline)],
    )
  }

  async postpone(
    read: Queryable,
    { users }: SessionTables,
    sessions: readonly { id: string; offline: boolean; expiresAt: number }[],
  ): Promise<void> {
    await read.query(
      `UPDATE ${users} s SET expires_at = k.at
       FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k(id, offline, at)
       WHERE s.id = k.id AND s.offline = k.offline`,
      [
        sessions.map((session) => session.id),
        sessions.map((session) => session.offline),
        sessions.map((session) => session.expiresAt),
      ],
    )
  }

  /** What another mode has left behind. Reads as far as it finds some. @returns how many rows went */
  async sweepLeft(
    read: Queryable,
    { tables, condition }: LeftSessions,
    limit: number,
  ): Promise<number> {
    const rows = await read.query(
      `DELETE FROM ${tables.users} WHERE (id, offline) IN (
         SELECT s.id, s.offline FROM ${tables.users} s WHERE ${condition}
         LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [limit],
    )
    return rows.length
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
