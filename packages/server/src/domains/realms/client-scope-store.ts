import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { ClientScope } from './realm.ts'

/** What is written of a client scope; the rest are columns of its own. */
function representationOf(scope: ClientScope): string {
  const { id: _id, realmId: _realmId, name: _name, protocol: _protocol, ver: _ver, ...rest } = scope
  return JSON.stringify(rest)
}

/** All SQL of table `client_scope`, except that realms load theirs with them (realm-store.ts). */
export class ClientScopeStore {
  /** Inserts all in one statement. */
  async insertAll(
    tx: Queryable,
    realmId: RealmId,
    scopes: readonly Omit<ClientScope, 'ver' | 'realmId'>[],
  ): Promise<void> {
    const rows = scopes.map((scope) => ({
      id: scope.id,
      name: scope.name,
      protocol: scope.protocol,
      representation: JSON.parse(representationOf({ ...scope, realmId, ver: 1 })),
    }))
    await tx.query(
      `INSERT INTO client_scope (id, realm_id, name, protocol, representation)
       SELECT s.id, $1, s.name, s.protocol, s.representation
       FROM jsonb_to_recordset($2::jsonb) AS s(id text, name text, protocol text, representation jsonb)`,
      [realmId, JSON.stringify(rows)],
    )
  }

  /** Locks the row until the transaction ends. Index: client_scope_pkey. */
  async lock(tx: Queryable, realmId: RealmId, id: string): Promise<ClientScope | null> {
    const [row] = await tx.query<Omit<ClientScope, 'realmId'> & { representation: object }>(
      `SELECT id, name, protocol, representation, ver FROM client_scope WHERE id = $1 AND realm_id = $2 FOR UPDATE`,
      [id, realmId],
    )
    if (row === undefined) return null
    const { representation, ...columns } = row
    return { ...representation, ...columns, realmId }
  }

  /** Compare-and-set on `ver`. Index: client_scope_pkey. @returns whether the row was at that `ver` */
  async update(tx: Queryable, scope: ClientScope): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE client_scope SET name = $4, protocol = $5, representation = $6, ver = ver + 1
       WHERE id = $1 AND realm_id = $2 AND ver = $3 RETURNING id`,
      [scope.id, scope.realmId, scope.ver, scope.name, scope.protocol, representationOf(scope)],
    )
    return rows.length > 0
  }

  /** Index: client_scope_pkey; its scope mappings by scope_mapping_pkey. */
  async remove(tx: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await tx.query(
      `WITH gone AS (DELETE FROM client_scope WHERE id = $1 AND realm_id = $2 RETURNING id),
            mappings AS (DELETE FROM scope_mapping WHERE container_id IN (SELECT id FROM gone))
       SELECT id FROM gone`,
      [id, realmId],
    )
    return rows.length > 0
  }
}
