/**
 * Identity providers leave the row of their realm: each is a row with its mappers beside it, so that a change of one does not
 * load the realm anew. A node of the version before looks for them in the realm's row, where they are no longer.
 */
const providers = `realm r, jsonb_array_elements(coalesce(r.settings->'identityProviders', '[]')) p`
const mappers = `realm r, jsonb_array_elements(coalesce(r.settings->'identityProviderMappers', '[]')) m`
/** Two realms may hold the same id: the second one gets another. */
const ownId = (id: string) =>
  `CASE WHEN ${id} IS NOT NULL AND row_number() OVER (PARTITION BY ${id} ORDER BY r.id) = 1 THEN ${id}
     ELSE gen_random_uuid()::text END`

export const statements: readonly string[] = [
  `CREATE TABLE identity_provider (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, alias text NOT NULL,
     provider_id text NOT NULL, enabled boolean NOT NULL, organization_id text, members jsonb NOT NULL DEFAULT '{}',
     config jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1, UNIQUE (realm_id, alias))`,
  `CREATE INDEX identity_provider_organization ON identity_provider (organization_id) WHERE organization_id IS NOT NULL`,
  `CREATE TABLE identity_provider_mapper (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, alias text NOT NULL,
     name text NOT NULL, mapper text NOT NULL, config jsonb NOT NULL DEFAULT '{}', UNIQUE (realm_id, alias, name))`,
  `INSERT INTO identity_provider (id, realm_id, alias, provider_id, enabled, organization_id, members, config)
   SELECT ${ownId("(p->>'internalId')")}, r.id, p->>'alias', coalesce(p->>'providerId', ''),
     coalesce((p->>'enabled')::boolean, true), p->>'organizationId',
     p - '{internalId,alias,providerId,enabled,organizationId,config}'::text[], coalesce(p->'config', '{}')
   FROM ${providers} WHERE p->>'alias' IS NOT NULL ON CONFLICT DO NOTHING`,
  `INSERT INTO identity_provider_mapper (id, realm_id, alias, name, mapper, config)
   SELECT ${ownId("(m->>'id')")}, r.id, m->>'identityProviderAlias', coalesce(m->>'name', ''),
     coalesce(m->>'identityProviderMapper', ''), coalesce(m->'config', '{}')
   FROM ${mappers} WHERE m->>'identityProviderAlias' IS NOT NULL ON CONFLICT DO NOTHING`,
  `UPDATE realm SET settings = settings - '{identityProviders,identityProviderMappers}'::text[], ver = ver + 1
   WHERE settings ?| '{identityProviders,identityProviderMappers}'`,
]
