import type { Database, Queryable } from '../../../database/database.ts'
import { RemoteStoreUnavailable } from '../../../remote-stores/remote-store-unavailable.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { ClientUuid, RealmId } from '../../typed-ids.ts'
import type { ListedSession } from '../session.ts'
import type { ClientSessionCount } from '../session-count-store.ts'
import type { SessionKeeping } from '../session-keeping.ts'
import type { SessionListing } from '../session-list-store.ts'
import type { RemoteSessionRecords } from './remote-session-records.ts'
import type { SessionDirectory } from './session-directory.ts'

/** Sessions that are read at once. */
const readMax = 200
/** Longest that a list or a count may take, as a count in the database. */
const walkMs = 20_000

export interface RemoteSessionListsDeps {
  readonly records: RemoteSessionRecords
  readonly directory: SessionDirectory
  readonly clock: Clock
  /** For offline sessions, and the names of clients. */
  readonly rows: Pick<SessionKeeping, 'lists' | 'counts'>
}

/**
 * Lists and counts of online sessions in a remote store. Those of a user read what the user has; all others go through the sessions
 * of the realm, the oldest first, until the page is full: a page costs what is before it, a count all of the realm, and what
 * takes longer than 20 seconds is refused.
 */
export class RemoteSessionLists {
  readonly #deps: RemoteSessionListsDeps

  constructor(deps: RemoteSessionListsDeps) {
    this.#deps = deps
  }

  /** The online ones first. */
  async list(read: Queryable, listing: SessionListing): Promise<ListedSession[]> {
    const { offline, first, max } = listing
    const { lists } = this.#deps.rows
    if (offline === true) return await lists.list(read, listing)
    const { page, before } = await this.#online(listing)
    const left = max - page.length
    if (offline === false || left <= 0) return page
    const rest = { ...listing, offline: true, first: Math.max(0, first - before), max: left }
    return [...page, ...(await lists.list(read, rest))]
  }

  async ofClient(
    database: Database,
    realmId: RealmId,
    clientUuid: ClientUuid,
    offline: boolean,
  ): Promise<number> {
    if (offline)
      return await this.#deps.rows.counts.ofClient(database, realmId, clientUuid, offline)
    let count = 0
    for await (const { clientUuids } of this.#walk({ realmId })) {
      if (clientUuids.includes(clientUuid)) count += 1
    }
    return count
  }

  async byClient(database: Database, realmId: RealmId): Promise<ClientSessionCount[]> {
    const counts = new Map<ClientUuid, number>()
    for await (const { clientUuids } of this.#walk({ realmId })) {
      for (const uuid of clientUuids) counts.set(uuid, (counts.get(uuid) ?? 0) + 1)
    }
    const { counts: rows } = this.#deps.rows
    const names = await rows.clientIds(database, realmId, [...counts.keys()])
    const online = names.map(({ clientUuid, clientId }) => {
      return { clientUuid, clientId, offline: false, count: counts.get(clientUuid) ?? 0 }
    })
    return [...online, ...(await rows.byClient(database, realmId))]
  }

  async clientIds(read: Queryable, realmId: RealmId, clientUuids: readonly ClientUuid[]) {
    return await this.#deps.rows.counts.clientIds(read, realmId, clientUuids)
  }

  /** @returns the page, and how many there are before it and in it if it is not full */
  async #online(
    listing: SessionListing,
  ): Promise<{ readonly page: ListedSession[]; readonly before: number }> {
    const page: ListedSession[] = []
    let before = 0
    if (listing.max <= 0) return { page, before }
    for await (const listed of this.#walk(listing)) {
      if (!isMeant(listing, listed)) continue
      before += 1
      if (before > listing.first) page.push(listed)
      if (page.length >= listing.max) break
    }
    return { page, before }
  }

  async *#walk({
    realmId,
    userId,
  }: Pick<SessionListing, 'realmId' | 'userId'>): AsyncGenerator<ListedSession> {
    const { records, directory, clock } = this.#deps
    const start = clock.monotonic()
    const named =
      userId === undefined
        ? await directory.ofRealm(realmId)
        : await directory.ofUser(realmId, userId)
    for (let first = 0; first < named.length; first += readMax) {
      if (clock.monotonic() - start > walkMs) {
        throw new RemoteStoreUnavailable(`the sessions cannot be listed within ${walkMs} ms`)
      }
      yield* await records.listed(named.slice(first, first + readMax).map(({ id }) => id))
    }
  }
}

function isMeant(
  { realmId, clientUuid, search }: SessionListing,
  { session, clientUuids }: ListedSession,
): boolean {
  if (session.realmId !== realmId) return false
  if (clientUuid !== undefined && !clientUuids.includes(clientUuid)) return false
  if (search === undefined) return true
  const { userIds, ipPrefix } = search
  return (
    userIds.includes(session.userId) ||
    (ipPrefix !== null && session.ipAddress.startsWith(ipPrefix))
  )
}
