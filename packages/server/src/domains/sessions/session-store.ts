import type { Queryable } from '../../database/database.ts'
import type { ClientSession, RefreshChain, UserSession } from './session.ts'
import {
  type ClientSessionRow,
  clientSessionColumns,
  clientSessionOf,
  type SessionRow,
  sessionColumns,
  sessionOf,
} from './session-rows.ts'

/** What one login writes. Times are milliseconds since the epoch. */
export interface LoginWrite {
  readonly realmId: string
  readonly userId: string
  readonly userVer: number
  readonly sessionId: string
  /** Whether the session is there already and goes on. */
  readonly continues: boolean
  readonly now: number
  readonly expiresAt: number
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly sessionNotes: Readonly<Record<string, string>>
  /** Used-marker of the sealed login state; null where nothing could be replayed. */
  readonly marker: { readonly id: string; readonly expiresAt: number } | null
  readonly code: {
    readonly rowId: string
    readonly notes: Readonly<Record<string, unknown>>
    readonly expiresAt: number
  } | null
  /** Attaches the client at once (password grant, implicit flow). */
  readonly client: {
    readonly uuid: string
    readonly notes: Readonly<Record<string, string>>
    readonly restart: RestartBounds
  } | null
}

/** A client session that started or was used last before these times is stale and starts anew. */
export interface RestartBounds {
  readonly startedBefore: number
  readonly usedBefore: number
}

export interface LoginWritten {
  readonly userFound: boolean
  readonly parentFound: boolean
  readonly marked: boolean
  readonly session: UserSession | null
}

const newSession = `INSERT INTO user_session AS s
    (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address, notes)
  SELECT $4::text, false, $1::text, $2::text, $5::bigint, $5::bigint, $6::bigint, $7::boolean, $8::text, $9::jsonb
  FROM marked RETURNING s.*`

const continuedSession = `UPDATE user_session AS s
  SET last_access = greatest(s.last_access, $5::bigint), expires_at = greatest(s.expires_at, $6::bigint),
      notes = CASE WHEN s.notes @> $9::jsonb THEN s.notes ELSE s.notes || $9::jsonb END, ver = s.ver + 1
  FROM marked WHERE s.id = $4 AND NOT s.offline RETURNING s.*`

const lockedParent = `SELECT s.id FROM user_session s, person
  WHERE s.id = $4 AND NOT s.offline AND s.realm_id IS NOT DISTINCT FROM $1
    AND s.user_id IS NOT DISTINCT FROM $2 FOR UPDATE OF s`

const upsertClientSession = (from: string, client: number) => `INSERT INTO client_session AS c
    (session_id, offline, client_id, realm_id, started_at, last_access, notes)
  SELECT s.id, s.offline, $${client}::text, s.realm_id, $${client + 1}::bigint, $${client + 1}::bigint,
    $${client + 2}::jsonb FROM ${from} s
  ON CONFLICT (session_id, offline, client_id) DO UPDATE SET
    last_access = greatest(c.last_access, excluded.last_access), notes = excluded.notes, ver = c.ver + 1,
    started_at = CASE WHEN c.started_at < $${client + 3}::bigint OR c.last_access < $${client + 4}::bigint
      THEN excluded.started_at ELSE c.started_at END
  RETURNING c.*`

/** One statement: the user's lock, the used-marker, the session, and what comes with it. */
function loginStatement(write: LoginWrite): string {
  const parts = [
    `person AS (SELECT id FROM users
      WHERE id = $2 AND realm_id IS NOT DISTINCT FROM $1 AND enabled AND ver = $3 FOR SHARE)`,
    `parent AS (${write.continues ? lockedParent : 'SELECT id FROM person'})`,
    write.marker
      ? `marked AS (INSERT INTO single_use_object (id, notes, expires_at)
           SELECT $10::text, '{}'::jsonb, $11::bigint FROM parent ON CONFLICT (id) DO NOTHING RETURNING id)`
      : `marked AS (SELECT id FROM parent WHERE $10::text IS NULL AND $11::bigint IS NULL)`,
    `started AS (${write.continues ? continuedSession : newSession})`,
  ]
  if (write.code) {
    parts.push(`coded AS (INSERT INTO single_use_object (id, notes, expires_at)
      SELECT $12::text, $13::jsonb, $14::bigint FROM started)`)
  }
  if (write.client) {
    parts.push(`attached AS (${upsertClientSession('started', write.code ? 15 : 12)})`)
  }
  return `WITH ${parts.join(',\n')}
    SELECT (SELECT count(*) FROM person)::int AS person, (SELECT count(*) FROM parent)::int AS parent,
      (SELECT count(*) FROM marked)::int AS marked, ${sessionColumns}
    FROM (SELECT 1) one LEFT JOIN started s ON true`
}

/**
 * SQL of user and client sessions. All access is by primary key unless a comment names another index. Beside a key, realm
 * and user are compared by IS NOT DISTINCT FROM, which no index serves: while a table has never been analysed, PostgreSQL
 * takes every index for equally good, and may read all sessions of a realm to find one.
 */
export class SessionStore {
  async login(read: Queryable, write: LoginWrite): Promise<LoginWritten> {
    const values: unknown[] = [
      write.realmId,
      write.userId,
      write.userVer,
      write.sessionId,
      write.now,
      write.expiresAt,
      write.rememberMe,
      write.ipAddress,
      JSON.stringify(write.sessionNotes),
      write.marker?.id ?? null,
      write.marker?.expiresAt ?? null,
    ]
    if (write.continues) {
      // The statement that continues a session has no use for these two; PostgreSQL wants every parameter typed.
      values[6] = null
      values[7] = null
    }
    if (write.code) {
      values.push(write.code.rowId, JSON.stringify(write.code.notes), write.code.expiresAt)
    }
    if (write.client) values.push(...attachValues(write.client, write.now))
    const text = write.continues
      ? `${loginStatement(write)} WHERE $7::boolean IS NULL AND $8::text IS NULL`
      : loginStatement(write)
    type Row = SessionRow & { person: number; parent: number; marked: number }
    const [row] = await read.query<Row>(text, values)
    return {
      userFound: row?.person === 1,
      parentFound: row?.parent === 1,
      marked: row?.marked === 1,
      session: row && row.id !== null ? sessionOf(row) : null,
    }
  }

  /** Locks the parent session FOR SHARE and puts the client's session under it. @returns null when the parent is gone */
  async attach(
    read: Queryable,
    realmId: string,
    sessionId: string,
    client: NonNullable<LoginWrite['client']>,
    now: number,
  ): Promise<{ session: UserSession; clientSession: ClientSession } | null> {
    const rows = await read.query<SessionRow & ClientSessionRow>(
      `WITH parent AS (SELECT * FROM user_session
         WHERE id = $1 AND NOT offline AND realm_id IS NOT DISTINCT FROM $2 FOR SHARE),
       attached AS (${upsertClientSession('parent', 3)})
       SELECT ${sessionColumns}, ${clientSessionColumns} FROM parent s, attached c`,
      [sessionId, realmId, ...attachValues(client, now)],
    )
    return pair(rows[0])
  }

  /** Copies an online session with one client into an offline session, or refreshes the copy that is there. */
  async copyOffline(
    read: Queryable,
    session: UserSession,
    client: NonNullable<LoginWrite['client']>,
    now: number,
    expiresAt: number,
  ): Promise<{ session: UserSession; clientSession: ClientSession } | null> {
    const rows = await read.query<SessionRow & ClientSessionRow>(
      `WITH parent AS (SELECT id FROM users
         WHERE id = $8 AND realm_id IS NOT DISTINCT FROM $2 AND enabled FOR SHARE),
       copy AS (INSERT INTO user_session AS s
           (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address, notes)
         SELECT $1::text, true, $2::text, $8::text, $4::bigint, $4::bigint, $9::bigint, $10::boolean, $11::text,
           $12::jsonb FROM parent
         ON CONFLICT (id, offline) DO UPDATE SET last_access = greatest(s.last_access, excluded.last_access),
           expires_at = greatest(s.expires_at, excluded.expires_at), ver = s.ver + 1
         RETURNING s.*),
       attached AS (${upsertClientSession('copy', 3)})
       SELECT ${sessionColumns}, ${clientSessionColumns} FROM copy s, attached c`,
      [
        session.id,
        session.realmId,
        ...attachValues(client, now),
        session.userId,
        expiresAt,
        session.rememberMe,
        session.ipAddress,
        JSON.stringify(session.notes),
      ],
    )
    return pair(rows[0])
  }

  async delete(
    read: Queryable,
    realmId: string,
    sessionId: string,
    offline: boolean,
  ): Promise<{ session: UserSession; clientUuids: string[] } | null> {
    const [row] = await read.query<SessionRow & { clients: string[] }>(
      `WITH gone AS (DELETE FROM user_session s
         WHERE s.id = $1 AND s.offline = $3 AND s.realm_id IS NOT DISTINCT FROM $2 RETURNING s.*)
       SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM client_session c
         WHERE c.session_id = s.id AND c.offline = s.offline) AS clients FROM gone s`,
      [sessionId, realmId, offline],
    )
    return row ? { session: sessionOf(row), clientUuids: row.clients } : null
  }

  /** Index user_session_user. The caller holds the user's row lock. */
  async deleteAllOf(
    read: Queryable,
    realmId: string,
    userId: string,
  ): Promise<{ session: UserSession; clientUuids: string[] }[]> {
    const rows = await read.query<SessionRow & { clients: string[] }>(
      `WITH gone AS (DELETE FROM user_session s WHERE s.user_id = $1 AND s.realm_id = $2 RETURNING s.*)
       SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM client_session c
         WHERE c.session_id = s.id AND c.offline = s.offline) AS clients FROM gone s`,
      [userId, realmId],
    )
    return rows.map((row) => ({ session: sessionOf(row), clientUuids: row.clients }))
  }

  async lockUser(read: Queryable, realmId: string, userId: string): Promise<void> {
    await read.query(
      'SELECT 1 FROM users WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 FOR UPDATE',
      [userId, realmId],
    )
  }

  async deleteClientSession(
    read: Queryable,
    sessionId: string,
    offline: boolean,
    clientUuid: string,
  ): Promise<boolean> {
    const rows = await read.query(
      `DELETE FROM client_session WHERE session_id = $1 AND offline = $2 AND client_id = $3 RETURNING 1`,
      [sessionId, offline, clientUuid],
    )
    return rows.length === 1
  }

  /** Deletes a user session that no client uses. */
  async deleteIfUnused(read: Queryable, sessionId: string, offline: boolean): Promise<boolean> {
    const rows = await read.query(
      `DELETE FROM user_session s WHERE s.id = $1 AND s.offline = $2 AND NOT EXISTS (SELECT 1 FROM client_session c
         WHERE c.session_id = s.id AND c.offline = s.offline) RETURNING 1`,
      [sessionId, offline],
    )
    return rows.length === 1
  }

  /** Index user_session_realm. @returns how many sessions went */
  async deleteRealm(read: Queryable, realmId: string, offline: boolean): Promise<number> {
    const rows = await read.query(
      'DELETE FROM user_session WHERE realm_id = $1 AND offline = $2 RETURNING 1',
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
      `UPDATE client_session SET refresh_chains = $5, ver = ver + 1
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

function attachValues(client: NonNullable<LoginWrite['client']>, now: number): unknown[] {
  const { startedBefore, usedBefore } = client.restart
  return [client.uuid, now, JSON.stringify(client.notes), startedBefore, usedBefore]
}

function pair(row: (SessionRow & ClientSessionRow) | undefined) {
  const clientSession = row && clientSessionOf(row)
  return row && clientSession ? { session: sessionOf(row), clientSession } : null
}
