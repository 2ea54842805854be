import type { Database } from '../../database/database.ts'
import type { ClientUuid, SessionId } from '../typed-ids.ts'

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
  /**
   * One transaction that does not wait for the disk. Of all nodes one writes its batch at a time: an UPDATE locks rows in no
   * particular order, and two batches with the same sessions would deadlock. To lock the rows in the order of their keys
   * first would log as much again for each as its change. It never inserts: a session that is gone stays so.
   */
  async write(database: Database, touches: readonly Touch[]): Promise<void> {
    const sessions = newestBySession(touches)
    const clients = touches.filter((touch) => touch.clientUuid !== null)
    await database.transaction(
      async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock($1)', [touchLock])
        const place = clients.length === 0 ? tx.last : tx
        await place.query(
          `UPDATE user_session s SET last_access = k.at
           FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k(id, offline, at)
           WHERE s.id = k.id AND s.offline = k.offline AND s.last_access < k.at`,
          [
            sessions.map((touch) => touch.sessionId),
            sessions.map((touch) => touch.offline),
            sessions.map((touch) => touch.at),
          ],
        )
        if (clients.length === 0) return
        await tx.last.query(
          `UPDATE client_session c SET last_access = k.at
           FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[]) AS k(id, offline, client, at)
           WHERE c.session_id = k.id AND c.offline = k.offline AND c.client_id = k.client AND c.last_access < k.at`,
          [
            clients.map((touch) => touch.sessionId),
            clients.map((touch) => touch.offline),
            clients.map((touch) => touch.clientUuid),
            clients.map((touch) => touch.at),
          ],
        )
      },
      { durability: 'async' },
    )
  }
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
