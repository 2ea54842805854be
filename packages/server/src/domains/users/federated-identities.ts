import type { Database, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { ModelWatch, UserChange } from '../events/model-watch.ts'
import type { RealmId, UserId } from '../typed-ids.ts'
import { type FederatedIdentity, FederatedIdentityStore } from './federated-identity-store.ts'
import type { User } from './user.ts'
import { userDetailsChanged } from './user-events.ts'

export interface FederatedIdentitiesDeps {
  readonly database: Database
  readonly watch: ModelWatch
}

/** Links of users with accounts at identity providers. */
export class FederatedIdentities {
  readonly #deps: FederatedIdentitiesDeps
  readonly #store = new FederatedIdentityStore()

  constructor(deps: FederatedIdentitiesDeps) {
    this.#deps = deps
  }

  async ofUser(userId: UserId): Promise<FederatedIdentity[]> {
    return await this.#store.ofUser(this.#deps.database, userId)
  }

  /** @returns the id of the user whose account that is; null when it is nobody's, or more than one's */
  async userOf(
    realmId: RealmId,
    identityProvider: string,
    federatedUserId: string,
  ): Promise<string | null> {
    const { database } = this.#deps
    const ids = await this.#store.usersOf(database, realmId, identityProvider, federatedUserId)
    return ids.length === 1 ? (ids[0] ?? null) : null
  }

  /** @returns false when the user is linked with that provider already */
  async add(user: User, identity: FederatedIdentity, trace?: AdminTrace): Promise<boolean> {
    return await this.#deps.database.transaction(async (tx) => {
      if (!(await this.#store.insert(tx, user.realmId, user.id, identity))) return false
      tx.append([userDetailsChanged(user.id)])
      await this.#tell(tx, user, 'user-federated-identity-added', identity.identityProvider)
      await trace?.(tx)
      return true
    })
  }

  /** @returns whether there was such a link */
  async remove(user: User, identityProvider: string, trace?: AdminTrace): Promise<boolean> {
    return await this.#deps.database.transaction(async (tx) => {
      if (!(await this.removeIn(tx, user, identityProvider))) return false
      await trace?.(tx)
      return true
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, user: User, identityProvider: string): Promise<boolean> {
    if (!(await this.#store.remove(tx, user.id, identityProvider))) return false
    tx.append([userDetailsChanged(user.id)])
    await this.#tell(tx, user, 'user-federated-identity-removed', identityProvider)
    return true
  }

  async #tell(
    tx: Transaction,
    { id: userId, realmId }: User,
    event: UserChange['event'],
    about: string,
  ): Promise<void> {
    const { watch } = this.#deps
    if (watch.watches(realmId)) await watch.tell(tx, realmId, [{ event, userId, about }])
  }
}
