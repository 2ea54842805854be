import type { Database, Queryable } from '../../database/database.ts'
import type { ClientUuid, SessionId } from '../typed-ids.ts'
import { SessionPlaces, type SessionTables } from './session-places.ts'

/** The newest use of a session, or of a client's part of it. */
export interface Touch {
  readonly sessionId: SessionId
  readonly offline: boolean
  /** Null touches the session only. */
  readonly clientUuid: ClientUuid | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Advisory lock of batches, of this database: any number that nobody else takes. */
const touchLock = 5_273_146_802

/** SQL of batched touches. */
export class SessionTouchStore {
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
  }

  /**
   * Writes the batch in one transaction, whose commit does not wait for the disk. Only one node at a time writes its batch: an
   * UPDATE locks rows in no particular order, so two batches with the same sessions could deadlock. Locking the rows in the
   * order of their keys first would double what is logged for each. Nothing is inserted: a session that is gone stays gone.
   */
  async write(database: Database, touches: readonly Touch[]): Promise<void> {
    const sessions = newestBySession(touches)
    const clients = touches.filter((touch) => touch.clientUuid !== null)
    const writes = [
      ...this.#byTables(sessions).map(([tables, some]) => touchSessions(tables, some)),
      ...this.#byTables(clients).map(([tables, some]) => touchClients(tables, some)),
    ]
    await database.transaction(
      async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock($1)', [touchLock])
        for (const [index, write] of writes.entries()) {
          await write(index === writes.length - 1 ? tx.last : tx)
        }
      },
      { durability: 'async' },
    )
  }

  /** @returns each pair of tables with the touches that belong there, if there are any */
  #byTables(touches: readonly Touch[]): [SessionTables, Touch[]][] {
    const { shared, online, offline } = this.#places
    const groups: [SessionTables, Touch[]][] = shared
      ? [[online, [...touches]]]
      : [
          [online, touches.filter((touch) => !touch.offline)],
          [offline, touches.filter((touch) => touch.offline)],
        ]
    return groups.filter(([, some]) => some.length > 0)
  }
}

function touchSessions({ users }: SessionTables, touches: readonly Touch[]) {
  return (read: Queryable) =>
    read.query(
      `UPDATE ${users} s SET last_access = k.at
       FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k(id, offline, at)
       WHERE s.id = k.id AND s.offline = k.offline AND s.last_access < k.at`,
      [
        touches.map((touch) => touch.sessionId),
        touches.map((touch) => touch.offline),
        touches.map((touch) => touch.at),
      ],
    )
}

function touchClients({ clients }: SessionTables, touches: readonly Touch[]) {
  return (read: Queryable) =>
    read.query(
      `UPDATE ${clients} c SET last_access = k.at
       FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[]) AS k(id, offline, client, at)
       WHERE c.session_id = k.id AND c.offline = k.offline AND c.client_id = k.client AND c.last_access < k.at`,
      [
        touches.map((touch) => touch.sessionId),
        touches.map((touch) => touch.offline),
        touches.map((touch) => touch.clientUuid),
        touches.map((touch) => touch.at),
      ],
    )
}

function newestBySession(touches: readonly Touch[]): Touch[] {
  const newest = new Map<string, Touch>()
  for (const touch of touches) {
    const key = `${touch.offline} ${touch.sessionId}`
    const known = newest.get(key)
    if (!known || known.at < touch.at) newest.set(key, touch)
  }
  return [...newest.values()]
}
