import type { Queryable } from '../../database/database.ts'
import type { RealmId, UserId } from '../typed-ids.ts'

/** A user's account at an identity provider. */
export interface FederatedIdentity {
  readonly identityProvider: string
  readonly userId: UserId
  readonly userName: string | null
}

/** All SQL of table `federated_identity`, bulk imports aside. */
export class FederatedIdentityStore {
  /** Index: federated_identity_pkey. */
  async ofUser(read: Queryable, userId: UserId): Promise<FederatedIdentity[]> {
    return await read.query<FederatedIdentity>(
      `SELECT identity_provider AS "identityProvider", federated_user_id AS "userId", federated_username AS "userName"
       FROM federated_identity WHERE user_id = $1 ORDER BY identity_provider`,
      [userId],
    )
  }

  /** Index: federated_identity_user. @returns ids of the users, one where links are as they should be */
  async usersOf(
    read: Queryable,
    realmId: RealmId,
    identityProvider: string,
    federatedUserId: string,
  ): Promise<string[]> {
    const rows = await read.query<{ id: string }>(
      `SELECT user_id AS id FROM federated_identity
       WHERE realm_id = $1 AND identity_provider = $2 AND federated_user_id = $3 LIMIT 2`,
      [realmId, identityProvider, federatedUserId],
    )
    return rows.map(({ id }) => id)
  }

  /** Index: federated_identity_pkey. @returns false when the user is linked with that provider already */
  async insert(tx: Queryable, realmId: RealmId, userId: UserId, identity: FederatedIdentity) {
    const rows = await tx.query(
      `INSERT INTO federated_identity (user_id, realm_id, identity_provider, federated_user_id, federated_username)
       SELECT id, realm_id, $3, $4, $5 FROM users WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [userId, realmId, identity.identityProvider, identity.userId, identity.userName],
    )
    return rows.length > 0
  }

  /** Index: federated_identity_pkey. */
  async remove(tx: Queryable, userId: UserId, identityProvider: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM federated_identity WHERE user_id = $1 AND identity_provider = $2 RETURNING user_id',
      [userId, identityProvider],
    )
    return rows.length > 0
  }
}
