import type { Queryable } from '../../database/database.ts'
import type { ClientId, ClientUuid, GroupId, OrganizationId, RealmId } from '../typed-ids.ts'

/** A role with the names of what it contains. */
export interface ExportedRole {
  readonly id: string
  readonly clientUuid: ClientUuid | null
  readonly clientId: ClientId | null
  readonly name: string
  readonly description: string | null
  readonly attributes: Record<string, string[]>
  readonly composites: readonly RoleName[]
}

/** How exports refer to a role: by name and, for client roles, `clientId`. */
export interface RoleName {
  readonly name: string
  readonly clientId: ClientId | null
}

/** A group with the names of its roles. */
export interface ExportedGroup {
  readonly id: string
  readonly parentId: string | null
  readonly name: string
  readonly description: string | null
  readonly attributes: Record<string, string[]>
  readonly roles: readonly RoleName[]
}

/** Whole tables of one realm, as an export needs them. Users are read elsewhere, in pages. */
export class RealmExportStore {
  /** Index: role_name (realm), role_composite_pkey. */
  async roles(read: Queryable, realmId: RealmId): Promise<ExportedRole[]> {
    return await read.query<ExportedRole>(
      `SELECT r.id, r.client_id AS "clientUuid", c.client_id AS "clientId", r.name, r.description, r.attributes,
         (SELECT coalesce(json_agg(json_build_object('name', x.name, 'clientId', xc.client_id) ORDER BY x.name), '[]')
          FROM role_composite k JOIN role x ON x.id = k.child_id LEFT JOIN client xc ON xc.id = x.client_id
          WHERE k.role_id = r.id) AS composites
       FROM role r LEFT JOIN client c ON c.id = r.client_id WHERE r.realm_id = $1 ORDER BY r.name`,
      [realmId],
    )
  }

  /** Index: user_group_name (realm). */
  async groups(read: Queryable, realmId: RealmId) {
    return await read.query<ExportedGroup>(
      `SELECT g.id, g.parent_id AS "parentId", g.name, g.description, g.attributes,
         (SELECT coalesce(json_agg(json_build_object('name', r.name, 'clientId', c.client_id) ORDER BY r.name), '[]')
          FROM group_role k JOIN role r ON r.id = k.role_id LEFT JOIN client c ON c.id = r.client_id
          WHERE k.group_id = g.id) AS roles
       FROM user_group g WHERE g.realm_id = $1 ORDER BY g.name`,
      [realmId],
    )
  }

  /** Internal ids by client id. Index: client_realm_id_client_id_key. */
  async clientUuids(read: Queryable, realmId: RealmId): Promise<Map<string, string>> {
    const rows = await read.query<{ id: string; clientId: string }>(
      'SELECT id, client_id AS "clientId" FROM client WHERE realm_id = $1',
      [realmId],
    )
    return new Map(rows.map(({ id, clientId }) => [clientId, id]))
  }

  /** Groups by path, `/a/b`. Index: user_group_name (realm). */
  async groupPaths(read: Queryable, realmId: string) {
    return await read.query<{ id: string; path: string }>(
      `WITH RECURSIVE tree AS (
         SELECT id, '/' || name AS path FROM user_group WHERE realm_id = $1 AND parent_id IS NULL
         UNION ALL SELECT g.id, t.path || '/' || g.name FROM user_group g JOIN tree t ON g.parent_id = t.id)
       SELECT id, path FROM tree`,
      [realmId],
    )
  }

  /** Index: client_realm_id_client_id_key, client_scope_realm_id_name_key, scope_mapping_pkey. */
  async scopeMappings(read: Queryable, realmId: RealmId) {
    return await read.query<{
      client: string | null
      clientScope: string | null
      owner: string | null
      roles: string[]
    }>(
      `SELECT k.client, k.scope AS "clientScope", o.client_id AS owner, json_agg(r.name ORDER BY r.name) AS roles
       FROM (SELECT id, client_id AS client, NULL AS scope FROM client WHERE realm_id = $1
             UNION ALL SELECT id, NULL, name FROM client_scope WHERE realm_id = $1) k
       JOIN scope_mapping m ON m.container_id = k.id JOIN role r ON r.id = m.role_id
       LEFT JOIN client o ON o.id = r.client_id
       GROUP BY k.client, k.scope, o.client_id ORDER BY k.client, k.scope`,
      [realmId],
    )
  }

  /** Groups inside organizations. Index: organization_group_realm. */
  async organizationGroups(read: Queryable, realmId: RealmId) {
    return await read.query<ExportedGroup & { organizationId: OrganizationId }>(
      `SELECT g.id, g.organization_id AS "organizationId", g.parent_id AS "parentId", g.name, g.description, g.attributes,
         (SELECT coalesce(json_agg(json_build_object('name', r.name, 'clientId', c.client_id) ORDER BY r.name), '[]')
          FROM organization_group_role k JOIN role r ON r.id = k.role_id LEFT JOIN client c ON c.id = r.client_id
          WHERE k.group_id = g.id) AS roles
       FROM organization_group g WHERE g.realm_id = $1 ORDER BY g.name`,
      [realmId],
    )
  }

  /** With the ids of the groups that they are in. Index: organization_member_organization, organization_group_member_user. */
  async organizationMembers(read: Queryable, organizationIds: readonly OrganizationId[]) {
    return await read.query<{
      organizationId: OrganizationId
      username: string
      membershipType: string
      groups: GroupId[]
    }>(
      `SELECT m.organization_id AS "organizationId", u.username, m.membership_type AS "membershipType",
         ARRAY(SELECT g.group_id FROM organization_group_member g
           WHERE g.user_id = m.user_id AND g.organization_id = m.organization_id ORDER BY g.group_id) AS groups
       FROM organization_member m JOIN users u ON u.id = m.user_id
       WHERE m.organization_id = ANY($1) ORDER BY u.username`,
      [organizationIds],
    )
  }
}
