import type { Database, Queryable } from '../../database/database.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import { SessionPlaces, type SessionTables } from './session-places.ts'

/** How many sessions a client of a realm has; clients without sessions are left out. */
export interface ClientSessionCount {
  readonly clientUuid: ClientUuid
  readonly clientId: ClientId
  readonly offline: boolean
  readonly count: number
}

/** Counting ten million sessions takes seconds, more than other statements may. */
const countTimeoutMs = 20_000

/**
 * SQL that counts sessions. A count is linear in what it counts, as every count in PostgreSQL; these read nothing besides,
 * and that in the index client_session_started alone. A client is looked for as a range from itself to itself, whose share
 * of the rows the planner takes to be small. Of an equality it thinks that each client has the average, and with one client
 * that has nearly all sessions it would read the whole table for each of the others.
 */
export class SessionCountStore {
  readonly #places: SessionPlaces

  constructor(places = new SessionPlaces()) {
    this.#places = places
  }

  /** Index: client_session_started. */
  async ofClient(
    database: Database,
    _realmId: RealmId,
    clientUuid: ClientUuid,
    offline: boolean,
  ): Promise<number> {
    const { clients } = this.#places.of(offline)
    const [row] = await patiently(database, (read) =>
      read.query<{ n: number }>(
        `SELECT count(*) AS n FROM ${clients} WHERE client_id BETWEEN $1 AND $1 AND offline = $2`,
        [clientUuid, offline],
      ),
    )
    return Number(row?.n ?? 0)
  }

  /**
   * Walks the clients of the realm and those that have sessions side by side, and leaps in each over what the other does
   * not have: neither clients without sessions nor the sessions of other realms cost anything.
   * Indexes: client_realm, client_session_started.
   */
  async byClient(database: Database, realmId: RealmId): Promise<ClientSessionCount[]> {
    return await patiently(database, (read) => this.#byClient(read, realmId))
  }

  async #byClient(read: Queryable, realmId: RealmId): Promise<ClientSessionCount[]> {
    const { all, shared } = this.#places
    const counted: ClientSessionCount[] = []
    for (const tables of all) {
      const found = await this.#byClientIn(tables, read, realmId)
      // What the other mode has left in these tables is nobody's.
      counted.push(...found.filter(({ offline }) => shared || this.#places.of(offline) === tables))
    }
    return counted
  }

  /** @returns those of the clients that the realm has, without a client that is gone */
  async clientIds(
    read: Queryable,
    realmId: RealmId,
    clientUuids: readonly ClientUuid[],
  ): Promise<Pick<ClientSessionCount, 'clientUuid' | 'clientId'>[]> {
    if (clientUuids.length === 0) return []
    return await read.query(
      `SELECT id AS "clientUuid", client_id AS "clientId" FROM client
       WHERE id = ANY($1) AND realm_id IS NOT DISTINCT FROM $2`,
      [clientUuids, realmId],
    )
  }

  async #byClientIn(
    { clients }: SessionTables,
    read: Queryable,
    realmId: RealmId,
  ): Promise<ClientSessionCount[]> {
    const rows = await read.query<Omit<ClientSessionCount, 'count'> & { n: number }>(
      `WITH RECURSIVE walk(client, held) AS (
         (SELECT id, NULL::text FROM client WHERE realm_id = $1 ORDER BY id LIMIT 1)
         UNION ALL
         SELECT next.id, here.client_id FROM walk
           CROSS JOIN LATERAL (SELECT w.client_id FROM ${clients} w WHERE w.client_id >= walk.client
                               ORDER BY w.client_id LIMIT 1) here
           LEFT JOIN LATERAL (SELECT c.id FROM client c WHERE c.realm_id = $1 AND c.id > here.client_id
                              ORDER BY c.id LIMIT 1) next ON true)
       SELECT c.id AS "clientUuid", c.client_id AS "clientId", counted.offline, counted.n
       FROM walk JOIN client c ON c.id = walk.held AND c.realm_id = $1
         CROSS JOIN LATERAL (SELECT w.offline, count(*) AS n FROM ${clients} w
                             WHERE w.client_id BETWEEN c.id AND c.id GROUP BY w.offline) counted`,
      [realmId],
    )
    return rows.map(({ n, ...row }) => ({ ...row, count: Number(n) }))
  }
}

async function patiently<T>(
  database: Database,
  count: (read: Queryable) => Promise<T>,
): Promise<T> {
  return await database.transaction(count, { statementTimeoutMs: countTimeoutMs })
}
