import type { Queryable } from '../../database/database.ts'
import type { SeenThings } from '../realms/seen-things.ts'
import type { Role } from '../roles/role.ts'
import type { GroupId, RealmId, RoleId } from '../typed-ids.ts'
import type { Group } from './group.ts'

/** A group as it is written. */
export interface NewGroup {
  readonly id: string
  readonly parentId: string | null
  readonly name: string
  readonly description: string | null
  readonly attributes: Readonly<Record<string, string[]>>
}

/** Which groups a listing shows. */
export interface GroupListing {
  readonly realmId: RealmId
  /** Null = top level. */
  readonly parentId: string | null
  readonly search?: string | undefined
  readonly exact?: boolean | undefined
  /** Absent = all. */
  readonly visible?: SeenThings | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
}

/** Deepest nesting that a path is built for; deeper groups are refused when they are made. */
export const groupDepthMax = 64

/** Columns of a group under the alias `g`, its path among them. */
export const groupColumns = `g.id, g.realm_id AS "realmId", g.parent_id AS "parentId", g.name, g.description, g.attributes, g.ver,
  (WITH RECURSIVE up(parent_id, path, depth) AS (
     SELECT g.parent_id, '/' || g.name, 1
     UNION ALL SELECT p.parent_id, '/' || p.name || up.path, up.depth + 1 FROM up JOIN user_group p ON p.id = up.parent_id
       WHERE up.depth < ${groupDepthMax})
   SELECT path FROM up WHERE parent_id IS NULL) AS path`

/**
 * SQL of the groups around those of a recursive table, such as `groups(id)`. Each is looked up by its key: who plans takes a
 * recursion to find many, and would read all groups for the parents of twenty.
 */
export function parentsOf(table: string): string {
  return `SELECT p.parent_id FROM ${table} CROSS JOIN LATERAL (SELECT parent_id FROM user_group WHERE id = ${table}.id LIMIT 1) p
         WHERE p.parent_id IS NOT NULL`
}

/** All SQL of the tables `user_group` and `group_role`. */
export class GroupStore {
  /** Index: user_group_pkey, also for the path. */
  async byIds(read: Queryable, realmId: RealmId, ids: readonly string[]): Promise<Group[]> {
    return await read.query<Group>(
      `SELECT ${groupColumns} FROM user_group g WHERE g.id = ANY($2) AND g.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** Children (or top-level groups) with one of these names. Index: user_group_name. */
  async byNames(
    read: Queryable,
    realmId: RealmId,
    parentId: string | null,
    names: readonly string[],
  ): Promise<Group[]> {
    return await read.query<Group>(
      `SELECT ${groupColumns} FROM user_group g
       WHERE g.realm_id = $1 AND coalesce(g.parent_id, '') = $2 AND g.name = ANY($3)`,
      [realmId, parentId ?? '', names],
    )
  }

  /** One level of the tree, a page at a time; names that begin with what is searched for. Index: user_group_name (ordered). */
  async list(read: Queryable, listing: GroupListing): Promise<Group[]> {
    return await read.query<Group>(
      `SELECT ${groupColumns} FROM user_group g WHERE g.realm_id = $1 AND coalesce(g.parent_id, '') = $2
         AND ($3::text IS NULL OR CASE WHEN $4 THEN g.name = $3 ELSE lower(g.name) LIKE $3 END)
         AND ($5::text[] IS NULL OR g.id = ANY($5)) AND NOT g.id = ANY($6)
       ORDER BY g.name OFFSET $7 LIMIT $8`,
      [
        listing.realmId,
        listing.parentId ?? '',
        groupNamePattern(listing, ''),
        listing.exact ?? false,
        listing.visible?.ids ?? null,
        listing.visible?.except ?? [],
        listing.first ?? 0,
        listing.max ?? null,
      ],
    )
  }

  /**
   * Groups of any level whose name or attributes match, ordered by name. Index: user_group_trigrams, user_group_attributes.
   * @param attributes pairs that all have to be there
   */
  async search(
    read: Queryable,
    listing: Omit<GroupListing, 'parentId'>,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<Group[]> {
    const contained = Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, [v]]))
    return await read.query<Group>(
      `SELECT ${groupColumns} FROM user_group g WHERE g.realm_id = $1
         AND ($2::text IS NULL OR CASE WHEN $3 THEN g.name = $2 ELSE lower(g.name) LIKE $2 END)
         AND g.attributes @> $4 AND ($5::text[] IS NULL OR g.id = ANY($5)) AND NOT g.id = ANY($6)
       ORDER BY g.name, g.id OFFSET $7 LIMIT $8`,
      [
        listing.realmId,
        groupNamePattern(listing, '%'),
        listing.exact ?? false,
        JSON.stringify(contained),
        listing.visible?.ids ?? null,
        listing.visible?.except ?? [],
        listing.first ?? 0,
        listing.max ?? null,
      ],
    )
  }

  /** Index: user_group_name (realm), user_group_trigrams. */
  async count(read: Queryable, realmId: RealmId, search: string | undefined, topOnly: boolean) {
    const rows = await read.query<{ count: number }>(
      `SELECT count(*)::int8 AS count FROM user_group g WHERE g.realm_id = $1
         AND (NOT $3 OR g.parent_id IS NULL) AND ($2::text IS NULL OR lower(g.name) LIKE $2)`,
      [realmId, groupNamePattern({ search }, '%'), topOnly && search === undefined],
    )
    return rows[0]?.count ?? 0
  }

  /** Number of direct children for each id. Index: user_group_parent. */
  async childCounts(read: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await read.query<{ id: string; count: number }>(
      `SELECT parent_id AS id, count(*)::int8 AS count FROM user_group WHERE parent_id = ANY($1) GROUP BY parent_id`,
      [ids],
    )
    return new Map(rows.map((row) => [row.id, row.count]))
  }

  /** These groups and all that they are nested in. Index: user_group_pkey. */
  async withAncestors(read: Queryable, realmId: RealmId, ids: readonly string[]): Promise<Group[]> {
    return await read.query<Group>(
      `WITH RECURSIVE reached(id) AS (
         SELECT unnest($2::text[])
         UNION ${parentsOf('reached')})
       SELECT ${groupColumns} FROM reached CROSS JOIN LATERAL (SELECT * FROM user_group WHERE id = reached.id LIMIT 1) g
       WHERE g.realm_id = $1`,
      [realmId, ids],
    )
  }

  /** Roles mapped directly to each of these groups. Index: group_role_pkey. */
  async rolesOf(read: Queryable, ids: readonly string[]): Promise<(Role & { groupId: GroupId })[]> {
    return await read.query<Role & { groupId: GroupId }>(
      `SELECT k.group_id AS "groupId", r.id, r.realm_id AS "realmId", r.client_id AS "clientUuid", c.client_id AS "clientId",
         r.name, r.description, EXISTS (SELECT 1 FROM role_composite x WHERE x.role_id = r.id) AS composite, r.attributes, r.ver
       FROM group_role k JOIN role r ON r.id = k.role_id LEFT JOIN client c ON c.id = r.client_id
       WHERE k.group_id = ANY($1) ORDER BY r.name`,
      [ids],
    )
  }

  /** Groups that have a role directly. Index: group_role_role. */
  async withRole(
    read: Queryable,
    realmId: RealmId,
    roleId: RoleId,
    first: number,
    max: number | null,
  ) {
    return await read.query<Group>(
      `SELECT ${groupColumns} FROM group_role k JOIN user_group g ON g.id = k.group_id
       WHERE k.role_id = $2 AND g.realm_id = $1 ORDER BY g.name OFFSET $3 LIMIT $4`,
      [realmId, roleId, first, max],
    )
  }

  /** Locks rows until the transaction ends, in one order, so that nobody waits for each other. Index: user_group_pkey. */
  async lock(tx: Queryable, realmId: RealmId, ids: readonly string[]): Promise<void> {
    await tx.query(
      'SELECT 1 FROM user_group WHERE id = ANY($2) AND realm_id = $1 ORDER BY id FOR UPDATE',
      [realmId, ids],
    )
  }

  /** Levels of the tree below a group, its own included. Index: user_group_parent. */
  async heightOf(read: Queryable, id: GroupId): Promise<number> {
    const rows = await read.query<{ height: number }>(
      `WITH RECURSIVE below(id, depth) AS (
         SELECT $1::text, 1
         UNION ALL SELECT g.id, below.depth + 1 FROM below JOIN user_group g ON g.parent_id = below.id
           WHERE below.depth <= ${groupDepthMax})
       SELECT max(depth)::int AS height FROM below`,
      [id],
    )
    return rows[0]?.height ?? 1
  }

  /** Inserts all in one statement; parents may be among them. */
  async insertAll(tx: Queryable, realmId: RealmId, groups: readonly NewGroup[]): Promise<void> {
    await tx.query(
      `INSERT INTO user_group (id, realm_id, parent_id, name, description, attributes)
       SELECT g.id, $1, g."parentId", g.name, g.description, g.attributes
       FROM jsonb_to_recordset($2::jsonb) AS g(id text, "parentId" text, name text, description text, attributes jsonb)`,
      [realmId, JSON.stringify(groups)],
    )
  }

  /** Compare-and-set on `ver`. Index: user_group_pkey. */
  async update(tx: Queryable, group: Omit<Group, 'path'>): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE user_group SET parent_id = $4, name = $5, description = $6, attributes = $7, ver = ver + 1
       WHERE id = $1 AND realm_id = $2 AND ver = $3 RETURNING id`,
      [
        group.id,
        group.realmId,
        group.ver,
        group.parentId,
        group.name,
        group.description,
        JSON.stringify(group.attributes),
      ],
    )
    return rows.length > 0
  }

  /** Index: user_group_pkey; children by user_group_parent. */
  async remove(tx: Queryable, realmId: RealmId, id: GroupId): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM user_group WHERE id = $1 AND realm_id = $2 RETURNING id',
      [id, realmId],
    )
    return rows.length > 0
  }

  /** Pairs of (group, role); existing ones stay. */
  async addRoles(tx: Queryable, pairs: readonly (readonly [string, string])[]): Promise<void> {
    await tx.query(
      `INSERT INTO group_role (group_id, role_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: group_role_pkey. */
  async removeRoles(tx: Queryable, groupId: GroupId, roleIds: readonly RoleId[]): Promise<void> {
    await tx.query('DELETE FROM group_role WHERE group_id = $1 AND role_id = ANY($2)', [
      groupId,
      roleIds,
    ])
  }
}

/** @param before `%` where the text may stand anywhere; `*` stands for any text, as in Keycloak */
export function groupNamePattern(
  listing: Pick<GroupListing, 'search' | 'exact'>,
  before: '' | '%',
): string | null {
  const { search, exact } = listing
  if (search === undefined) return null
  if (exact) return search
  const escaped = search.toLowerCase().replace(/[\\%_]/g, '\\$&')
  return `${before}${escaped.replaceAll('*', '%')}%`
}
