import type { Queryable } from '../../database/database.ts'
import type { ListedSession } from './session.ts'
import { type SessionRow, sessionColumns, sessionOf } from './session-rows.ts'

/** Which sessions to list. */
export interface SessionListing {
  readonly realmId: string
  readonly offline: boolean
  readonly userId?: string
  readonly clientUuid?: string
  readonly first: number
  readonly max: number
}

/** SQL of session lists. Indexes: user_session_user, client_session_started, else user_session_realm. */
export class SessionListStore {
  async list(read: Queryable, listing: SessionListing): Promise<ListedSession[]> {
    const { realmId, offline, userId, clientUuid, max, first } = listing
    const values: unknown[] = [realmId, offline, max, first]
    const parameter = (value: string): string => `$${values.push(value)}`
    const conditions = ['s.realm_id = $1', 's.offline = $2']
    if (userId !== undefined) conditions.push(`s.user_id = ${parameter(userId)}`)
    let from = 'user_session s'
    let page = 'LIMIT $3 OFFSET $4'
    let order = 's.started_at, s.id'
    if (clientUuid !== undefined && userId === undefined) {
      // The page is cut before the join: a client with millions of sessions costs what a page costs.
      from = `(SELECT session_id, offline, started_at FROM client_session
         WHERE client_id = ${parameter(clientUuid)} AND offline = $2
         ORDER BY started_at, session_id ${page}) w
         JOIN user_session s ON s.id = w.session_id AND s.offline = w.offline`
      order = 'w.started_at, w.session_id'
      page = ''
    } else if (clientUuid !== undefined) {
      from += ' JOIN client_session w ON w.session_id = s.id AND w.offline = s.offline'
      conditions.push(`w.client_id = ${parameter(clientUuid)}`)
    }
    const rows = await read.query<SessionRow & { clients: string[] }>(
      `SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM client_session c
         WHERE c.session_id = s.id AND c.offline = s.offline) AS clients
       FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ${page}`,
      values,
    )
    return rows.map((row) => ({ session: sessionOf(row), clientUuids: row.clients }))
  }
}
