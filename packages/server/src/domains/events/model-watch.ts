import type { Transaction } from '../../database/database.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** A change of what a user is in, holds or is linked with, by the names of Keycloak's workflow events. */
export interface UserChange {
  readonly event:
    | 'user-federated-identity-added'
    | 'user-federated-identity-removed'
    | 'user-group-membership-added'
    | 'user-group-membership-removed'
    | 'user-role-granted'
    | 'user-role-revoked'
  readonly userId: UserId
  /** Id of the role or group, alias of the identity provider. */
  readonly about: string
}

/** A change that may set something going. */
export type ModelChange =
  | UserChange
  | { readonly event: 'client-created'; readonly clientUuid: ClientUuid }

/** Told, in its transaction, of what changes. */
export interface ModelWatch {
  /** False where it is known, without asking anybody, that nothing of the realm is set going by such changes. */
  watches(realmId: RealmId): boolean
  tell(tx: Transaction, realmId: RealmId, changes: readonly ModelChange[]): Promise<void>
}
