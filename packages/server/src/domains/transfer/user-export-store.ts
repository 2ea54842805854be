import type { Queryable } from '../../database/database.ts'
import type { CredentialSecrets } from '../credentials/credential-secrets.ts'
import type { RealmId } from '../typed-ids.ts'
import type { RoleName } from './realm-export-store.ts'
import type {
  ConsentRepresentation,
  CredentialRepresentation,
  FederatedIdentityRepresentation,
} from './representation.ts'

/** A user with everything that belongs to it. */
export interface ExportedUser {
  readonly id: string
  readonly username: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly email: string | null
  readonly emailVerified: boolean
  readonly attributes: Record<string, string[]>
  readonly enabled: boolean
  readonly createdTimestamp: number
  readonly serviceAccountClientId: string | null
  readonly requiredActions: string[]
  readonly notBefore: number
  readonly representation: Record<string, unknown>
  readonly credentials: CredentialRepresentation[]
  readonly federatedIdentities: FederatedIdentityRepresentation[]
  readonly consents: ConsentRepresentation[]
  readonly roles: RoleName[]
  readonly groups: string[]
}

/** A credential as its row holds it. */
interface CredentialOfRow {
  readonly type: string
  readonly secretData: string
  /** Absent where it is plain. */
  readonly secretSealed?: string
}

interface UserOfRow extends Omit<ExportedUser, 'credentials'> {
  readonly credentials: readonly CredentialOfRow[]
}

/** Users of one realm in pages, each page one statement. */
export class UserExportStore {
  readonly #secrets: CredentialSecrets

  constructor(secrets: CredentialSecrets) {
    this.#secrets = secrets
  }

  /** Index: users_realm_id_username_key (index-only). */
  async count(read: Queryable, realmId: RealmId): Promise<number> {
    const rows = await read.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM users WHERE realm_id = $1',
      [realmId],
    )
    return rows[0]?.count ?? 0
  }

  /**
   * The page of users behind a user name. Index: users_realm_id_username_key (ordered), then the primary keys and
   * credential_user for what belongs to them.
   * @param serviceAccountsOnly as `--users skip` leaves all others out
   */
  async page(
    read: Queryable,
    realmId: RealmId,
    after: string,
    max: number,
    serviceAccountsOnly: boolean,
  ): Promise<ExportedUser[]> {
    const rows = await read.query<UserOfRow>(
      `SELECT u.id, u.username, u.first_name AS "firstName", u.last_name AS "lastName", u.email,
         u.email_verified AS "emailVerified", u.attributes, u.enabled, u.created_at AS "createdTimestamp",
         s.client_id AS "serviceAccountClientId", u.required_actions AS "requiredActions",
         u.not_before AS "notBefore", u.representation,
         (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('id', k.id, 'type', k.type, 'userLabel', k.user_label,
             'createdDate', k.created_at, 'secretData', k.secret_data, 'secretSealed', k.secret_sealed,
             'credentialData', k.credential_data))
             ORDER BY k.priority), '[]') FROM credential k WHERE k.user_id = u.id) AS credentials,
         (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('identityProvider', f.identity_provider,
             'userId', f.federated_user_id, 'userName', f.federated_username))), '[]')
          FROM federated_identity f WHERE f.user_id = u.id) AS "federatedIdentities",
         (SELECT coalesce(json_agg(json_build_object('clientId', c.client_id, 'grantedClientScopes', n.scopes,
             'createdDate', n.created_at, 'lastUpdatedDate', n.updated_at)), '[]')
          FROM user_consent n JOIN client c ON c.id = n.client_id WHERE n.user_id = u.id) AS consents,
         (SELECT coalesce(json_agg(json_build_object('name', r.name, 'clientId', rc.client_id) ORDER BY r.name), '[]')
          FROM user_role d JOIN role r ON r.id = d.role_id LEFT JOIN client rc ON rc.id = r.client_id
          WHERE d.user_id = u.id) AS roles,
         (SELECT coalesce(json_agg(m.group_id), '[]') FROM user_membership m WHERE m.user_id = u.id) AS groups
       FROM users u LEFT JOIN client s ON s.id = u.service_account_client_id
       WHERE u.realm_id = $1 AND u.username > $2 AND (NOT $4 OR u.service_account_client_id IS NOT NULL)
       ORDER BY u.username LIMIT $3`,
      [realmId, after, max, serviceAccountsOnly],
    )
    return rows.map((row) => ({
      ...row,
      credentials: row.credentials.map((credential) => this.#opened(credential)),
    }))
  }

  #opened({ secretSealed, ...credential }: CredentialOfRow): CredentialRepresentation {
    const { type, secretData } = credential
    const stored = { secretData, secretSealed: secretSealed ?? null }
    return { ...credential, secretData: this.#secrets.open(type, stored) }
  }
}
