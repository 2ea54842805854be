/**
 * Organizations leave the row of their realm: each is a row with its domains, so that a change of one does not load the
 * realm anew, and members and invitations go with it.
 */
export const statements: readonly string[] = [
  `CREATE TABLE organization (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, name text NOT NULL, alias text NOT NULL,
     enabled boolean NOT NULL, description text, redirect_url text, attributes jsonb NOT NULL DEFAULT '{}',
     representation jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1,
     UNIQUE (realm_id, name), UNIQUE (realm_id, alias))`,
  `DO $$ BEGIN
     CREATE INDEX organization_trigrams ON organization USING gin (lower(name) gin_trgm_ops, lower(alias) gin_trgm_ops);
   EXCEPTION
     WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
     WHEN OTHERS THEN
       RAISE NOTICE 'searching inside names reads every organization: %', SQLERRM;
   END $$`,
  'CREATE INDEX organization_attributes ON organization USING gin (attributes jsonb_path_ops)',
  `CREATE TABLE organization_domain (
     realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, name text NOT NULL,
     organization_id text NOT NULL REFERENCES organization ON DELETE CASCADE, verified boolean NOT NULL DEFAULT false,
     PRIMARY KEY (realm_id, name))`,
  'CREATE INDEX organization_domain_organization ON organization_domain (organization_id)',
  `CREATE TABLE organization_invitation (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     organization_id text NOT NULL REFERENCES organization ON DELETE CASCADE, email text NOT NULL, first_name text,
     last_name text, sent_at bigint NOT NULL, expires_at bigint NOT NULL, status text NOT NULL)`,
  'CREATE INDEX organization_invitation_organization ON organization_invitation (organization_id, sent_at)',
  `INSERT INTO organization (id, realm_id, name, alias, enabled, description, redirect_url, attributes, representation)
   SELECT o->>'id', r.id, o->>'name', coalesce(o->>'alias', o->>'name'), coalesce((o->>'enabled')::boolean, true),
     o->>'description', o->>'redirectUrl', coalesce(o->'attributes', '{}'),
     o - '{id,name,alias,enabled,description,redirectUrl,attributes,domains,members}'::text[]
   FROM realm r, jsonb_array_elements(coalesce(r.settings->'organizations', '[]')) o ON CONFLICT DO NOTHING`,
  `INSERT INTO organization_domain (realm_id, name, organization_id, verified)
   SELECT g.realm_id, lower(d->>'name'), g.id, coalesce((d->>'verified')::boolean, false)
   FROM realm r, jsonb_array_elements(coalesce(r.settings->'organizations', '[]')) o
     JOIN organization g ON g.id = o->>'id', jsonb_array_elements(coalesce(o->'domains', '[]')) d
   WHERE d->>'name' IS NOT NULL ON CONFLICT DO NOTHING`,
  'DELETE FROM organization_member m WHERE NOT EXISTS (SELECT 1 FROM organization o WHERE o.id = m.organization_id)',
  `ALTER TABLE organization_member ADD FOREIGN KEY (organization_id) REFERENCES organization ON DELETE CASCADE`,
  "UPDATE realm SET settings = settings - 'organizations', ver = ver + 1 WHERE settings ? 'organizations'",
]
