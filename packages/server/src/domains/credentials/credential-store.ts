import type { Queryable } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import type { UserId } from '../typed-ids.ts'
import type { Credential, NewCredential } from './credential.ts'
import type { CredentialSecrets } from './credential-secrets.ts'
import type { LoginFailure } from './login-failures/login-failure.ts'
import {
  failureOf,
  failuresAsJson,
  type LoginFailureRow,
} from './login-failures/login-failure-store.ts'

interface CredentialRow {
  id: string
  user_id: string
  type: string
  user_label: string | null
  created_at: number | null
  priority: number
  secret_data: string
  secret_sealed: string | null
  credential_data: string
  ver: number
}

/** Steps between the priorities of a user's credentials, as Keycloak leaves them. */
const priorityStep = 10

const columns =
  'c.id, c.user_id, c.type, c.user_label, c.created_at, c.priority, c.secret_data, c.secret_sealed, c.credential_data, c.ver'

/** @param user SQL of the user's id */
const typesOfUser = (user: string) =>
  `SELECT type FROM credential WHERE user_id = ${user} GROUP BY type ORDER BY min(priority)`

const toVerifyStatement = `SELECT u.enabled, ARRAY(${typesOfUser('u.id')}) AS types,
    ${failuresAsJson('$3', 'u.id')} AS failure, ${columns}
  FROM users u LEFT JOIN credential c ON c.user_id = u.id AND c.type = $2 WHERE u.id = $1 ORDER BY c.priority`

/** What an attempt to prove oneself is compared with. */
export interface CredentialsToVerify {
  readonly enabled: boolean
  /** Types of all credentials of the user, best first. */
  readonly types: string[]
  /** Failed attempts before; null without any. */
  readonly failure: LoginFailure | null
  readonly credentials: Credential[]
}

/** All SQL of the table `credential`. */
export class CredentialStore {
  readonly #secrets: CredentialSecrets

  constructor(secrets: CredentialSecrets) {
    this.#secrets = secrets
  }

  /** All of a user, best first. Index: credential_user. */
  async ofUser(db: Queryable, userId: UserId): Promise<Credential[]> {
    const rows = await db.query<CredentialRow>(
      `SELECT ${columns} FROM credential c WHERE c.user_id = $1 ORDER BY c.priority, c.created_at`,
      [userId],
    )
    return rows.map((row) => this.#credentialOf(row))
  }

  /**
   * A user's credentials of one kind together with whether the user is enabled now, in one statement, so that no cached
   * user decides about access; the types of all that the user has, best first; and the failed attempts before.
   * Index: credential_user, login_failure_pkey.
   * @param protectedIn realm in which attempts are counted; null where they are not
   * @returns null when the user is gone
   */
  async toVerify(
    db: Queryable,
    userId: UserId,
    type: string,
    protectedIn: string | null,
  ): Promise<CredentialsToVerify | null> {
    type User = { enabled: boolean; types: string[]; failure: LoginFailureRow | null }
    const rows = await db.query<User & Partial<CredentialRow>>(toVerifyStatement, [
      userId,
      type,
      protectedIn,
    ])
    const first = rows[0]
    if (first === undefined) return null
    const found = rows.filter((row): row is User & CredentialRow => row.id != null)
    const { enabled, types, failure } = first
    return {
      enabled,
      types,
      failure: failure && failureOf(failure),
      credentials: found.map((row) => this.#credentialOf(row)),
    }
  }

  /** Distinct types that a user has, best first. Index: credential_user. */
  async typesOf(db: Queryable, userId: UserId): Promise<string[]> {
    const rows = await db.query<{ type: string }>(typesOfUser('$1'), [userId])
    return rows.map((row) => row.type)
  }

  /** Appends a credential behind the others of the user. */
  async insert(db: Queryable, credential: NewCredential, createdAt: number): Promise<string> {
    const id = newUuid()
    const stored = this.#secrets.seal(credential.type, JSON.stringify(credential.secretData))
    await db.query(
      `INSERT INTO credential
         (id, user_id, type, user_label, created_at, priority, secret_data, secret_sealed, credential_data)
       SELECT $1, $2, $3, $4, $5, coalesce(max(priority), 0) + ${priorityStep}, $6, $7, $8 FROM credential WHERE user_id = $2`,
      [
        id,
        credential.userId,
        credential.type,
        credential.userLabel,
        createdAt,
        stored.secretData,
        stored.secretSealed,
        JSON.stringify(credential.credentialData),
      ],
    )
    return id
  }

  /** Compare-and-set of what a credential holds, on `ver`. @returns whether that was still the row's */
  async replaceData(
    db: Queryable,
    { id, type, ver }: Pick<Credential, 'id' | 'type' | 'ver'>,
    data: Pick<Credential, 'secretData' | 'credentialData' | 'createdAt'>,
  ): Promise<boolean> {
    const stored = this.#secrets.seal(type, JSON.stringify(data.secretData))
    const rows = await db.query(
      `UPDATE credential
       SET secret_data = $3, secret_sealed = $4, credential_data = $5, created_at = $6, ver = ver + 1
       WHERE id = $1 AND ver = $2 RETURNING id`,
      [
        id,
        ver,
        stored.secretData,
        stored.secretSealed,
        JSON.stringify(data.credentialData),
        data.createdAt,
      ],
    )
    return rows.length === 1
  }

  async relabel(db: Queryable, userId: UserId, id: string, label: string): Promise<boolean> {
    const rows = await db.query(
      'UPDATE credential SET user_label = $3, ver = ver + 1 WHERE id = $1 AND user_id = $2 RETURNING id',
      [id, userId, label],
    )
    return rows.length === 1
  }

  async remove(db: Queryable, userId: UserId, id: string): Promise<boolean> {
    const rows = await db.query(
      'DELETE FROM credential WHERE id = $1 AND user_id = $2 RETURNING id',
      [id, userId],
    )
    return rows.length === 1
  }

  /** Writes the priorities of a user's credentials in the order of `ids`. */
  async reorder(db: Queryable, userId: UserId, ids: readonly string[]): Promise<void> {
    await db.query(
      `UPDATE credential c SET priority = o.at * ${priorityStep}, ver = c.ver + 1
       FROM unnest($2::text[]) WITH ORDINALITY o(id, at) WHERE c.id = o.id AND c.user_id = $1`,
      [userId, ids],
    )
  }

  #credentialOf(row: CredentialRow): Credential {
    const stored = { secretData: row.secret_data, secretSealed: row.secret_sealed }
    return {
      id: row.id,
      userId: row.user_id,
      type: row.type,
      userLabel: row.user_label,
      createdAt: row.created_at,
      priority: row.priority,
      secretData: parsed(this.#secrets.open(row.type, stored)),
      credentialData: parsed(row.credential_data),
      ver: row.ver,
    }
  }
}

/** Imports may hold texts that are no JSON objects: such a credential never verifies, but does not break the others. */
function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
