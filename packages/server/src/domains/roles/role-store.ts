import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId, RoleId } from '../typed-ids.ts'
import type { Role, RoleReference } from './role.ts'

/** A role as it is written. */
export interface NewRole {
  readonly id: string
  readonly clientUuid: ClientUuid | null
  readonly name: string
  readonly description: string | null
  readonly attributes: Readonly<Record<string, string[]>>
}

/** Which roles a listing shows. */
export interface RoleListing {
  readonly realmId: RealmId
  /** Null = realm roles. */
  readonly clientUuid: ClientUuid | null
  /** Part of the name or description, any case. */
  readonly search?: string | undefined
  readonly first?: number | undefined
  /** Absent = all. */
  readonly max?: number | undefined
}

const columns = `r.id, r.realm_id AS "realmId", r.client_id AS "clientUuid", c.client_id AS "clientId", r.name, r.description,
  EXISTS (SELECT 1 FROM role_composite k WHERE k.role_id = r.id) AS composite, r.attributes, r.ver`
const source = 'role r LEFT JOIN client c ON c.id = r.client_id'
const referenceColumns = 'r.id, r.name, r.client_id AS "clientUuid", c.client_id AS "clientId"'

/**
 * SQL of the roles in those of a recursive `reached(id)`, and of those roles themselves (`r`, with their client `c`). Each is
 * looked up by its key: the planner takes every composite to contain the average number of roles, which is thousands where
 * master's `admin` contains those of thousands of realms, and would read the roles of all realms to find five. So it sees a
 * range from the role to itself, one row of a key, and subqueries that it cannot turn into joins.
 */
export const containedInReached = `SELECT k.child_id FROM reached CROSS JOIN LATERAL (
  SELECT child_id FROM role_composite WHERE role_id = reached.id AND role_id BETWEEN reached.id AND reached.id OFFSET 0) k`
export const reachedRoles = `reached CROSS JOIN LATERAL (SELECT * FROM role WHERE id = reached.id LIMIT 1) r
  LEFT JOIN LATERAL (SELECT client_id FROM client WHERE id = r.client_id LIMIT 1) c ON true`

/** @returns text for LIKE that matches it literally, anywhere */
export function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

/** All SQL of the tables `role`, `role_composite` and `scope_mapping`. */
export class RoleStore {
  /** Index: role_pkey. */
  async byIds(read: Queryable, realmId: RealmId, ids: readonly string[]): Promise<Role[]> {
    return await read.query<Role>(
      `SELECT ${columns} FROM ${source} WHERE r.id = ANY($2) AND r.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** The role as it is now, locked until the transaction ends. Index: role_pkey. */
  async lock(tx: Queryable, realmId: RealmId, id: RoleId): Promise<Role | null> {
    await tx.query('SELECT 1 FROM role WHERE id = $1 FOR UPDATE', [id])
    const [role] = await this.byIds(tx, realmId, [id])
    return role ?? null
  }

  /** Index: role_name. */
  async byName(read: Queryable, realmId: RealmId, clientUuid: ClientUuid | null, name: string) {
    const rows = await read.query<Role>(
      `SELECT ${columns} FROM ${source}
       WHERE r.realm_id = $1 AND coalesce(r.client_id, '') = $2 AND r.name = $3`,
      [realmId, clientUuid ?? '', name],
    )
    return rows[0] ?? null
  }

  /** Realm or client roles by name, a page at a time. Index: role_name (ordered, so a page reads only itself). */
  async list(read: Queryable, listing: RoleListing): Promise<Role[]> {
    return await read.query<Role>(
      `SELECT ${columns} FROM ${source}
       WHERE r.realm_id = $1 AND coalesce(r.client_id, '') = $2
         AND ($3::text IS NULL OR lower(r.name) LIKE $3 OR lower(r.description) LIKE $3)
       ORDER BY r.name OFFSET $4 LIMIT $5`,
      [
        listing.realmId,
        listing.clientUuid ?? '',
        listing.search === undefined ? null : containing(listing.search),
        listing.first ?? 0,
        listing.max ?? null,
      ],
    )
  }

  /**
   * One page of the roles of all clients, by client. Index: client_realm, role_client.
   * @param without ids that are left out
   */
  async ofClients(
    read: Queryable,
    { realmId, search, first, max }: Omit<RoleListing, 'clientUuid'>,
    without: readonly string[],
  ): Promise<Role[]> {
    return await read.query<Role>(
      `SELECT ${columns} FROM client c JOIN role r ON r.client_id = c.id
       WHERE c.realm_id = $1 AND NOT r.id = ANY($2)
         AND ($3::text IS NULL OR lower(r.name) LIKE $3 OR lower(c.client_id) LIKE $3)
       ORDER BY c.client_id, r.name OFFSET $4 LIMIT $5`,
      [realmId, without, search === undefined ? null : containing(search), first ?? 0, max ?? null],
    )
  }

  /** These roles and all that they contain. Index: role_composite_pkey, role_pkey. */
  async expand(
    read: Queryable,
    realmId: RealmId,
    ids: readonly string[],
  ): Promise<RoleReference[]> {
    return await read.query<RoleReference>(
      `WITH RECURSIVE reached(id) AS (
         SELECT unnest($2::text[]) UNION ${containedInReached})
       SELECT ${referenceColumns} FROM ${reachedRoles}
       WHERE r.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** As `expand`, from the scope mappings of a container. Index: scope_mapping_pkey, role_composite_pkey. */
  async inScopeOf(
    read: Queryable,
    realmId: RealmId,
    containerId: string,
  ): Promise<RoleReference[]> {
    return await read.query<RoleReference>(
      `WITH RECURSIVE reached(id) AS (
         SELECT role_id FROM scope_mapping WHERE container_id = $2
         UNION ${containedInReached})
       SELECT ${referenceColumns} FROM ${reachedRoles}
       WHERE r.realm_id = $1`,
      [realmId, containerId],
    )
  }

  /** Roles directly in the scope mappings of a container. Index: scope_mapping_pkey. */
  async mappedTo(read: Queryable, realmId: RealmId, containerId: string): Promise<Role[]> {
    return await read.query<Role>(
      `SELECT ${columns} FROM scope_mapping m JOIN role r ON r.id = m.role_id LEFT JOIN client c ON c.id = r.client_id
       WHERE m.container_id = $2 AND r.realm_id = $1 ORDER BY r.name`,
      [realmId, containerId],
    )
  }

  /** Direct children of a composite. Index: role_composite_pkey. */
  async compositesOf(read: Queryable, roleId: RoleId, listing: Partial<RoleListing> = {}) {
    return await read.query<Role>(
      `SELECT ${columns} FROM role_composite k JOIN role r ON r.id = k.child_id LEFT JOIN client c ON c.id = r.client_id
       WHERE k.role_id = $1 AND ($2::text IS NULL OR lower(r.name) LIKE $2) ORDER BY r.name OFFSET $3 LIMIT $4`,
      [
        roleId,
        listing.search === undefined ? null : containing(listing.search),
        listing.first ?? 0,
        listing.max ?? null,
      ],
    )
  }

  /** Inserts all in one statement. */
  async insertAll(tx: Queryable, realmId: RealmId, roles: readonly NewRole[]): Promise<void> {
    await tx.query(
      `INSERT INTO role (id, realm_id, client_id, name, description, attributes)
       SELECT r.id, $1, r."clientUuid", r.name, r.description, r.attributes
       FROM jsonb_to_recordset($2::jsonb) AS r(id text, "clientUuid" text, name text, description text, attributes jsonb)`,
      [realmId, JSON.stringify(roles)],
    )
  }

  /** Compare-and-set on `ver`. Index: role_pkey. */
  async update(tx: Queryable, role: Role): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE role SET name = $4, description = $5, attributes = $6, ver = ver + 1
       WHERE id = $1 AND realm_id = $2 AND ver = $3 RETURNING id`,
      [
        role.id,
        role.realmId,
        role.ver,
        role.name,
        role.description,
        JSON.stringify(role.attributes),
      ],
    )
    return rows.length > 0
  }

  /** Index: role_pkey; mappings go by cascade (role_composite_child, scope_mapping_role, group_role_role, user_role_role). */
  async remove(tx: Queryable, realmId: RealmId, id: RoleId): Promise<boolean> {
    const rows = await tx.query('DELETE FROM role WHERE id = $1 AND realm_id = $2 RETURNING id', [
      id,
      realmId,
    ])
    return rows.length > 0
  }

  /** Pairs of (composite, child); existing ones stay. */
  async addComposites(tx: Queryable, pairs: readonly (readonly [string, string])[]): Promise<void> {
    await tx.query(
      `INSERT INTO role_composite (role_id, child_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: role_composite_pkey. */
  async removeComposites(tx: Queryable, roleId: RoleId, childIds: readonly string[]) {
    await tx.query('DELETE FROM role_composite WHERE role_id = $1 AND child_id = ANY($2)', [
      roleId,
      childIds,
    ])
  }

  /** Pairs of (container, role); existing ones stay. */
  async addScopeMappings(tx: Queryable, pairs: readonly (readonly [string, string])[]) {
    await tx.query(
      `INSERT INTO scope_mapping (container_id, role_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: scope_mapping_pkey. */
  async removeScopeMappings(tx: Queryable, containerId: string, roleIds: readonly RoleId[]) {
    await tx.query('DELETE FROM scope_mapping WHERE container_id = $1 AND role_id = ANY($2)', [
      containerId,
      roleIds,
    ])
  }
}
