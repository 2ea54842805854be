import type { Queryable } from '../../database/database.ts'
import type { RealmSecrets } from '../realms/realm-secrets.ts'
import { containing } from '../roles/role-store.ts'
import type { OrganizationId, RealmId } from '../typed-ids.ts'
import type {
  IdentityProvider,
  IdentityProviderMapper,
  IdentityProviderSummary,
} from './identity-provider.ts'

const summaryColumns = `p.id, p.realm_id AS "realmId", p.alias, p.provider_id AS "providerId", p.enabled,
  p.organization_id AS "organizationId", p.members`
const columns = `${summaryColumns}, p.config, p.ver`
const mapperColumns = 'm.id, m.realm_id AS "realmId", m.alias, m.name, m.mapper, m.config'

/** Which identity providers a listing shows. */
export interface IdentityProviderListing {
  readonly realmId: RealmId
  /** A part of the alias. */
  readonly search?: string | undefined
  /** Without those of organizations. */
  readonly realmOnly?: boolean | undefined
  /** Those of one organization. */
  readonly organizationId?: OrganizationId | undefined
  /** Those of these kinds. */
  readonly kinds?: readonly string[] | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
}

/** A provider under its lock, with the settings as they are stored. */
export interface LockedIdentityProvider extends IdentityProvider {
  readonly stored: Readonly<Record<string, unknown>>
}

/** All SQL of tables `identity_provider` and `identity_provider_mapper`. Secrets are sealed on the way in. */
export class IdentityProviderStore {
  readonly #secrets: RealmSecrets

  constructor(secrets: RealmSecrets) {
    this.#secrets = secrets
  }

  /** Index: identity_provider_realm_id_alias_key. */
  async byAlias(
    read: Queryable,
    realmId: RealmId,
    alias: string,
  ): Promise<IdentityProvider | null> {
    const rows = await read.query<IdentityProvider>(
      `SELECT ${columns} FROM identity_provider p WHERE p.realm_id = $1 AND p.alias = $2`,
      [realmId, alias],
    )
    return rows[0] ? this.#opened(rows[0]) : null
  }

  /** Those of a realm that name this issuer. Index: identity_provider_realm_id_alias_key. */
  async byIssuer(read: Queryable, realmId: RealmId, issuer: string): Promise<IdentityProvider[]> {
    const rows = await read.query<IdentityProvider>(
      `SELECT ${columns} FROM identity_provider p
       WHERE p.realm_id = $1 AND p.config->>'issuer' = $2 ORDER BY p.alias`,
      [realmId, issuer],
    )
    return rows.map((row) => this.#opened(row))
  }

  /** As `byAlias`; locks the row until the transaction ends. */
  async lock(
    tx: Queryable,
    realmId: RealmId,
    alias: string,
  ): Promise<LockedIdentityProvider | null> {
    const rows = await tx.query<IdentityProvider>(
      `SELECT ${columns} FROM identity_provider p WHERE p.realm_id = $1 AND p.alias = $2 FOR UPDATE`,
      [realmId, alias],
    )
    const row = rows[0]
    return row ? { ...this.#opened(row), stored: row.config } : null
  }

  /** A page by alias. Index: identity_provider_realm_id_alias_key (ordered), identity_provider_organization. */
  async list(read: Queryable, listing: IdentityProviderListing): Promise<IdentityProvider[]> {
    const { realmId, search, realmOnly, organizationId, kinds, first, max } = listing
    const rows = await read.query<IdentityProvider>(
      `SELECT ${columns} FROM identity_provider p WHERE p.realm_id = $1
         AND ($2::text IS NULL OR lower(p.alias) LIKE $2) AND (NOT $3 OR p.organization_id IS NULL)
         AND ($4::text IS NULL OR p.organization_id = $4) AND ($5::text[] IS NULL OR p.provider_id = ANY($5))
       ORDER BY p.alias COLLATE "C" OFFSET $6 LIMIT $7`,
      [
        realmId,
        search ? containing(search) : null,
        realmOnly ?? false,
        organizationId ?? null,
        kinds ?? null,
        first ?? 0,
        max ?? null,
      ],
    )
    return rows.map((row) => this.#opened(row))
  }

  /** All of a realm, by alias. Index: identity_provider_realm_id_alias_key. */
  async summaries(read: Queryable, realmId: RealmId): Promise<IdentityProviderSummary[]> {
    return await read.query<IdentityProviderSummary>(
      `SELECT ${summaryColumns} FROM identity_provider p WHERE p.realm_id = $1 ORDER BY p.alias COLLATE "C"`,
      [realmId],
    )
  }

  /** Index: identity_provider_realm_id_alias_key. */
  async count(read: Queryable, realmId: RealmId): Promise<number> {
    const rows = await read.query<{ count: number }>(
      'SELECT count(*)::int8 AS count FROM identity_provider WHERE realm_id = $1',
      [realmId],
    )
    return rows[0]?.count ?? 0
  }

  async insert(tx: Queryable, row: Omit<IdentityProvider, 'ver'>): Promise<void> {
    await tx.query(
      `INSERT INTO identity_provider (id, realm_id, alias, provider_id, enabled, organization_id, members, config)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [row.id, row.realmId, row.alias, ...this.#changing(row, {})],
    )
  }

  /** Index: identity_provider_pkey. The caller holds the row's lock. */
  async update(tx: Queryable, row: IdentityProvider, { stored }: LockedIdentityProvider) {
    await tx.query(
      `UPDATE identity_provider SET provider_id = $3, enabled = $4, organization_id = $5, members = $6, config = $7,
         ver = ver + 1
       WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2`,
      [row.id, row.realmId, ...this.#changing(row, stored)],
    )
  }

  /** Index: identity_provider_realm_id_alias_key. @returns whether there was such a provider */
  async link(
    tx: Queryable,
    realmId: RealmId,
    alias: string,
    organizationId: OrganizationId | null,
  ): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE identity_provider SET organization_id = $3, ver = ver + 1 WHERE realm_id = $1 AND alias = $2 RETURNING id`,
      [realmId, alias, organizationId],
    )
    return rows.length > 0
  }

  /** Index: identity_provider_organization. @returns whether any was linked */
  async unlinkAll(
    tx: Queryable,
    realmId: RealmId,
    organizationId: OrganizationId,
  ): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE identity_provider SET organization_id = NULL, ver = ver + 1
       WHERE organization_id = $2 AND realm_id IS NOT DISTINCT FROM $1 RETURNING id`,
      [realmId, organizationId],
    )
    return rows.length > 0
  }

  /**
   * Removes a provider with its mappers. Index: identity_provider_realm_id_alias_key,
   * identity_provider_mapper_realm_id_alias_name_key. @returns whether it existed
   */
  async remove(tx: Queryable, realmId: RealmId, alias: string): Promise<boolean> {
    const rows = await tx.query(
      `WITH mappers AS (DELETE FROM identity_provider_mapper WHERE realm_id = $1 AND alias = $2)
       DELETE FROM identity_provider WHERE realm_id = $1 AND alias = $2 RETURNING id`,
      [realmId, alias],
    )
    return rows.length > 0
  }

  /** Of one provider, or of all of the realm (null). Index: identity_provider_mapper_realm_id_alias_name_key (ordered). */
  async mappers(read: Queryable, realmId: RealmId, alias: string | null) {
    return await read.query<IdentityProviderMapper>(
      `SELECT ${mapperColumns} FROM identity_provider_mapper m
       WHERE m.realm_id = $1 AND ($2::text IS NULL OR m.alias = $2) ORDER BY m.alias, m.name`,
      [realmId, alias],
    )
  }

  /** Index: identity_provider_mapper_realm_id_alias_name_key. */
  async mapperCount(read: Queryable, realmId: RealmId): Promise<number> {
    const rows = await read.query<{ count: number }>(
      'SELECT count(*)::int8 AS count FROM identity_provider_mapper WHERE realm_id = $1',
      [realmId],
    )
    return rows[0]?.count ?? 0
  }

  async insertMapper(tx: Queryable, row: IdentityProviderMapper): Promise<void> {
    await tx.query(
      `INSERT INTO identity_provider_mapper (id, realm_id, alias, name, mapper, config) VALUES ($1, $2, $3, $4, $5, $6)`,
      [row.id, row.realmId, row.alias, row.name, row.mapper, JSON.stringify(row.config)],
    )
  }

  /** Index: identity_provider_mapper_pkey. @returns whether it existed */
  async updateMapper(tx: Queryable, row: IdentityProviderMapper): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE identity_provider_mapper SET name = $3, mapper = $4, config = $5
       WHERE id = $1 AND realm_id IS NOT DISTINCT FROM $2 RETURNING id`,
      [row.id, row.realmId, row.name, row.mapper, JSON.stringify(row.config)],
    )
    return rows.length > 0
  }

  /** Index: identity_provider_mapper_pkey. @returns whether it existed */
  async removeMapper(tx: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await tx.query(
      `DELETE FROM identity_provider_mapper WHERE id = $2 AND realm_id IS NOT DISTINCT FROM $1 RETURNING id`,
      [realmId, id],
    )
    return rows.length > 0
  }

  /** The columns that a change may write. */
  #changing(row: Omit<IdentityProvider, 'ver'>, stored: Readonly<Record<string, unknown>>) {
    const config = this.#secrets.sealMap('identityProvider', row.config, stored)
    return [
      row.providerId,
      row.enabled,
      row.organizationId,
      JSON.stringify(row.members),
      JSON.stringify(config),
    ]
  }

  #opened(row: IdentityProvider): IdentityProvider {
    const config = this.#secrets.openMap('identityProvider', row.config)
    return { ...row, config: config as Record<string, string> }
  }
}
