import type { Queryable } from '../../../database/database.ts'
import type { ClientId, ClientUuid, RealmId, UserId } from '../../typed-ids.ts'

/** What a user has granted to a client. Times are milliseconds since the epoch. */
export interface GrantedConsent {
  readonly clientId: ClientId
  readonly clientUuid: ClientUuid
  /** Names of client scopes. */
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** SQL of the table `user_consent` ; every statement goes by its primary key. */
export class ConsentStore {
  /** @returns the names of the scopes that the user has granted to the client */
  async granted(db: Queryable, userId: UserId, clientUuid: ClientUuid): Promise<string[]> {
    const rows = await db.query<{ scopes: string[] }>(
      'SELECT scopes FROM user_consent WHERE user_id = $1 AND client_id = $2',
      [userId, clientUuid],
    )
    return rows[0]?.scopes ?? []
  }

  /** What a user has granted to the clients of a realm, by client id. Index: user_consent_pkey. */
  async ofUser(db: Queryable, realmId: RealmId, userId: UserId): Promise<GrantedConsent[]> {
    return await db.query<GrantedConsent>(
      `SELECT c.client_id AS "clientId", k.client_id AS "clientUuid", k.scopes, k.created_at AS "createdAt",
         k.updated_at AS "updatedAt"
       FROM user_consent k JOIN client c ON c.id = k.client_id WHERE k.user_id = $2 AND c.realm_id = $1
       ORDER BY c.client_id`,
      [realmId, userId],
    )
  }

  /** @returns whether there was anything to take back */
  async revoke(db: Queryable, userId: UserId, clientUuid: ClientUuid): Promise<boolean> {
    const rows = await db.query(
      'DELETE FROM user_consent WHERE user_id = $1 AND client_id = $2 RETURNING user_id',
      [userId, clientUuid],
    )
    return rows.length > 0
  }

  /** Adds scopes to those granted before. @param now milliseconds since the epoch */
  async grant(
    db: Queryable,
    userId: UserId,
    clientUuid: ClientUuid,
    scopes: readonly string[],
    now: number,
  ): Promise<void> {
    await db.query(
      `INSERT INTO user_consent (user_id, client_id, scopes, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (user_id, client_id) DO UPDATE SET updated_at = excluded.updated_at, scopes =
         (SELECT jsonb_agg(DISTINCT name) FROM jsonb_array_elements(user_consent.scopes || excluded.scopes) AS s(name))`,
      [userId, clientUuid, JSON.stringify(scopes), now],
    )
  }
}
