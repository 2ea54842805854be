import type { Queryable } from '../../database/database.ts'
import { forgetFailures, isLockedSql } from '../credentials/login-failures/login-failure-store.ts'
import type { RealmId, SessionId, UserId } from '../typed-ids.ts'
import type { ClientSession, UserSession } from './session.ts'
import { SessionPlaces, type SessionTables } from './session-places.ts'
import {
  type ClientSessionRow,
  clientSessionColumns,
  clientSessionOf,
  type SessionRow,
  sessionColumns,
  sessionOf,
} from './session-rows.ts'
import { databaseNow } from './single-use-store.ts'

/** What one login writes. Times are milliseconds since the epoch. */
export interface LoginWrite {
  readonly realmId: RealmId
  readonly userId: UserId
  readonly userVer: number
  readonly sessionId: SessionId
  /** Whether the session is there already and goes on. */
  readonly continues: boolean
  readonly now: number
  readonly expiresAt: number
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly sessionNotes: Readonly<Record<string, string>>
  /** Whether failed attempts of the user do not count any more. */
  readonly forgetsFailures: boolean
  /** Whether the login is refused when too many wrong guesses have locked the user by now. */
  readonly stopsWhenLocked: boolean
  /** Used-marker of the sealed login state; null where nothing could be replayed. */
  readonly marker: LoginMarker | null
  /** Attaches the client at once (password grant, implicit flow). */
  readonly client: ClientWrite | null
}

/** The row that lets a login end once. Until the login's code is redeemed it holds that, too. */
export interface LoginMarker {
  readonly id: string
  readonly code: PendingCode | null
  readonly expiresAt: number
}

/** What the row of a code keeps until the code is redeemed. */
export interface PendingCode {
  /** Left out where it is the note `redirect_uri`; null when the request had none. */
  readonly redirectUri?: string | null
  readonly notes: Readonly<Record<string, string>>
  /** When the code expires, milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What puts a client under a session. */
export interface ClientWrite {
  readonly uuid: string
  readonly notes: Readonly<Record<string, string>>
  readonly restart: RestartBounds
}

/** A client session that started or was used last before these times is stale and starts anew. */
export interface RestartBounds {
  readonly startedBefore: number
  readonly usedBefore: number
}

export interface LoginWritten {
  /** Nothing was written: see `stopsWhenLocked`. */
  readonly locked: boolean
  readonly userFound: boolean
  readonly parentFound: boolean
  readonly marked: boolean
  readonly session: UserSession | null
  /** Undoes what a transaction that is rolled back does not; absent where it undoes all. */
  readonly takeBack?: () => Promise<void>
}

/** A code that somebody presents. */
export interface CodeToRedeem {
  readonly rowId: string
  /** Null consumes the code and nothing more. */
  readonly sessionId: SessionId | null
  readonly realmId: RealmId
}

/** A code that was consumed just now. */
export interface ConsumedCode {
  readonly code: PendingCode
  /** By the database's clock. */
  readonly alive: boolean
  /** Null when the code had expired, or the session is gone. */
  readonly found: { readonly session: UserSession; readonly clientSession: ClientSession } | null
}

/** Notes that have done their part once the code is redeemed. */
const codeOnlyNotes = "'{code_challenge,code_challenge_method}'::text[]"

const newSession = ({ users }: SessionTables) => `INSERT INTO ${users} AS s
    (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address, notes)
  SELECT $4::text, false, $1::text, $2::text, $5::bigint, $5::bigint, $6::bigint, $7::boolean, $8::text, $9::jsonb
  FROM marked RETURNING s.*`

const continuedSession = ({ users }: SessionTables) => `UPDATE ${users} AS s
  SET last_access = greatest(s.last_access, $5::bigint), expires_at = greatest(s.expires_at, $6::bigint),
      notes = CASE WHEN s.notes @> $9::jsonb THEN s.notes ELSE s.notes || $9::jsonb END, ver = s.ver + 1
  FROM marked WHERE s.id = $4 AND NOT s.offline RETURNING s.*`

const lockedParent = ({ users }: SessionTables) => `SELECT s.id FROM ${users} s, person
  WHERE s.id = $4 AND NOT s.offline AND s.realm_id IS NOT DISTINCT FROM $1
    AND s.user_id IS NOT DISTINCT FROM $2 FOR UPDATE OF s`

/**
 * @param tables where the session is
 * @param from name of the session's row
 * @param notes SQL of the client session's notes
 * @param client number of the parameter with the client; the next one is the time
 * @param restart number of the first of two parameters (see restartValues)
 */
const upsertClientSession = (
  tables: SessionTables,
  from: string,
  notes: string,
  client: number,
  restart: number,
) => `INSERT INTO ${tables.clients} AS c
    (session_id, offline, client_id, realm_id, started_at, last_access, notes)
  SELECT s.id, s.offline, $${client}::text, s.realm_id, $${client + 1}::bigint, $${client + 1}::bigint, ${notes}
  FROM ${from} s
  ON CONFLICT (session_id, offline, client_id) DO UPDATE SET
    last_access = greatest(c.last_access, excluded.last_access), notes = excluded.notes, ver = c.ver + 1,
    started_at = CASE WHEN c.started_at < $${restart}::bigint OR c.last_access < $${restart + 1}::bigint
      THEN excluded.started_at ELSE c.started_at END
  RETURNING c.*`

/**
 * The lock of the user's row alone would have the commit wait for the disk, or for a standby, where all that is written may be
 * lost with the database's memory. For the transaction of this one statement.
 */
const withoutWaiting = "unhurried AS (SELECT set_config('synchronous_commit', 'off', true))"

/**
 * One statement: the user's lock, the used-marker with the code, the session, and what comes with it.
 * @param waits false = nothing else is in its transaction, and nothing of it has to survive
 */
function loginStatement(tables: SessionTables, write: LoginWrite, waits: boolean): string {
  const { continues, forgetsFailures, stopsWhenLocked, marker, client } = write
  const locked = stopsWhenLocked ? isLockedSql('$1', '$2', '$5::bigint') : 'false'
  const parts = [
    ...(waits ? [] : [withoutWaiting]),
    `guesses AS (SELECT ${locked} AS locked${waits ? '' : ' FROM unhurried'})`,
    `person AS (SELECT u.id FROM users u, guesses WHERE u.id = $2 AND u.realm_id IS NOT DISTINCT FROM $1
        AND u.enabled AND u.ver = $3 AND NOT guesses.locked FOR SHARE OF u)`,
    `parent AS (${continues ? lockedParent(tables) : 'SELECT id FROM person'})`,
    marker
      ? `marked AS (INSERT INTO single_use_object (id, notes, expires_at)
           SELECT $10::text, $11::jsonb, $12::bigint FROM parent ON CONFLICT (id) DO NOTHING RETURNING id)`
      : `marked AS (SELECT id FROM parent WHERE $10::text IS NULL AND $11::text IS NULL AND $12::text IS NULL)`,
    `started AS (${continues ? continuedSession(tables) : newSession(tables)})`,
  ]
  if (forgetsFailures) {
    parts.push(`forgotten AS (${forgetFailures('$1', '$2', 'started')})`)
  }
  if (client)
    parts.push(`attached AS (${upsertClientSession(tables, 'started', '$15::jsonb', 13, 16)})`)
  const text = `WITH ${parts.join(',\n')}
    SELECT (SELECT locked FROM guesses) AS locked, (SELECT count(*) FROM person)::int AS person,
      (SELECT count(*) FROM parent)::int AS parent,
      (SELECT count(*) FROM marked)::int AS marked, ${sessionColumns}
    FROM (SELECT 1) one LEFT JOIN started s ON true`
  // The statement that continues a session has no use for these two; PostgreSQL wants every parameter typed.
  return continues ? `${text} WHERE $7::boolean IS NULL AND $8::text IS NULL` : text
}

/**
 * One statement: of many that consume a code one gets it, and the client is put under the session that it is for.
 * The code goes, the row stays as the login's used-marker. When somebody else has consumed the code while this waited
 * for the row, PostgreSQL looks at the condition on `o` again; `before` is what the code was when the statement began.
 */
const redeemStatement = (tables: SessionTables) => `WITH code AS (
    UPDATE single_use_object o SET notes = jsonb_build_object('expiresAt', before.notes->'code'->'expiresAt')
    FROM single_use_object before WHERE o.id = $1 AND o.notes ? 'code' AND before.id = $1 AND before.notes ? 'code'
    RETURNING before.notes->'code' AS value, (before.notes->'code'->>'expiresAt')::bigint > ${databaseNow} AS alive),
  parent AS (SELECT s.* FROM ${tables.users} s, code
    WHERE code.alive AND s.id = $2 AND NOT s.offline AND s.realm_id IS NOT DISTINCT FROM $3 FOR SHARE OF s),
  attached AS (${upsertClientSession(tables, 'parent', `(SELECT value->'notes' FROM code) - ${codeOnlyNotes}`, 4, 6)})
  SELECT code.value, code.alive, ${sessionColumns}, ${clientSessionColumns}
  FROM code LEFT JOIN parent s ON true LEFT JOIN attached c ON true`

/**
 * SQL of what starts and continues sessions: logins, redemptions of their codes, offline copies. About keys see
 * SessionStore.
 */
export class LoginStore {
  /** Texts by what they write: put together once, since they are long and looked up by their text. */
  readonly #loginTexts = new Map<string, string>()
  readonly #redeemText: string
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
    this.#redeemText = redeemStatement(places.online)
  }

  /** @param alone whether this is all that its transaction does */
  async login(read: Queryable, write: LoginWrite, alone: boolean): Promise<LoginWritten> {
    const { continues, marker, client } = write
    const values: unknown[] = [
      write.realmId,
      write.userId,
      write.userVer,
      write.sessionId,
      write.now,
      write.expiresAt,
      continues ? null : write.rememberMe,
      continues ? null : write.ipAddress,
      JSON.stringify(write.sessionNotes),
      marker?.id ?? null,
      marker && JSON.stringify(marker.code ? { code: marker.code } : {}),
      marker?.expiresAt ?? null,
    ]
    if (client) {
      values.push(client.uuid, write.now, JSON.stringify(client.notes), ...restartValues(client))
    }
    type Row = SessionRow & { locked: boolean; person: number; parent: number; marked: number }
    const [row] = await read.query<Row>(this.#loginText(write, alone), values)
    return {
      locked: row?.locked === true,
      userFound: row?.person === 1,
      parentFound: row?.parent === 1,
      marked: row?.marked === 1,
      session: row && row.id !== null ? sessionOf(row) : null,
    }
  }

  /** Consumes a code and puts its client under its session. @returns null when it is not there, or was consumed before */
  async redeem(
    read: Queryable,
    code: CodeToRedeem,
    client: Omit<ClientWrite, 'notes'>,
    now: number,
  ): Promise<ConsumedCode | null> {
    type Row = SessionRow & ClientSessionRow & { value: PendingCode; alive: boolean }
    const [row] = await read.query<Row>(this.#redeemText, [
      code.rowId,
      code.sessionId,
      code.realmId,
      client.uuid,
      now,
      ...restartValues(client),
    ])
    return row ? { code: row.value, alive: row.alive, found: pair(row) } : null
  }

  /** Whether a code that is not pending was consumed, rather than forgotten after its time. */
  async wasRedeemed(read: Queryable, rowId: string): Promise<boolean> {
    const rows = await read.query(
      `SELECT 1 FROM single_use_object WHERE id = $1 AND (notes->>'expiresAt')::bigint > ${databaseNow}`,
      [rowId],
    )
    return rows.length === 1
  }

  /** Puts a client under a session. @returns null when the session is gone */
  async attach(
    read: Queryable,
    { id, offline, realmId }: Pick<UserSession, 'id' | 'offline' | 'realmId'>,
    client: ClientWrite,
    now: number,
  ): Promise<{ session: UserSession; clientSession: ClientSession } | null> {
    const tables = this.#places.of(offline)
    const rows = await read.query<SessionRow & ClientSessionRow>(
      `WITH parent AS (SELECT s.* FROM ${tables.users} s
         WHERE s.id = $1 AND s.offline = $2 AND s.realm_id IS NOT DISTINCT FROM $8 FOR SHARE OF s),
       attached AS (${upsertClientSession(tables, 'parent', '$5::jsonb', 3, 6)})
       SELECT ${sessionColumns}, ${clientSessionColumns} FROM parent s, attached c`,
      [
        id,
        offline,
        client.uuid,
        now,
        JSON.stringify(client.notes),
        ...restartValues(client),
        realmId,
      ],
    )
    return rows[0] ? pair(rows[0]) : null
  }

  /** Copies an online session with one client into an offline session, or refreshes the copy that is there. */
  async copyOffline(
    read: Queryable,
    session: UserSession,
    client: ClientWrite,
    now: number,
    expiresAt: number,
  ): Promise<{ session: UserSession; clientSession: ClientSession } | null> {
    const tables = this.#places.offline
    const rows = await read.query<SessionRow & ClientSessionRow>(
      `WITH parent AS (SELECT id FROM users
         WHERE id = $8 AND realm_id IS NOT DISTINCT FROM $2 AND enabled FOR SHARE),
       copy AS (INSERT INTO ${tables.users} AS s
           (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address, notes)
         SELECT $1::text, true, $2::text, $8::text, $4::bigint, $4::bigint, $9::bigint, $10::boolean, $11::text,
           $12::jsonb FROM parent
         ON CONFLICT (id, offline) DO UPDATE SET last_access = greatest(s.last_access, excluded.last_access),
           expires_at = greatest(s.expires_at, excluded.expires_at), ver = s.ver + 1
         RETURNING s.*),
       attached AS (${upsertClientSession(tables, 'copy', '$5::jsonb', 3, 6)})
       SELECT ${sessionColumns}, ${clientSessionColumns} FROM copy s, attached c`,
      [
        session.id,
        session.realmId,
        client.uuid,
        now,
        JSON.stringify(client.notes),
        ...restartValues(client),
        session.userId,
        expiresAt,
        session.rememberMe,
        session.ipAddress,
        JSON.stringify(session.notes),
      ],
    )
    return rows[0] ? pair(rows[0]) : null
  }

  #loginText(write: LoginWrite, alone: boolean): string {
    const { continues, forgetsFailures, stopsWhenLocked, marker, client } = write
    // What lets a login end once has to survive.
    const waits = this.#places.shared || marker !== null || !alone
    const kind = [
      waits,
      continues,
      forgetsFailures,
      stopsWhenLocked,
      marker !== null,
      client !== null,
    ].join()
    const known = this.#loginTexts.get(kind)
    if (known !== undefined) return known
    const text = loginStatement(this.#places.online, write, waits)
    this.#loginTexts.set(kind, text)
    return text
  }
}

function restartValues({ restart }: Pick<ClientWrite, 'restart'>): unknown[] {
  return [restart.startedBefore, restart.usedBefore]
}

function pair(row: SessionRow & ClientSessionRow) {
  const clientSession = clientSessionOf(row)
  return clientSession && { session: sessionOf(row), clientSession }
}
