import type { Queryable } from '../../database/database.ts'
import type { CredentialRow } from '../credentials/credential-import.ts'
import type { CredentialSecrets } from '../credentials/credential-secrets.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** A row of table `federated_identity`. */
export interface FederatedIdentityRow {
  readonly userId: UserId
  readonly identityProvider: string
  readonly federatedUserId: string
  readonly federatedUsername: string | null
}

/** A row of table `user_consent`. */
export interface ConsentRow {
  readonly userId: UserId
  readonly clientUuid: ClientUuid
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** Bulk inserts of what new users bring with them: one statement per table and batch. */
export class NewUserStore {
  readonly #secrets: CredentialSecrets

  constructor(secrets: CredentialSecrets) {
    this.#secrets = secrets
  }

  async insertCredentials(tx: Queryable, rows: readonly CredentialRow[]): Promise<void> {
    const stored = rows.map((row) => ({ ...row, ...this.#secrets.seal(row.type, row.secretData) }))
    await tx.query(
      `INSERT INTO credential
         (id, user_id, type, user_label, created_at, priority, secret_data, secret_sealed, credential_data)
       SELECT c.id, c."userId", c.type, c."userLabel", c."createdAt", c.priority, c."secretData", c."secretSealed",
         c."credentialData"
       FROM jsonb_to_recordset($1::jsonb) AS c(id text, "userId" text, type text, "userLabel" text, "createdAt" bigint,
         priority int, "secretData" text, "secretSealed" text, "credentialData" text)`,
      [JSON.stringify(stored)],
    )
  }

  async insertFederatedIdentities(
    tx: Queryable,
    realmId: RealmId,
    rows: readonly FederatedIdentityRow[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO federated_identity (user_id, realm_id, identity_provider, federated_user_id, federated_username)
       SELECT f."userId", $1, f."identityProvider", f."federatedUserId", f."federatedUsername"
       FROM jsonb_to_recordset($2::jsonb)
         AS f("userId" text, "identityProvider" text, "federatedUserId" text, "federatedUsername" text)`,
      [realmId, JSON.stringify(rows)],
    )
  }

  async insertConsents(tx: Queryable, rows: readonly ConsentRow[]): Promise<void> {
    await tx.query(
      `INSERT INTO user_consent (user_id, client_id, scopes, created_at, updated_at)
       SELECT c."userId", c."clientUuid", c.scopes, c."createdAt", c."updatedAt"
       FROM jsonb_to_recordset($1::jsonb)
         AS c("userId" text, "clientUuid" text, scopes jsonb, "createdAt" bigint, "updatedAt" bigint)`,
      [JSON.stringify(rows)],
    )
  }
}
