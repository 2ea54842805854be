import type { Queryable } from '../../database/database.ts'
import { groupColumns, parentsOf } from '../groups/group-store.ts'
import type { MembershipType } from '../organizations/organization.ts'
import { groupsOfMemberColumns } from '../organizations/organization-group-store.ts'
import { organizationColumns } from '../organizations/organization-store.ts'
import type { Role } from '../roles/role.ts'
import { containedInReached, reachedRoles } from '../roles/role-store.ts'
import type { GroupId, OrganizationId, RealmId, RoleId, UserId } from '../typed-ids.ts'
import type { UserMemberships } from './user.ts'

const roleColumns = `r.id, r.realm_id AS "realmId", r.client_id AS "clientUuid", c.client_id AS "clientId", r.name, r.description,
  EXISTS (SELECT 1 FROM role_composite k WHERE k.role_id = r.id) AS composite, r.attributes, r.ver`

/** @param roles SQL of an array of roles */
const membershipsStatement = (roles: string) => `SELECT ${roles} AS roles,
  (SELECT coalesce(json_agg(i), '[]') FROM (SELECT ${groupColumns} FROM user_membership m
     JOIN user_group g ON g.id = m.group_id WHERE m.user_id = $1 AND g.realm_id = $2) i) AS groups,
  (SELECT coalesce(json_agg(i), '[]') FROM (SELECT ${organizationColumns},
       ${groupsOfMemberColumns} FROM organization_member n
     JOIN organization o ON o.id = n.organization_id WHERE n.user_id = $1 AND o.realm_id = $2 ORDER BY o.name) i) AS organizations`

const membershipsWithoutRoles = membershipsStatement("'[]'::json")

/** Direct roles, roles of the user's groups and their ancestors, and all composites of these. */
const membershipsWithRoles = `WITH RECURSIVE groups(id) AS (
    SELECT group_id FROM user_membership WHERE user_id = $1
    UNION ${parentsOf('groups')}),
  reached(id) AS (
    (SELECT role_id FROM user_role WHERE user_id = $1
     UNION SELECT k.role_id FROM group_role k JOIN groups ON k.group_id = groups.id)
    UNION ${containedInReached}),
  held AS (SELECT r.id, r.name, r.client_id AS "clientUuid", c.client_id AS "clientId" FROM ${reachedRoles}
    WHERE r.realm_id = $2)
  ${membershipsStatement("(SELECT coalesce(json_agg(held), '[]') FROM held)")}`

/** All SQL of the tables `user_role`, `user_membership`, `organization_member` and `organization_group_member`. */
export class MembershipStore {
  /**
   * Everything that a user is in and holds, in one statement, so that a cache needs no snapshot to read it.
   * Index: user_role_pkey, user_membership_pkey, user_group_pkey, group_role_pkey, role_composite_pkey, role_pkey,
   * organization_member_user, organization_pkey, organization_domain_organization.
   * @param withRoles without them, no role is named
   */
  async of(
    read: Queryable,
    realmId: RealmId,
    userId: UserId,
    withRoles: boolean,
  ): Promise<UserMemberships> {
    const text = withRoles ? membershipsWithRoles : membershipsWithoutRoles
    const [row] = await read.query<UserMemberships>(text, [userId, realmId])
    return row ?? { roles: [], groups: [], organizations: [] }
  }

  /**
   * Which of these roles the user holds, found upwards from the roles: as cheap for a user with very many roles.
   * Index: role_composite_child, user_role_pkey, group_role_role, user_membership_pkey, user_group_pkey.
   */
  async heldOf(read: Queryable, userId: UserId, roleIds: readonly RoleId[]): Promise<string[]> {
    const rows = await read.query<{ id: string }>(
      `WITH RECURSIVE groups(id) AS (
         SELECT group_id FROM user_membership WHERE user_id = $1
         UNION ${parentsOf('groups')}),
       above(root, id) AS (
         SELECT r, r FROM unnest($2::text[]) r
         UNION SELECT above.root, k.role_id FROM role_composite k JOIN above ON k.child_id = above.id)
       SELECT DISTINCT root AS id FROM above
       WHERE EXISTS (SELECT 1 FROM user_role d WHERE d.user_id = $1 AND d.role_id = above.id)
          OR EXISTS (SELECT 1 FROM group_role k JOIN groups ON k.group_id = groups.id WHERE k.role_id = above.id)`,
      [userId, roleIds],
    )
    return rows.map((row) => row.id)
  }

  /** Whether any user has the role directly or by a group. Index: user_role_role, group_role_role, user_membership_group. */
  async isHeld(read: Queryable, realmId: RealmId, roleId: RoleId): Promise<boolean> {
    const rows = await read.query(
      `SELECT 1 FROM user_role k JOIN users u ON u.id = k.user_id WHERE k.role_id = $2 AND u.realm_id = $1
       UNION ALL SELECT 1 FROM group_role g JOIN user_membership m ON m.group_id = g.group_id
         JOIN users u ON u.id = m.user_id WHERE g.role_id = $2 AND u.realm_id = $1
       LIMIT 1`,
      [realmId, roleId],
    )
    return rows.length > 0
  }

  /** Locks a role's row until the transaction ends, so that of several nodes one goes first. Index: role_pkey. */
  async lockRole(tx: Queryable, roleId: RoleId): Promise<void> {
    await tx.query('SELECT 1 FROM role WHERE id = $1 FOR UPDATE', [roleId])
  }

  /** Roles given to the user itself. Index: user_role_pkey. */
  async directRolesOf(read: Queryable, userId: UserId): Promise<Role[]> {
    return await read.query<Role>(
      `SELECT ${roleColumns} FROM user_role u JOIN role r ON r.id = u.role_id LEFT JOIN client c ON c.id = r.client_id
       WHERE u.user_id = $1 ORDER BY r.name`,
      [userId],
    )
  }

  /** Ids of the groups that the user is directly in, a page ordered by name. Index: user_membership_pkey. */
  async groupIdsOf(
    read: Queryable,
    userId: UserId,
    page: { search?: string | null; first?: number; max?: number | null } = {},
  ): Promise<string[]> {
    const rows = await read.query<{ id: string }>(
      `SELECT g.id FROM user_membership m JOIN user_group g ON g.id = m.group_id
       WHERE m.user_id = $1 AND ($2::text IS NULL OR lower(g.name) LIKE $2) ORDER BY g.name, g.id OFFSET $3 LIMIT $4`,
      [userId, page.search ?? null, page.first ?? 0, page.max ?? null],
    )
    return rows.map((row) => row.id)
  }

  /** Pairs of (user, role); existing ones stay. */
  async addRoles(tx: Queryable, pairs: readonly (readonly [string, string])[]): Promise<void> {
    await tx.query(
      'INSERT INTO user_role (user_id, role_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: user_role_pkey. */
  async removeRoles(tx: Queryable, userId: UserId, roleIds: readonly RoleId[]): Promise<void> {
    await tx.query('DELETE FROM user_role WHERE user_id = $1 AND role_id = ANY($2)', [
      userId,
      roleIds,
    ])
  }

  /** Pairs of (user, group); existing ones stay. */
  async addGroups(tx: Queryable, pairs: readonly (readonly [string, string])[]): Promise<void> {
    await tx.query(
      'INSERT INTO user_membership (user_id, group_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
      [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
    )
  }

  /** Index: user_membership_pkey. */
  async removeGroup(tx: Queryable, userId: UserId, groupId: GroupId): Promise<void> {
    await tx.query('DELETE FROM user_membership WHERE user_id = $1 AND group_id = $2', [
      userId,
      groupId,
    ])
  }

  /** @returns whether the user was no member before */
  async joinOrganization(
    tx: Queryable,
    realmId: RealmId,
    userId: UserId,
    organizationId: OrganizationId,
    type: MembershipType = 'UNMANAGED',
  ) {
    const rows = await tx.query(
      `INSERT INTO organization_member (organization_id, user_id, realm_id, membership_type)
       SELECT o.id, u.id, o.realm_id, $4 FROM organization o, users u
       WHERE o.id = $1 AND u.id = $2 AND o.realm_id IS NOT DISTINCT FROM $3 AND u.realm_id IS NOT DISTINCT FROM $3
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [organizationId, userId, realmId, type],
    )
    return rows.length > 0
  }

  /** Index: organization_member_pkey. @returns whether the user was a member */
  async leaveOrganization(tx: Queryable, userId: UserId, organizationId: OrganizationId) {
    const rows = await tx.query(
      'DELETE FROM organization_member WHERE organization_id = $1 AND user_id = $2 RETURNING user_id',
      [organizationId, userId],
    )
    return rows.length > 0
  }

  /** The user is a member of the organization. @returns whether the user was not in the group before */
  async joinOrganizationGroup(
    tx: Queryable,
    userId: UserId,
    group: { readonly id: string; readonly organizationId: OrganizationId },
  ): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO organization_group_member (group_id, organization_id, user_id) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [group.id, group.organizationId, userId],
    )
    return rows.length > 0
  }

  /** Index: organization_group_member_pkey. @returns whether the user was in it */
  async leaveOrganizationGroup(tx: Queryable, userId: UserId, groupId: GroupId): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM organization_group_member WHERE group_id = $1 AND user_id = $2 RETURNING user_id',
      [groupId, userId],
    )
    return rows.length > 0
  }

  /** Groups of organizations that the user is in, as Keycloak counts them. Index: organization_group_member_user. */
  async organizationGroupCount(read: Queryable, userId: UserId, search: string | null) {
    const rows = await read.query<{ count: number }>(
      `SELECT count(*)::int8 AS count FROM organization_group_member m JOIN organization_group g ON g.id = m.group_id
       WHERE m.user_id = $1 AND ($2::text IS NULL OR lower(g.name) LIKE $2)`,
      [userId, search],
    )
    return rows[0]?.count ?? 0
  }

  /** Members of groups of organizations, in one statement. */
  async addOrganizationGroups(
    tx: Queryable,
    pairs: readonly { groupId: GroupId; organizationId: OrganizationId; userId: UserId }[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO organization_group_member (group_id, organization_id, user_id)
       SELECT m."groupId", m."organizationId", m."userId"
       FROM jsonb_to_recordset($1::jsonb) AS m("groupId" text, "organizationId" text, "userId" text)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(pairs)],
    )
  }

  /** Members of an organization, in one statement. */
  async addOrganizationMembers(
    tx: Queryable,
    realmId: RealmId,
    members: readonly { organizationId: OrganizationId; userId: UserId; membershipType: string }[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO organization_member (organization_id, user_id, realm_id, membership_type)
       SELECT m."organizationId", m."userId", $1, m."membershipType"
       FROM jsonb_to_recordset($2::jsonb) AS m("organizationId" text, "userId" text, "membershipType" text)
       ON CONFLICT DO NOTHING`,
      [realmId, JSON.stringify(members)],
    )
  }
}
