import { freshVer } from './001-configuration.ts'

/** Users, what they belong to, and the organizations that they may be members of. */
export const users: readonly string[] = [
  `CREATE TABLE users (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, username text NOT NULL,
     email text, email_key text, email_verified boolean NOT NULL DEFAULT false, first_name text, last_name text,
     enabled boolean NOT NULL, created_at bigint NOT NULL, service_account_client_id text, not_before bigint NOT NULL DEFAULT 0,
     attributes jsonb NOT NULL DEFAULT '{}', required_actions jsonb NOT NULL DEFAULT '[]',
     representation jsonb NOT NULL DEFAULT '{}', ${freshVer},
     UNIQUE (realm_id, username), UNIQUE (realm_id, email_key))`,
  // email_key = lower(email) where the realm forbids duplicate e-mails, else null: uniqueness that no race gets around.
  'CREATE INDEX users_username_prefix ON users (realm_id, username text_pattern_ops)',
  'CREATE INDEX users_email_prefix ON users (realm_id, lower(email) text_pattern_ops)',
  'CREATE INDEX users_first_name_prefix ON users (realm_id, lower(first_name) text_pattern_ops)',
  'CREATE INDEX users_last_name_prefix ON users (realm_id, lower(last_name) text_pattern_ops)',
  // Attribute searches ignore case.
  'CREATE INDEX users_attributes ON users USING gin ((lower(attributes::text)::jsonb) jsonb_path_ops)',
  'CREATE INDEX users_email ON users (realm_id, lower(email))',
  'CREATE INDEX users_service_account ON users (service_account_client_id) WHERE service_account_client_id IS NOT NULL',
  'CREATE INDEX users_created ON users (realm_id, created_at, id)',
  `CREATE TABLE user_role (
     user_id text NOT NULL REFERENCES users ON DELETE CASCADE, role_id text NOT NULL REFERENCES role ON DELETE CASCADE,
     PRIMARY KEY (user_id, role_id))`,
  'CREATE INDEX user_role_role ON user_role (role_id)',
  `CREATE TABLE user_membership (
     user_id text NOT NULL REFERENCES users ON DELETE CASCADE, group_id text NOT NULL REFERENCES user_group ON DELETE CASCADE,
     PRIMARY KEY (user_id, group_id))`,
  'CREATE INDEX user_membership_group ON user_membership (group_id)',
  `CREATE TABLE credential (
     id text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE, type text NOT NULL, user_label text,
     created_at bigint, priority int NOT NULL, secret_data text NOT NULL, credential_data text NOT NULL, ver bigint NOT NULL DEFAULT 1)`,
  'CREATE INDEX credential_user ON credential (user_id, priority)',
  `CREATE TABLE federated_identity (
     user_id text NOT NULL REFERENCES users ON DELETE CASCADE, realm_id text NOT NULL, identity_provider text NOT NULL,
     federated_user_id text NOT NULL, federated_username text, PRIMARY KEY (user_id, identity_provider))`,
  'CREATE INDEX federated_identity_user ON federated_identity (realm_id, identity_provider, federated_user_id)',
  `CREATE TABLE user_consent (
     user_id text NOT NULL REFERENCES users ON DELETE CASCADE, client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
     scopes jsonb NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, PRIMARY KEY (user_id, client_id))`,
  'CREATE INDEX user_consent_client ON user_consent (client_id)',
  `CREATE TABLE organization (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, name text NOT NULL, alias text NOT NULL,
     enabled boolean NOT NULL, description text, redirect_url text, attributes jsonb NOT NULL DEFAULT '{}',
     representation jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1,
     UNIQUE (realm_id, name), UNIQUE (realm_id, alias))`,
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
  `CREATE TABLE organization_member (
     organization_id text NOT NULL REFERENCES organization ON DELETE CASCADE,
     user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
     realm_id text NOT NULL, membership_type text NOT NULL DEFAULT 'UNMANAGED', PRIMARY KEY (organization_id, user_id))`,
  'CREATE INDEX organization_member_organization ON organization_member (organization_id)',
  'CREATE INDEX organization_member_user ON organization_member (user_id)',
]

/**
 * Trigrams of names, so that a text that may stand anywhere in one is found without reading every user, client, group or
 * organization. `pg_trgm` is a trusted extension: whoever may create something in the database may add it. Where that is not
 * so the searches still work, in time that grows with what is there (docs/operating/performance.md, Growth).
 */
export const trigrams: readonly string[] = [
  `DO $$ BEGIN
     CREATE EXTENSION IF NOT EXISTS pg_trgm;
     CREATE INDEX users_trigrams ON users USING gin
       (username gin_trgm_ops, lower(email) gin_trgm_ops, lower(first_name) gin_trgm_ops, lower(last_name) gin_trgm_ops);
     CREATE INDEX client_trigrams ON client USING gin (lower(client_id) gin_trgm_ops);
     CREATE INDEX user_group_trigrams ON user_group USING gin (lower(name) gin_trgm_ops);
     CREATE INDEX organization_trigrams ON organization USING gin (lower(name) gin_trgm_ops, lower(alias) gin_trgm_ops);
   EXCEPTION
     WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
     WHEN OTHERS THEN
       RAISE NOTICE 'searching inside names reads all of them: %', SQLERRM;
   END $$`,
]
