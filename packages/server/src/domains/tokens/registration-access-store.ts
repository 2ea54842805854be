import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import type { InitialAccess } from './initial-access.ts'

const columns = `a.id, a.created_at AS "createdAt", a.expires_at AS "expiresAt", a.count, a.remaining`

/** SQL of what lets clients be registered and changed without an administrator. */
export class RegistrationAccessStore {
  async insert(read: Queryable, realmId: RealmId, access: InitialAccess): Promise<void> {
    await read.query(
      `INSERT INTO client_initial_access (id, realm_id, created_at, expires_at, count, remaining)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [access.id, realmId, access.createdAt, access.expiresAt, access.count, access.remaining],
    )
  }

  /** Index: client_initial_access_realm. */
  async list(read: Queryable, realmId: RealmId, max: number): Promise<InitialAccess[]> {
    return await read.query<InitialAccess>(
      `SELECT ${columns} FROM client_initial_access a WHERE a.realm_id = $1
       ORDER BY a.created_at, a.id LIMIT $2`,
      [realmId, max],
    )
  }

  async byId(read: Queryable, realmId: RealmId, id: string): Promise<InitialAccess | null> {
    const rows = await read.query<InitialAccess>(
      `SELECT ${columns} FROM client_initial_access a WHERE a.id = $1 AND a.realm_id = $2`,
      [id, realmId],
    )
    return rows[0] ?? null
  }

  async remove(read: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await read.query(
      'DELETE FROM client_initial_access WHERE id = $1 AND realm_id = $2 RETURNING 1',
      [id, realmId],
    )
    return rows.length === 1
  }

  /** Changes what remains; of many at once none gets more than there is. @returns whether there was something */
  async take(read: Queryable, realmId: RealmId, id: string, by: 1 | -1): Promise<boolean> {
    const rows = await read.query(
      `UPDATE client_initial_access SET remaining = remaining - $3::int
       WHERE id = $1 AND realm_id = $2 AND remaining - $3::int BETWEEN 0 AND count RETURNING 1`,
      [id, realmId, by],
    )
    return rows.length === 1
  }

  async tokenOf(read: Queryable, clientUuid: ClientUuid): Promise<string | null> {
    const rows = await read.query<{ id: string }>(
      'SELECT token_id AS id FROM client_registration_access WHERE client_id = $1',
      [clientUuid],
    )
    return rows[0]?.id ?? null
  }

  async setToken(read: Queryable, clientUuid: ClientUuid, tokenId: string): Promise<void> {
    await read.query(
      `INSERT INTO client_registration_access (client_id, token_id) VALUES ($1, $2)
       ON CONFLICT (client_id) DO UPDATE SET token_id = excluded.token_id`,
      [clientUuid, tokenId],
    )
  }

  /** @returns false when the token was replaced before */
  async replaceToken(
    read: Queryable,
    clientUuid: ClientUuid,
    from: string,
    to: string,
  ): Promise<boolean> {
    const rows = await read.query(
      'UPDATE client_registration_access SET token_id = $3 WHERE client_id = $1 AND token_id = $2 RETURNING 1',
      [clientUuid, from, to],
    )
    return rows.length === 1
  }
}
