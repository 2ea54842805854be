import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId, SessionId, UserId } from '../typed-ids.ts'
import type { ClientSession, RefreshChain, UserSession } from './session.ts'
import { SessionPlaces } from './session-places.ts'
import { type SessionRow, sessionColumns, sessionOf } from './session-rows.ts'

/**
 * SQL of user and client sessions. All access is by primary key unless a comment names another index. Beside a key, realm
 * and user are compared by IS NOT DISTINCT FROM, which no index serves: while a table has never been analysed, PostgreSQL
 * takes every index for equally good, and may read all sessions of a realm to find one.
 */
export class SessionStore {
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
  }

  async delete(
    read: Queryable,
    realmId: RealmId,
    sessionId: SessionId,
    offline: boolean,
  ): Promise<{ session: UserSession; clientUuids: ClientUuid[] } | null> {
    const { users, clients } = this.#places.of(offline)
    const [row] = await read.query<SessionRow & { clients: string[] }>(
      `WITH gone AS (DELETE FROM ${users} s
         WHERE s.id = $1 AND s.offline = $3 AND s.realm_id IS NOT DISTINCT FROM $2 RETURNING s.*)
       SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM ${clients} c
         WHERE c.session_id = s.id AND c.offline = s.offline) AS clients FROM gone s`,
      [sessionId, realmId, offline],
    )
    return row ? { session: sessionOf(row), clientUuids: row.clients } : null
  }

  /** Index user_session_user. The caller holds the user's row lock. */
  async deleteAllOf(
    read: Queryable,
    realmId: RealmId,
    userId: UserId,
  ): Promise<{ session: UserSession; clientUuids: ClientUuid[] }[]> {
    const ended: { session: UserSession; clientUuids: ClientUuid[] }[] = []
    for (const { users, clients } of this.#places.all) {
      const rows = await read.query<SessionRow & { clients: string[] }>(
        `WITH gone AS (DELETE FROM ${users} s WHERE s.user_id = $1 AND s.realm_id = $2 RETURNING s.*)
         SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM ${clients} c
           WHERE c.session_id = s.id AND c.offline = s.offline) AS clients FROM gone s`,
        [userId, realmId],
      )
      ended.push(...rows.map((row) => ({ session: sessionOf(row), clientUuids: row.clients })))
    }
    return ended
  }

  async lockUser(read: Queryable, realmId: RealmId, userId: UserId): Promise<void> {
    await read.query(
      'SELECT 1 FROM users WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 FOR UPDATE',
      [userId, realmId],
    )
  }

  async deleteClientSession(
    read: Queryable,
    sessionId: SessionId,
    offline: boolean,
    clientUuid: ClientUuid,
  ): Promise<boolean> {
    const rows = await read.query(
      `DELETE FROM ${this.#places.of(offline).clients}
       WHERE session_id = $1 AND offline = $2 AND client_id = $3 RETURNING 1`,
      [sessionId, offline, clientUuid],
    )
    return rows.length === 1
  }

  /**
   * Takes a client out of all sessions of a user. Index: user_session_user, client_session_pkey.
   * @returns the sessions that it was in
   */
  async deleteClientOfUser(
    read: Queryable,
    realmId: RealmId,
    userId: UserId,
    clientUuid: ClientUuid,
  ): Promise<UserSession[]> {
    const rows: SessionRow[] = []
    for (const { users, clients } of this.#places.all) {
      const left = await read.query<SessionRow>(
        `WITH gone AS (DELETE FROM ${clients} c USING ${users} u
           WHERE u.user_id = $2 AND u.realm_id = $1 AND c.session_id = u.id AND c.offline = u.offline AND c.client_id = $3
           RETURNING c.session_id, c.offline)
         SELECT ${sessionColumns} FROM gone JOIN ${users} s ON s.id = gone.session_id AND s.offline = gone.offline`,
        [realmId, userId, clientUuid],
      )
      rows.push(...left)
    }
    return rows.map(sessionOf)
  }

  /**
   * Writes an online session that no client is in yet, under the lock of its user's row.
   * @returns it; null when the user is gone or disabled
   */
  async insertAlone(
    tx: Queryable,
    session: Omit<UserSession, 'ver' | 'offline'>,
    expiresAt: number,
  ): Promise<UserSession | null> {
    const rows = await tx.query<SessionRow>(
      `INSERT INTO ${this.#places.online.users} AS s (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me,
         ip_address, notes)
       SELECT $1, false, u.realm_id, u.id, $4, $5, $6, $7, $8, $9 FROM users u
       WHERE u.id = $3 AND u.realm_id IS NOT DISTINCT FROM $2 AND u.enabled FOR UPDATE OF u
       RETURNING ${sessionColumns}`,
      [
        session.id,
        session.realmId,
        session.userId,
        session.startedAt,
        session.lastAccess,
        expiresAt,
        session.rememberMe,
        session.ipAddress,
        JSON.stringify(session.notes),
      ],
    )
    return rows[0] ? sessionOf(rows[0]) : null
  }

  /** Deletes a user session that no client uses. */
  async deleteIfUnused(read: Queryable, sessionId: string, offline: boolean): Promise<boolean> {
    const { users, clients } = this.#places.of(offline)
    const rows = await read.query(
      `DELETE FROM ${users} s WHERE s.id = $1 AND s.offline = $2 AND NOT EXISTS (SELECT 1 FROM ${clients} c
         WHERE c.session_id = s.id AND c.offline = s.offline) RETURNING 1`,
      [sessionId, offline],
    )
    return rows.length === 1
  }

  /** Index user_session_realm. @returns how many sessions went */
  async deleteRealm(read: Queryable, realmId: RealmId, offline: boolean): Promise<number> {
    const rows = await read.query(
      `DELETE FROM ${this.#places.of(offline).users} WHERE realm_id = $1 AND offline = $2 RETURNING 1`,
      [realmId, offline],
    )
    return rows.length
  }

  /** Compare-and-set of the refresh chains. @returns false when somebody else was faster, or the session is gone */
  async setRefreshChains(
    read: Queryable,
    clientSession: ClientSession,
    chains: Readonly<Record<string, RefreshChain>>,
  ): Promise<boolean> {
    const rows = await read.query(
      `UPDATE ${this.#places.of(clientSession.offline).clients} SET refresh_chains = $5, ver = ver + 1
       WHERE session_id = $1 AND offline = $2 AND client_id = $3 AND ver = $4 RETURNING 1`,
      [
        clientSession.sessionId,
        clientSession.offline,
        clientSession.clientUuid,
        clientSession.ver,
        JSON.stringify(chains),
      ],
    )
    return rows.length === 1
  }
}
