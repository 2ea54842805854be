import type { Database, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientUuid, SessionId, UserId } from '../typed-ids.ts'
import { sessionChanged, sessionsChanged, sessionsEnded, tokenRevoked } from './session-events.ts'
import type { SessionKeeping } from './session-keeping.ts'
import type { EndedSession } from './session-verbs.ts'
import { SingleUseStore } from './single-use-store.ts'

export interface SessionEndingsDeps {
  readonly database: Database
  readonly store: SessionKeeping['sessions']
}

/**
 * Whatever ends sessions and tokens. Each announces it in its own transaction, whether or not this node keeps copies: the
 * copies of every owner die with the commit, and the caller waits for the members' acknowledgements (cluster.md §4, §7).
 */
export class SessionEndings {
  readonly #deps: SessionEndingsDeps
  readonly #objects = new SingleUseStore()

  constructor(deps: SessionEndingsDeps) {
    this.#deps = deps
  }

  /** @returns the session with the clients that used it, or null when there was none */
  async one(
    realm: Realm,
    sessionId: SessionId,
    offline: boolean,
    trace?: AdminTrace,
  ): Promise<EndedSession | null> {
    const { database, store } = this.#deps
    return await database.transaction(async (tx) => {
      const ended = await store.delete(tx, realm.id, sessionId, offline)
      if (!ended) return null
      tx.append([sessionChanged(sessionId)])
      await trace?.(tx)
      return ended
    })
  }

  /** All of a user, offline ones too, under the user's row lock. */
  async allOf(realm: Realm, userId: UserId, trace?: AdminTrace): Promise<EndedSession[]> {
    return await this.#deps.database.transaction(async (tx) => {
      const ended = await this.allOfIn(tx, realm, userId)
      await trace?.(tx)
      return ended
    })
  }

  /** As `allOf`, in the caller's transaction. */
  async allOfIn(tx: Transaction, realm: Realm, userId: UserId): Promise<EndedSession[]> {
    const { store } = this.#deps
    await store.lockUser(tx, realm.id, userId)
    const ended = await store.deleteAllOf(tx, realm.id, userId)
    const ids = ended.map(({ session }) => session.id)
    tx.append(sessionsEnded(realm.id, ids))
    return ended
  }

  /**
   * A client's part in all sessions of a user, in the caller's transaction; offline sessions that no client is left in end.
   * @returns the sessions that the client was in, naming no other client
   */
  async clientOfUserIn(
    tx: Transaction,
    realm: Realm,
    userId: UserId,
    clientUuid: ClientUuid,
  ): Promise<EndedSession[]> {
    const { store } = this.#deps
    await store.lockUser(tx, realm.id, userId)
    const sessions = await store.deleteClientOfUser(tx, realm.id, userId, clientUuid)
    for (const { id, offline } of sessions) {
      if (offline) await store.deleteIfUnused(tx, id, offline)
      tx.append([sessionChanged(id)])
    }
    return sessions.map((session) => ({ session, clientUuids: [clientUuid] }))
  }

  /** All online ones of a realm. @returns how many */
  async allIn(realm: Realm, trace?: AdminTrace): Promise<number> {
    const { database, store } = this.#deps
    return await database.transaction(async (tx) => {
      const ended = await store.deleteRealm(tx, realm.id, false)
      if (ended > 0) tx.append([sessionsChanged(realm.id)])
      await trace?.(tx)
      return ended
    })
  }

  /**
   * A client's part.
   * @param endUnused ends a session that no client is left in
   * @returns whether the client was in it
   */
  async part(
    sessionId: SessionId,
    offline: boolean,
    clientUuid: ClientUuid,
    endUnused: boolean,
  ): Promise<boolean> {
    const { database, store } = this.#deps
    return await database.transaction(async (tx) => {
      const removed = await store.deleteClientSession(tx, sessionId, offline, clientUuid)
      if (removed && endUnused) await store.deleteIfUnused(tx, sessionId, offline)
      if (removed) tx.append([sessionChanged(sessionId)])
      return removed
    })
  }

  /** A token, remembered as revoked until `expiresAt` (ms since the epoch). */
  async token(objectId: string, sessionId: SessionId | null, expiresAt: number): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const added = await this.#objects.insert(tx, objectId, {}, expiresAt)
      if (added) tx.append([tokenRevoked(objectId, sessionId)])
    })
  }
}
