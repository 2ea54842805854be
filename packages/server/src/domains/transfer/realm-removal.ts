import type { Database, Transaction } from '../../database/database.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { RealmId } from '../typed-ids.ts'
import { RealmRemovalStore, removedParts } from './realm-removal-store.ts'

export interface RealmRemovalDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'putAside'>
}

/** A realm with more users than this is put aside, and its rows are removed by parts. */
const togetherUsersMax = 2_000
/** Rows of one statement: few enough that nobody waits for its locks. */
const rowsMax = 500
/** Longest time that one statement may take, milliseconds. */
const statementTimeoutMs = 60_000

/**
 * Removes realms that have very many users: at once the realm is gone for everybody, under a name that nobody can ask for; then
 * its rows go in small transactions, done by any member of the cluster, that another one goes on with after a crash.
 */
export class RealmRemoval {
  readonly #deps: RealmRemovalDeps
  readonly #store = new RealmRemovalStore()
  #isSweeping = false

  constructor(deps: RealmRemovalDeps) {
    this.#deps = deps
  }

  /**
   * @returns false for a realm with few users, which is to be removed with everything in it now
   * @throws ModelError `missing` when another removal came first
   */
  async putAsideIn(tx: Transaction, realm: Realm): Promise<boolean> {
    if (!(await this.#store.hasMoreUsersThan(tx, realm.id, togetherUsersMax))) return false
    if (!(await this.#deps.realms.putAside(tx, realm))) throw notThere()
    await this.#store.add(tx, realm.id)
    tx.onCommitted(() => this.#beginNow())
    return true
  }

  /** Removes what is left of every realm that was put aside. @param signal ends it early */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const id of await this.#store.all(this.#deps.database)) await this.#finish(id, signal)
  }

  /** Removes what is left of one realm, whose ids are about to be used again. */
  async complete(realmId: RealmId): Promise<void> {
    const all = await this.#store.all(this.#deps.database)
    if (all.includes(realmId)) await this.#finish(realmId)
  }

  /** This member begins at once; what it does not come to the end of, the job of the cluster does. */
  #beginNow(): void {
    if (this.#isSweeping) return
    this.#isSweeping = true
    this.sweep()
      .catch(() => undefined)
      .finally(() => {
        this.#isSweeping = false
      })
  }

  async #finish(realmId: RealmId, signal?: AbortSignal): Promise<void> {
    for (const part of removedParts) {
      let removed = 0
      do {
        if (signal?.aborted) return
        removed = await this.#deps.database.transaction(
          (tx) => this.#store.removeSome(tx, part, realmId, rowsMax),
          { statementTimeoutMs },
        )
      } while (removed > 0)
    }
    await this.#deps.database.transaction((tx) => this.#store.removeRest(tx, realmId), {
      statementTimeoutMs,
    })
  }
}

const notThere = () => new ModelError('missing', 'Realm not found.')
