import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'
import type { User } from './user.ts'

/** A user as it is written: the type plus what is only stored and exported. */
export interface UserRow extends Omit<User, 'ver'> {
  /** Members of the representation that nothing acts on yet (`federationLink`, …). */
  readonly representation: Readonly<Record<string, unknown>>
  /** Lower-case e-mail where the realm forbids duplicates, else null. */
  readonly emailKey: string | null
}

/** Columns of a `User`, for the alias `u`. */
export const userColumns = `u.id, u.realm_id AS "realmId", u.username, u.email, u.email_verified AS "emailVerified",
  u.first_name AS "firstName", u.last_name AS "lastName", u.enabled, u.created_at AS "createdTimestamp",
  u.service_account_client_id AS "serviceAccountClientUuid", u.not_before AS "notBefore", u.attributes,
  u.required_actions AS "requiredActions", u.ver`

/**
 * Reads and writes of table `users` by key; searching is in user-search-store.ts. Beside an id the realm is compared by
 * IS NOT DISTINCT FROM, so that the planner can pick no other index than the primary key's.
 */
export class UserStore {
  /** Index: users_pkey. */
  async byIds(read: Queryable, realmId: RealmId, ids: readonly string[]): Promise<User[]> {
    return await read.query<User>(
      `SELECT ${userColumns} FROM users u WHERE u.id = ANY($2) AND u.realm_id IS NOT DISTINCT FROM $1`,
      [realmId, ids],
    )
  }

  /** Locks the row until the transaction ends. Index: users_pkey. */
  async lock(tx: Queryable, realmId: RealmId, id: UserId): Promise<User | null> {
    const rows = await tx.query<User>(
      `SELECT ${userColumns} FROM users u WHERE u.id = $2 AND u.realm_id IS NOT DISTINCT FROM $1 FOR UPDATE`,
      [realmId, id],
    )
    return rows[0] ?? null
  }

  /** Index: users_realm_id_username_key. */
  async byUsername(read: Queryable, realmId: RealmId, username: string): Promise<User | null> {
    const rows = await read.query<User>(
      `SELECT ${userColumns} FROM users u WHERE u.realm_id = $1 AND u.username = $2`,
      [realmId, username],
    )
    return rows[0] ?? null
  }

  /** Those of these names that exist. Index: users_realm_id_username_key. */
  async idsOf(read: Queryable, realmId: RealmId, usernames: readonly string[]) {
    return await read.query<{ id: string; username: string }>(
      'SELECT id, username FROM users WHERE realm_id = $1 AND username = ANY($2)',
      [realmId, usernames],
    )
  }

  /** The oldest where a realm allows duplicates. Index: users_email. */
  async byEmail(read: Queryable, realmId: RealmId, email: string): Promise<User | null> {
    const rows = await read.query<User>(
      `SELECT ${userColumns} FROM users u WHERE u.realm_id = $1 AND lower(u.email) = $2
       ORDER BY u.created_at LIMIT 1`,
      [realmId, email],
    )
    return rows[0] ?? null
  }

  /** Index: users_service_account. */
  async serviceAccountOf(read: Queryable, realmId: RealmId, clientUuid: ClientUuid) {
    const rows = await read.query<User>(
      `SELECT ${userColumns} FROM users u WHERE u.service_account_client_id = $2 AND u.realm_id = $1`,
      [realmId, clientUuid],
    )
    return rows[0] ?? null
  }

  /** Inserts all in one statement. */
  async insertAll(tx: Queryable, users: readonly UserRow[]): Promise<void> {
    await tx.query(
      `INSERT INTO users (id, realm_id, username, email, email_key, email_verified, first_name, last_name, enabled,
         created_at, service_account_client_id, not_before, attributes, required_actions, representation)
       SELECT u.id, u."realmId", u.username, u.email, u."emailKey", u."emailVerified", u."firstName", u."lastName", u.enabled,
         u."createdTimestamp", u."serviceAccountClientUuid", u."notBefore", u.attributes, u."requiredActions", u.representation
       FROM jsonb_to_recordset($1::jsonb) AS u(id text, "realmId" text, username text, email text, "emailKey" text,
         "emailVerified" boolean, "firstName" text, "lastName" text, enabled boolean, "createdTimestamp" bigint,
         "serviceAccountClientUuid" text, "notBefore" bigint, attributes jsonb, "requiredActions" jsonb, representation jsonb)`,
      [JSON.stringify(users)],
    )
  }

  /** Compare-and-set on `ver`. Index: users_pkey. @returns the new `ver`, or null when another write came first */
  async update(tx: Queryable, user: User, emailKey: string | null): Promise<number | null> {
    const rows = await tx.query<{ ver: number }>(
      `UPDATE users SET username = $4, email = $5, email_key = $6, email_verified = $7, first_name = $8, last_name = $9,
         enabled = $10, not_before = $11, attributes = $12, required_actions = $13, service_account_client_id = $14,
         created_at = $15, ver = ver + 1
       WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 AND ver = $3 RETURNING ver`,
      [
        user.id,
        user.realmId,
        user.ver,
        user.username,
        user.email,
        emailKey,
        user.emailVerified,
        user.firstName,
        user.lastName,
        user.enabled,
        user.notBefore,
        JSON.stringify(user.attributes),
        JSON.stringify(user.requiredActions),
        user.serviceAccountClientUuid,
        user.createdTimestamp,
      ],
    )
    return rows[0]?.ver ?? null
  }

  /** Ids of users who came from another place (`federationLink`), locked. Index: users_created (a walk through the realm). */
  async linkedTo(tx: Queryable, realmId: RealmId, link: string, max: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM users WHERE realm_id = $1 AND representation->>'federationLink' = $2
       ORDER BY created_at, id LIMIT $3 FOR UPDATE`,
      [realmId, link, max],
    )
    return rows.map(({ id }) => id)
  }

  /** Makes such users the realm's own. Index: users_created (a walk through the realm). */
  async unlink(tx: Queryable, realmId: RealmId, link: string): Promise<void> {
    await tx.query(
      `UPDATE users SET representation = representation - 'federationLink', ver = ver + 1
       WHERE realm_id = $1 AND representation->>'federationLink' = $2`,
      [realmId, link],
    )
  }

  /** Index: users_pkey; what belongs to the user goes by cascade. */
  async remove(tx: Queryable, realmId: RealmId, id: UserId): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM users WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 RETURNING id',
      [id, realmId],
    )
    return rows.length > 0
  }
}
