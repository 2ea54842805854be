import type { Database, Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import { type ClientSessionCount, SessionCountStore } from './session-count-store.ts'
import type { SessionPlaces } from './session-places.ts'

/** Counting ten million sessions takes seconds, more than other statements may. */
const countTimeoutMs = 20_000

/** Numbers of sessions, exact. Who asks while the same is being counted gets that answer: it is never counted twice at once. */
export class SessionCounts {
  readonly #database: Database
  readonly #store: SessionCountStore
  readonly #counting = new Map<string, Promise<unknown>>()

  constructor(database: Database, places?: SessionPlaces) {
    this.#database = database
    this.#store = new SessionCountStore(places)
  }

  async ofClient(clientUuid: ClientUuid, offline: boolean): Promise<number> {
    return await this.#count(`${clientUuid} ${offline}`, (read) =>
      this.#store.ofClient(read, clientUuid, offline),
    )
  }

  /** Of every client of the realm that has some. */
  async byClient(realmId: RealmId): Promise<ClientSessionCount[]> {
    return await this.#count(realmId, (read) => this.#store.byClient(read, realmId))
  }

  #count<T>(what: string, count: (read: Queryable) => Promise<T>): Promise<T> {
    const under = this.#counting.get(what) as Promise<T> | undefined
    if (under !== undefined) return under
    const limit = { statementTimeoutMs: countTimeoutMs }
    const counting = this.#database.transaction(count, limit).finally(() => {
      this.#counting.delete(what)
    })
    this.#counting.set(what, counting)
    return counting
  }
}
