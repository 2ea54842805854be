import type { Queryable } from '../../../database/database.ts'
import type { ClientUuid, RealmId, SessionId, UserId } from '../../typed-ids.ts'
import type { ClientSession, ListedSession, RefreshChain, UserSession } from '../session.ts'
import type { SessionKeeping } from '../session-keeping.ts'
import { LoginCheckStore } from './login-check-store.ts'
import type { RemoteSessionRecords } from './remote-session-records.ts'
import type { NamedSession, SessionDirectory } from './session-directory.ts'

type SessionVerbs = SessionKeeping['sessions']

/** Sessions that are ended, or left, at the same time. */
const atOnceMax = 64

/**
 * Ends and changes online sessions in a remote store, offline ones in rows. What ends all sessions of a user holds the lock of the
 * user's row meanwhile, and lets its transaction fail when the store is away: a password does not change while sessions stay
 * that end with it.
 */
export class RemoteSessionEndings implements Pick<SessionVerbs, keyof SessionVerbs> {
  readonly #records: RemoteSessionRecords
  readonly #directory: SessionDirectory
  readonly #rows: SessionVerbs
  readonly #checks = new LoginCheckStore()

  /** @param rows for offline sessions */
  constructor(records: RemoteSessionRecords, directory: SessionDirectory, rows: SessionVerbs) {
    this.#records = records
    this.#directory = directory
    this.#rows = rows
  }

  async delete(
    read: Queryable,
    realmId: RealmId,
    sessionId: SessionId,
    offline: boolean,
  ): Promise<{ session: UserSession; clientUuids: ClientUuid[] } | null> {
    if (offline) return await this.#rows.delete(read, realmId, sessionId, offline)
    const ended = await this.#records.end(realmId, sessionId)
    return ended && mutable(ended)
  }

  async deleteAllOf(
    read: Queryable,
    realmId: RealmId,
    userId: UserId,
  ): Promise<{ session: UserSession; clientUuids: ClientUuid[] }[]> {
    const named = await this.#directory.ofUser(realmId, userId)
    const ended = await this.#inTurns(read, named, ({ id }) => this.#records.end(realmId, id))
    const offline = await this.#rows.deleteAllOf(read, realmId, userId)
    return [...ended.flatMap((each) => (each === null ? [] : [mutable(each)])), ...offline]
  }

  async lockUser(read: Queryable, realmId: RealmId, userId: UserId): Promise<void> {
    await this.#rows.lockUser(read, realmId, userId)
  }

  async deleteClientSession(
    read: Queryable,
    sessionId: SessionId,
    offline: boolean,
    clientUuid: ClientUuid,
  ): Promise<boolean> {
    if (offline) return await this.#rows.deleteClientSession(read, sessionId, offline, clientUuid)
    return (await this.#records.detach(sessionId, clientUuid)) !== null
  }

  async deleteClientOfUser(
    read: Queryable,
    realmId: RealmId,
    userId: UserId,
    clientUuid: ClientUuid,
  ): Promise<UserSession[]> {
    const named = await this.#directory.ofUser(realmId, userId)
    const left = await this.#inTurns(read, named, ({ id }) => this.#records.detach(id, clientUuid))
    const offline = await this.#rows.deleteClientOfUser(read, realmId, userId, clientUuid)
    return [...left.flatMap((session) => (session === null ? [] : [session])), ...offline]
  }

  async insertAlone(
    tx: Queryable,
    given: Omit<UserSession, 'ver' | 'offline'>,
  ): Promise<UserSession | null> {
    const session = { ...given, offline: false, ver: 1 }
    await this.#records.start(session, null)
    let stays = false
    try {
      stays = await this.#checks.lockEnabledUser(tx, session.realmId, session.userId)
      return stays ? session : null
    } finally {
      if (!stays) await this.#records.end(null, session.id).catch(() => null)
    }
  }

  async deleteIfUnused(read: Queryable, sessionId: string, offline: boolean): Promise<boolean> {
    if (offline) return await this.#rows.deleteIfUnused(read, sessionId, offline)
    return await this.#records.endUnused(sessionId)
  }

  async deleteRealm(read: Queryable, realmId: RealmId, offline: boolean): Promise<number> {
    if (offline) return await this.#rows.deleteRealm(read, realmId, offline)
    const named = await this.#directory.ofRealm(realmId)
    const ended = await this.#inTurns(read, named, ({ id }) => this.#records.end(realmId, id))
    return ended.filter((each) => each !== null).length
  }

  async setRefreshChains(
    read: Queryable,
    clientSession: ClientSession,
    chains: Readonly<Record<string, RefreshChain>>,
  ): Promise<boolean> {
    if (clientSession.offline) {
      return await this.#rows.setRefreshChains(read, clientSession, chains)
    }
    return await this.#records.setRefreshChains(clientSession, chains)
  }

  async #inTurns<T>(
    read: Queryable,
    named: readonly NamedSession[],
    work: (session: NamedSession) => Promise<T>,
  ): Promise<T[]> {
    const done: T[] = []
    for (let first = 0; first < named.length; first += atOnceMax) {
      if (first > 0) await this.#checks.stillAtWork(read)
      done.push(...(await Promise.all(named.slice(first, first + atOnceMax).map(work))))
    }
    return done
  }
}

function mutable({ session, clientUuids }: ListedSession) {
  return { session, clientUuids: [...clientUuids] }
}
