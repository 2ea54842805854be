import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'
import type { ListedSession } from './session.ts'
import { SessionPlaces } from './session-places.ts'
import { type SessionRow, sessionColumns, sessionOf } from './session-rows.ts'

/** Which sessions to list. */
export interface SessionListing {
  readonly realmId: RealmId
  /** Absent = both, the online ones first. */
  readonly offline?: boolean
  readonly userId?: UserId
  /** Sessions of these users alone, or from addresses that begin so. */
  readonly search?: { readonly userIds: readonly UserId[]; readonly ipPrefix: string | null }
  readonly clientUuid?: ClientUuid
  readonly first: number
  readonly max: number
}

/** SQL of session lists. Indexes: user_session_user, client_session_started, else user_session_realm. */
export class SessionListStore {
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
  }

  async list(read: Queryable, listing: SessionListing): Promise<ListedSession[]> {
    const { realmId, offline, userId, clientUuid, search, max, first } = listing
    const values: unknown[] = [realmId, max, first]
    const parameter = (value: unknown): string => `$${values.push(value)}`
    const conditions = ['s.realm_id = $1']
    const kind = offline === undefined ? undefined : parameter(offline)
    if (kind !== undefined) conditions.push(`s.offline = ${kind}`)
    if (userId !== undefined) conditions.push(`s.user_id = ${parameter(userId)}`)
    if (search !== undefined) {
      const either = [`s.user_id = ANY(${parameter(search.userIds)})`]
      if (search.ipPrefix !== null) {
        either.push(`starts_with(s.ip_address, ${parameter(search.ipPrefix)})`)
      }
      conditions.push(`(${either.join(' OR ')})`)
    }
    const users = this.#places.listed('users', offline ?? null)
    const clients = this.#places.listed('clients', offline ?? null)
    let from = `${users} s`
    let page = 'LIMIT $2 OFFSET $3'
    let order = 's.offline, s.started_at, s.id'
    if (clientUuid !== undefined && userId === undefined && search === undefined) {
      // The page is cut before the join: a client with millions of sessions costs what a page costs.
      from = `(SELECT session_id, offline, started_at FROM ${clients} c
         WHERE client_id = ${parameter(clientUuid)} ${kind === undefined ? '' : `AND offline = ${kind}`}
         ORDER BY offline, started_at, session_id ${page}) w
         JOIN ${users} s ON s.id = w.session_id AND s.offline = w.offline`
      order = 'w.offline, w.started_at, w.session_id'
      page = ''
    } else if (clientUuid !== undefined) {
      from += ` JOIN ${clients} w ON w.session_id = s.id AND w.offline = s.offline`
      conditions.push(`w.client_id = ${parameter(clientUuid)}`)
    }
    const rows = await read.query<SessionRow & { clients: string[] }>(
      `SELECT ${sessionColumns}, ARRAY(SELECT c.client_id FROM ${clients} c
         WHERE c.session_id = s.id AND c.offline = s.offline) AS clients
       FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ${page}`,
      values,
    )
    return rows.map((row) => ({ session: sessionOf(row), clientUuids: row.clients }))
  }
}
