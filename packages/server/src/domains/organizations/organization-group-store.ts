import type { Queryable } from '../../database/database.ts'
import { groupDepthMax, groupNamePattern } from '../groups/group-store.ts'
import type { Role } from '../roles/role.ts'
import { containedInReached, reachedRoles } from '../roles/role-store.ts'
import type { GroupId, OrganizationId, RealmId, RoleId, UserId } from '../typed-ids.ts'
import type { NewOrganizationGroup, OrganizationGroup } from './organization-group.ts'

/** Path of the group that the alias `g` stands for. */
const path = `(WITH RECURSIVE up(parent_id, path, depth) AS (
     SELECT g.parent_id, '/' || g.name, 1
     UNION ALL SELECT p.parent_id, '/' || p.name || up.path, up.depth + 1 FROM up
       JOIN organization_group p ON p.id = up.parent_id WHERE up.depth < ${groupDepthMax})
   SELECT path FROM up WHERE parent_id IS NULL)`

const selected = `SELECT g.id, g.realm_id AS "realmId", g.organization_id AS "organizationId",
  coalesce(g.parent_id, o.group_root_id) AS "parentId", g.parent_id IS NULL AS topmost, g.name, g.description, g.attributes,
  g.ver, ${path} AS path
  FROM organization_group g JOIN organization o ON o.id = g.organization_id`

/**
 * SQL of what a member (parameter 1) gets from groups of the organization `o`. Index: organization_group_member_user,
 * organization_group_pkey, organization_group_role_pkey, role_composite_pkey.
 */
export const groupsOfMemberColumns = `(SELECT coalesce(json_agg(${path} ORDER BY g.name), '[]')
    FROM organization_group_member m JOIN organization_group g ON g.id = m.group_id
    WHERE m.user_id = $1 AND m.organization_id = o.id) AS "groupPaths",
  (WITH RECURSIVE reached(id) AS (
     SELECT k.role_id FROM organization_group_member m JOIN organization_group_role k ON k.group_id = m.group_id
       WHERE m.user_id = $1 AND m.organization_id = o.id
     UNION ${containedInReached})
   SELECT coalesce(json_agg(json_build_object('name', r.name, 'clientId', c.client_id) ORDER BY r.name), '[]')
   FROM ${reachedRoles}) AS "groupRoles"`

/** Which groups of an organization a listing shows. */
export interface OrganizationGroupListing {
  readonly organizationId: OrganizationId
  readonly search?: string | undefined
  readonly exact?: boolean | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
}

/** All SQL of the tables `organization_group` and `organization_group_role`. */
export class OrganizationGroupStore {
  /** Index: organization_group_pkey. */
  async byIds(read: Queryable, realmId: RealmId, ids: readonly string[]) {
    return await read.query<OrganizationGroup>(
      `${selected} WHERE g.id = ANY($2) AND g.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** One level, a page by name. @param parentId null = topmost. Index: organization_group_name. */
  async list(read: Queryable, listing: OrganizationGroupListing, parentId: string | null) {
    return await read.query<OrganizationGroup>(
      `${selected} WHERE g.organization_id = $1 AND coalesce(g.parent_id, '') = $2
         AND ($3::text IS NULL OR CASE WHEN $4 THEN g.name = $3 ELSE lower(g.name) LIKE $3 END)
       ORDER BY g.name OFFSET $5 LIMIT $6`,
      [listing.organizationId, parentId ?? '', ...searched(listing), ...page(listing)],
    )
  }

  /** Any level, a page by name. @param attributes pairs that all have to be there. Index: organization_group_name. */
  async search(
    read: Queryable,
    listing: OrganizationGroupListing,
    attributes: Readonly<Record<string, string>>,
  ) {
    const contained = Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, [v]]))
    return await read.query<OrganizationGroup>(
      `${selected} WHERE g.organization_id = $1 AND g.attributes @> $2
         AND ($3::text IS NULL OR CASE WHEN $4 THEN g.name = $3 ELSE lower(g.name) LIKE $3 END)
       ORDER BY g.name, g.id OFFSET $5 LIMIT $6`,
      [listing.organizationId, JSON.stringify(contained), ...searched(listing), ...page(listing)],
    )
  }

  /** Those that a member is directly in, a page by name. Index: organization_group_member_user. */
  async ofMember(read: Queryable, listing: OrganizationGroupListing, userId: UserId) {
    return await read.query<OrganizationGroup>(
      `${selected} JOIN organization_group_member m ON m.group_id = g.id
       WHERE m.user_id = $2 AND m.organization_id = $1
         AND ($3::text IS NULL OR CASE WHEN $4 THEN g.name = $3 ELSE lower(g.name) LIKE $3 END)
       ORDER BY g.name, g.id OFFSET $5 LIMIT $6`,
      [listing.organizationId, userId, ...searched(listing), ...page(listing)],
    )
  }

  /** Children (or topmost groups) with one of these names. Index: organization_group_name. */
  async byNames(
    read: Queryable,
    organizationId: OrganizationId,
    parentId: string | null,
    names: readonly string[],
  ) {
    return await read.query<OrganizationGroup>(
      `${selected} WHERE g.organization_id = $1 AND coalesce(g.parent_id, '') = $2 AND g.name = ANY($3)`,
      [organizationId, parentId ?? '', names],
    )
  }

  /** These groups and all around them, topmost first. Index: organization_group_pkey. */
  async withAncestors(read: Queryable, realmId: RealmId, ids: readonly string[]) {
    return await read.query<OrganizationGroup>(
      `WITH RECURSIVE reached(id) AS (
         SELECT unnest($2::text[])
         UNION SELECT p.parent_id FROM reached JOIN organization_group p ON p.id = reached.id WHERE p.parent_id IS NOT NULL)
       ${selected} WHERE g.id IN (SELECT id FROM reached) AND g.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** Number of direct children for each id. Index: organization_group_parent. */
  async childCounts(read: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await read.query<{ id: string; count: number }>(
      `SELECT parent_id AS id, count(*)::int8 AS count FROM organization_group WHERE parent_id = ANY($1) GROUP BY parent_id`,
      [ids],
    )
    return new Map(rows.map((row) => [row.id, row.count]))
  }

  /** Roles mapped directly to each of these groups. Index: organization_group_role_pkey. */
  async rolesOf(read: Queryable, ids: readonly string[]) {
    return await read.query<Role & { groupId: GroupId }>(
      `SELECT k.group_id AS "groupId", r.id, r.realm_id AS "realmId", r.client_id AS "clientUuid", c.client_id AS "clientId",
         r.name, r.description, EXISTS (SELECT 1 FROM role_composite x WHERE x.role_id = r.id) AS composite, r.attributes, r.ver
       FROM organization_group_role k JOIN role r ON r.id = k.role_id LEFT JOIN client c ON c.id = r.client_id
       WHERE k.group_id = ANY($1) ORDER BY r.name`,
      [ids],
    )
  }

  /** Levels of the tree below a group, its own included. Index: organization_group_parent. */
  async heightOf(read: Queryable, id: string): Promise<number> {
    const rows = await read.query<{ height: number }>(
      `WITH RECURSIVE below(id, depth) AS (
         SELECT $1::text, 1
         UNION ALL SELECT g.id, below.depth + 1 FROM below JOIN organization_group g ON g.parent_id = below.id
           WHERE below.depth <= ${groupDepthMax})
       SELECT max(depth)::int AS height FROM below`,
      [id],
    )
    return rows[0]?.height ?? 1
  }

  /** Locks an organization's tree until the transaction ends, by its row. Index: organization_pkey. */
  async lockTree(tx: Queryable, organizationId: OrganizationId): Promise<void> {
    await tx.query('SELECT 1 FROM organization WHERE id = $1 FOR UPDATE', [organizationId])
  }

  /** Inserts all in one statement; parents may be among them. */
  async insertAll(tx: Queryable, realmId: RealmId, groups: readonly NewOrganizationGroup[]) {
    await tx.query(
      `INSERT INTO organization_group (id, realm_id, organization_id, parent_id, name, description, attributes)
       SELECT g.id, $1, g."organizationId", g."parentId", g.name, g.description, g.attributes
       FROM jsonb_to_recordset($2::jsonb)
         AS g(id text, "organizationId" text, "parentId" text, name text, description text, attributes jsonb)`,
      [realmId, JSON.stringify(groups)],
    )
  }

  /** Index: organization_group_pkey. The caller holds the tree's lock. */
  async update(tx: Queryable, group: NewOrganizationGroup): Promise<void> {
    await tx.query(
      `UPDATE organization_group SET parent_id = $2, name = $3, description = $4, attributes = $5, ver = ver + 1 WHERE id = $1`,
      [group.id, group.parentId, group.name, group.description, JSON.stringify(group.attributes)],
    )
  }

  /** Index: organization_group_pkey; children by organization_group_parent. @returns whether it existed */
  async remove(tx: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM organization_group WHERE id = $1 AND realm_id = $2 RETURNING id',
      [id, realmId],
    )
    return rows.length > 0
  }

  /** Pairs of (group, role); existing ones stay. */
  async addRoles(tx: Queryable, pairs: readonly (readonly [string, string])[]): Promise<void> {
    await tx.query(
      `INSERT INTO organization_group_role (group_id, role_id) SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT DO NOTHING`,
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: organization_group_role_pkey. */
  async removeRoles(tx: Queryable, groupId: GroupId, roleIds: readonly RoleId[]): Promise<void> {
    await tx.query(
      'DELETE FROM organization_group_role WHERE group_id = $1 AND role_id = ANY($2)',
      [groupId, roleIds],
    )
  }
}

/** @returns the pattern and whether it has to be equal */
function searched({ search, exact = false }: OrganizationGroupListing): [string | null, boolean] {
  return [groupNamePattern({ search, exact }, ''), exact]
}

function page({ first, max }: OrganizationGroupListing): [number, number | null] {
  return [first ?? 0, max ?? null]
}
