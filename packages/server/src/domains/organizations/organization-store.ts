import type { Queryable } from '../../database/database.ts'
import type { SeenThings } from '../realms/seen-things.ts'
import { containing } from '../roles/role-store.ts'
import type { OrganizationId, RealmId, UserId } from '../typed-ids.ts'
import type { MembershipType, Organization, OrganizationMembership } from './organization.ts'

/** Columns of an `Organization`, for the alias `o`. Domains by organization_domain_organization. */
export const organizationColumns = `o.id, o.realm_id AS "realmId", o.name, o.alias, o.enabled, o.description,
  o.redirect_url AS "redirectUrl", o.attributes, o.representation, o.ver,
  (SELECT coalesce(json_agg(json_build_object('name', d.name, 'verified', d.verified) ORDER BY d.name), '[]')
     FROM organization_domain d WHERE d.organization_id = o.id) AS domains`

/** Which organizations a listing shows. */
export interface OrganizationListing {
  readonly realmId: RealmId
  /** A part of name, alias or a domain; with `exact` all of it. */
  readonly search?: string | undefined
  readonly exact?: boolean | undefined
  /** Attributes that all have to be there with these values. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  /** Absent = all. */
  readonly visible?: SeenThings | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
}

/** An organization as it is written; its domains have a table of their own. */
export type OrganizationRow = Omit<Organization, 'ver' | 'domains'>

/** All SQL of organizations, their domains and members. */
export class OrganizationStore {
  /** Index: organization_pkey. */
  async byId(read: Queryable, realmId: RealmId, id: OrganizationId): Promise<Organization | null> {
    const rows = await read.query<Organization>(
      `SELECT ${organizationColumns} FROM organization o WHERE o.id = $2 AND o.realm_id IS NOT DISTINCT FROM $1`,
      [realmId, id],
    )
    return rows[0] ?? null
  }

  /** As `byId`; locks the row until the transaction ends. */
  async lock(tx: Queryable, realmId: RealmId, id: OrganizationId): Promise<Organization | null> {
    const rows = await tx.query<Organization>(
      `SELECT ${organizationColumns} FROM organization o WHERE o.id = $2 AND o.realm_id IS NOT DISTINCT FROM $1
       FOR UPDATE`,
      [realmId, id],
    )
    return rows[0] ?? null
  }

  /** Index: organization_realm_id_alias_key. @returns whether an enabled one has that alias */
  async hasAlias(read: Queryable, realmId: RealmId, alias: string): Promise<boolean> {
    const rows = await read.query<{ enabled: boolean }>(
      'SELECT enabled FROM organization WHERE realm_id = $1 AND alias = $2',
      [realmId, alias],
    )
    return rows[0]?.enabled ?? false
  }

  /** A page by name. Index: organization_realm_id_name_key (ordered), organization_trigrams, organization_attributes. */
  async list(read: Queryable, listing: OrganizationListing): Promise<Organization[]> {
    const { text, values } = conditionsOf(listing)
    const { first, max } = listing
    return await read.query<Organization>(
      `SELECT ${organizationColumns} FROM organization o WHERE ${text} ORDER BY o.name
       OFFSET $${values.length + 1} LIMIT $${values.length + 2}`,
      [...values, first ?? 0, max ?? null],
    )
  }

  /** Indexes as `list`. */
  async count(read: Queryable, listing: OrganizationListing): Promise<number> {
    const { text, values } = conditionsOf(listing)
    const rows = await read.query<{ count: number }>(
      `SELECT count(*)::int8 AS count FROM organization o WHERE ${text}`,
      values,
    )
    return rows[0]?.count ?? 0
  }

  async insert(tx: Queryable, row: OrganizationRow): Promise<void> {
    await tx.query(
      `INSERT INTO organization (id, realm_id, name, alias, enabled, description, redirect_url, attributes, representation)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        row.id,
        row.realmId,
        row.name,
        row.alias,
        row.enabled,
        row.description,
        row.redirectUrl,
        JSON.stringify(row.attributes),
        JSON.stringify(row.representation),
      ],
    )
  }

  /** Index: organization_pkey. The caller holds the row's lock. */
  async update(tx: Queryable, row: OrganizationRow): Promise<void> {
    await tx.query(
      `UPDATE organization SET name = $3, enabled = $4, description = $5, redirect_url = $6, attributes = $7, ver = ver + 1
       WHERE id = $1 AND realm_id = $2`,
      [
        row.id,
        row.realmId,
        row.name,
        row.enabled,
        row.description,
        row.redirectUrl,
        JSON.stringify(row.attributes),
      ],
    )
  }

  /** Index: organization_pkey; what belongs to it goes by cascade. @returns whether it existed */
  async remove(tx: Queryable, realmId: RealmId, id: OrganizationId): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM organization WHERE id = $2 AND realm_id = $1 RETURNING id',
      [realmId, id],
    )
    return rows.length > 0
  }

  /** Whose a domain is. Index: organization_domain_pkey. */
  async domainOwners(read: Queryable, realmId: RealmId, names: readonly string[]) {
    return await read.query<{ name: string; id: string; organization: string }>(
      `SELECT d.name, o.id, o.name AS organization FROM organization_domain d JOIN organization o ON o.id = d.organization_id
       WHERE d.realm_id = $1 AND d.name = ANY($2)`,
      [realmId, names],
    )
  }

  /** Index: organization_domain_organization. */
  async replaceDomains(tx: Queryable, { id, realmId, domains }: Omit<Organization, 'ver'>) {
    await tx.query('DELETE FROM organization_domain WHERE organization_id = $1 AND realm_id = $2', [
      id,
      realmId,
    ])
    if (domains.length === 0) return
    await tx.query(
      `INSERT INTO organization_domain (realm_id, organization_id, name, verified)
       SELECT $1, $2, d.name, d.verified FROM jsonb_to_recordset($3::jsonb) AS d(name text, verified boolean)`,
      [realmId, id, JSON.stringify(domains)],
    )
  }

  /** Organizations that a user is in, by name. Index: organization_member_user. */
  async ofUser(read: Queryable, realmId: RealmId, userId: UserId) {
    return await read.query<OrganizationMembership>(
      `SELECT ${organizationColumns}, m.membership_type AS "membershipType" FROM organization_member m
         JOIN organization o ON o.id = m.organization_id
       WHERE m.user_id = $2 AND o.realm_id = $1 ORDER BY o.name`,
      [realmId, userId],
    )
  }

  /** How these users are in an organization, by user id. Index: organization_member_pkey. */
  async membershipTypes(
    read: Queryable,
    organizationId: OrganizationId,
    userIds: readonly UserId[],
  ) {
    const rows = await read.query<{ userId: UserId; type: MembershipType }>(
      `SELECT user_id AS "userId", membership_type AS type FROM organization_member
       WHERE organization_id = $1 AND user_id = ANY($2)`,
      [organizationId, userIds],
    )
    return new Map(rows.map(({ userId, type }) => [userId, type]))
  }

  /** Index: organization_member_organization. */
  async memberCount(read: Queryable, organizationId: OrganizationId): Promise<number> {
    const rows = await read.query<{ count: number }>(
      'SELECT count(*)::int8 AS count FROM organization_member WHERE organization_id = $1',
      [organizationId],
    )
    return rows[0]?.count ?? 0
  }

  /** Ids of users who exist for an organization alone. Index: organization_member_organization. */
  async managedMembers(read: Queryable, organizationId: OrganizationId): Promise<string[]> {
    const rows = await read.query<{ id: string }>(
      `SELECT user_id AS id FROM organization_member WHERE organization_id = $1 AND membership_type = 'MANAGED'`,
      [organizationId],
    )
    return rows.map(({ id }) => id)
  }
}

function conditionsOf({ realmId, search, exact, attributes, visible }: OrganizationListing) {
  const values: unknown[] = [realmId]
  const texts = ['o.realm_id = $1']
  if (search) {
    values.push(exact ? search.toLowerCase() : containing(search))
    const like = `${exact ? '=' : 'LIKE'} $${values.length}`
    texts.push(
      `(lower(o.name) ${like} OR lower(o.alias) ${like} OR o.id IN (SELECT d.organization_id FROM organization_domain d
         WHERE d.realm_id = $1 AND d.name ${like}))`,
    )
  }
  for (const [name, value] of Object.entries(attributes ?? {})) {
    values.push(JSON.stringify({ [name]: [value] }))
    texts.push(`o.attributes @> $${values.length}::jsonb`)
  }
  if (visible) {
    const ids = `$${values.push(visible.ids)}::text[]`
    texts.push(`(${ids} IS NULL OR o.id = ANY(${ids}))`)
    texts.push(`NOT o.id = ANY($${values.push(visible.except)}::text[])`)
  }
  return { text: texts.join(' AND '), values }
}
