import type { Database } from '../../database/database.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import type { ClientSessionCount } from './session-count-store.ts'
import type { SessionKeeping } from './session-keeping.ts'

/** Numbers of sessions, exact. Who asks while the same is being counted gets that answer: it is never counted twice at once. */
export class SessionCounts {
  readonly #database: Database
  readonly #store: SessionKeeping['counts']
  readonly #counting = new Map<string, Promise<unknown>>()

  constructor(database: Database, store: SessionKeeping['counts']) {
    this.#database = database
    this.#store = store
  }

  async ofClient(realmId: RealmId, clientUuid: ClientUuid, offline: boolean): Promise<number> {
    return await this.#count(`${clientUuid} ${offline}`, (database) =>
      this.#store.ofClient(database, realmId, clientUuid, offline),
    )
  }

  /** Of every client of the realm that has some. */
  async byClient(realmId: RealmId): Promise<ClientSessionCount[]> {
    return await this.#count(realmId, (database) => this.#store.byClient(database, realmId))
  }

  #count<T>(what: string, count: (database: Database) => Promise<T>): Promise<T> {
    const under = this.#counting.get(what) as Promise<T> | undefined
    if (under !== undefined) return under
    const counting = count(this.#database).finally(() => {
      this.#counting.delete(what)
    })
    this.#counting.set(what, counting)
    return counting
  }
}
