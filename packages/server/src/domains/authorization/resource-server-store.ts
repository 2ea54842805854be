import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import type {
  AuthorizationScope,
  OwnerPolicy,
  Policy,
  ProtectedResource,
  ResourceServer,
  ResourceServerSettings,
} from './resource-server.ts'

/** A scope, resource or policy as a row. */
export interface EntryRow {
  readonly id: string
  readonly kind: 'owner-policy' | 'policy' | 'resource' | 'scope'
  readonly name: string
  /** Of resources: client or user; of owners' policies: user; otherwise empty. */
  readonly owner: string
  readonly representation: AuthorizationScope | OwnerPolicy | Policy | ProtectedResource
}

interface ServerRow {
  readonly settings: ResourceServerSettings
  readonly ver: number
}

/** All SQL of tables `resource_server` and `resource_server_entry`. */
export class ResourceServerStore {
  /** Index: resource_server_pkey, resource_server_entry_client_id_kind_owner_name_key. */
  async read(
    read: Queryable,
    realmId: RealmId,
    clientUuid: ClientUuid,
    lock = false,
  ): Promise<ResourceServer | null> {
    const [row] = await read.query<ServerRow>(
      `SELECT settings, ver FROM resource_server WHERE client_id = $1 AND realm_id = $2${lock ? ' FOR UPDATE' : ''}`,
      [clientUuid, realmId],
    )
    if (!row) return null
    const entries = await read.query<EntryRow>(
      'SELECT id, kind, name, owner, representation FROM resource_server_entry WHERE client_id = $1 ORDER BY name, id',
      [clientUuid],
    )
    const of = <T>(kind: EntryRow['kind']) =>
      entries
        .filter((entry) => entry.kind === kind)
        .map(({ representation }) => representation as T)
    return {
      ...row,
      clientUuid,
      realmId,
      scopes: of<AuthorizationScope>('scope'),
      resources: of<ProtectedResource>('resource'),
      policies: of<Policy>('policy'),
      ownerPolicies: of<OwnerPolicy>('owner-policy'),
    }
  }

  /** Resources of a user at every client of a realm. Index: resource_server_entry_owner. */
  async ownedBy(
    read: Queryable,
    realmId: RealmId,
    ownerId: string,
  ): Promise<{ readonly clientUuid: ClientUuid; readonly id: string }[]> {
    return await read.query(
      `SELECT e.client_id AS "clientUuid", e.id FROM resource_server_entry e
       JOIN resource_server s ON s.client_id = e.client_id AND s.realm_id = $1
       WHERE e.owner = $2 AND e.kind = 'resource' ORDER BY e.name, e.id`,
      [realmId, ownerId],
    )
  }

  /** Index: resource_server_entry_pkey. @returns the client that protects a resource */
  async clientOf(read: Queryable, realmId: RealmId, resourceId: string): Promise<string | null> {
    const [row] = await read.query<{ clientUuid: ClientUuid }>(
      `SELECT e.client_id AS "clientUuid" FROM resource_server_entry e
       JOIN resource_server s ON s.client_id = e.client_id AND s.realm_id = $1
       WHERE e.id = $2 AND e.kind = 'resource'`,
      [realmId, resourceId],
    )
    return row?.clientUuid ?? null
  }

  /** Makes the row unless it is there. Index: resource_server_pkey. */
  async ensure(tx: Queryable, server: ResourceServer): Promise<void> {
    await tx.query(
      `INSERT INTO resource_server (client_id, realm_id, settings) VALUES ($1, $2, $3)
       ON CONFLICT (client_id) DO NOTHING`,
      [server.clientUuid, server.realmId, JSON.stringify(server.settings)],
    )
  }

  /** Index: resource_server_pkey. @returns the new `ver` */
  async update(tx: Queryable, clientUuid: ClientUuid, settings: ResourceServerSettings) {
    const rows = await tx.query<{ ver: number }>(
      'UPDATE resource_server SET settings = $2, ver = ver + 1 WHERE client_id = $1 RETURNING ver',
      [clientUuid, JSON.stringify(settings)],
    )
    return rows[0]?.ver ?? 0
  }

  /** Index: resource_server_entry_pkey. */
  async removeEntries(
    tx: Queryable,
    clientUuid: ClientUuid,
    ids: readonly string[],
  ): Promise<void> {
    await tx.query('DELETE FROM resource_server_entry WHERE client_id = $1 AND id = ANY($2)', [
      clientUuid,
      ids,
    ])
  }

  /**
   * Writes rows that are new or changed, in one statement. Index: resource_server_entry_pkey.
   * @returns whether all could be written: an id may belong to another client
   */
  async putEntries(
    tx: Queryable,
    clientUuid: ClientUuid,
    rows: readonly EntryRow[],
  ): Promise<boolean> {
    const written = await tx.query(
      `INSERT INTO resource_server_entry (id, client_id, kind, name, owner, representation)
       SELECT e.id, $1, e.kind, e.name, e.owner, e.representation
       FROM jsonb_to_recordset($2::jsonb)
         AS e(id text, kind text, name text, owner text, representation jsonb)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner,
         representation = excluded.representation WHERE resource_server_entry.client_id = $1
       RETURNING id`,
      [clientUuid, JSON.stringify(rows)],
    )
    return written.length === rows.length
  }

  /** Index: resource_server_pkey; its entries by cascade. */
  async remove(tx: Queryable, realmId: RealmId, clientUuid: ClientUuid): Promise<void> {
    await tx.query('DELETE FROM resource_server WHERE client_id = $1 AND realm_id = $2', [
      clientUuid,
      realmId,
    ])
  }
}
