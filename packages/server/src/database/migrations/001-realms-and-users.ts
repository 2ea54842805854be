/**
 * Starts at the clock instead of 1: a record that is deleted and made again under the same id (an import that overrides)
 * must not fall below the version floors that caches keep for that id.
 */
const freshVer =
  'ver bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** Configuration and users. Ids are text, since imports keep the ids that they come with. `ver` = compare-and-set counter. */
export const statements: readonly string[] = [
  `CREATE TABLE realm (
     id text PRIMARY KEY, name text NOT NULL UNIQUE, enabled boolean NOT NULL,
     default_role_id text NOT NULL, settings jsonb NOT NULL, ${freshVer})`,
  `CREATE TABLE component (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, parent_id text NOT NULL,
     provider_type text NOT NULL, provider_id text NOT NULL, sub_type text, name text,
     config jsonb NOT NULL, ver bigint NOT NULL DEFAULT 1)`,
  'CREATE INDEX component_realm ON component (realm_id, provider_type)',
  `CREATE TABLE client_scope (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, name text NOT NULL,
     protocol text, representation jsonb NOT NULL, ver bigint NOT NULL DEFAULT 1, UNIQUE (realm_id, name))`,
  `CREATE TABLE client (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, client_id text NOT NULL,
     enabled boolean NOT NULL, representation jsonb NOT NULL, ${freshVer}, UNIQUE (realm_id, client_id))`,
  `CREATE TABLE role (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     client_id text REFERENCES client ON DELETE CASCADE, name text NOT NULL, description text,
     attributes jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1)`,
  "CREATE UNIQUE INDEX role_name ON role (realm_id, coalesce(client_id, ''), name)",
  'CREATE INDEX role_client ON role (client_id)',
  `CREATE TABLE role_composite (
     role_id text NOT NULL REFERENCES role ON DELETE CASCADE, child_id text NOT NULL REFERENCES role ON DELETE CASCADE,
     PRIMARY KEY (role_id, child_id))`,
  'CREATE INDEX role_composite_child ON role_composite (child_id)',
  `CREATE TABLE scope_mapping (
     container_id text NOT NULL, role_id text NOT NULL REFERENCES role ON DELETE CASCADE, PRIMARY KEY (container_id, role_id))`,
  'CREATE INDEX scope_mapping_role ON scope_mapping (role_id)',
  `CREATE TABLE user_group (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     parent_id text REFERENCES user_group ON DELETE CASCADE, name text NOT NULL, description text,
     attributes jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1)`,
  "CREATE UNIQUE INDEX user_group_name ON user_group (realm_id, coalesce(parent_id, ''), name)",
  'CREATE INDEX user_group_attributes ON user_group USING gin (attributes jsonb_path_ops)',
  'CREATE INDEX user_group_parent ON user_group (parent_id)',
  `CREATE TABLE group_role (
     group_id text NOT NULL REFERENCES user_group ON DELETE CASCADE, role_id text NOT NULL REFERENCES role ON DELETE CASCADE,
     PRIMARY KEY (group_id, role_id))`,
  'CREATE INDEX group_role_role ON group_role (role_id)',
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
  `CREATE TABLE organization_member (
     organization_id text NOT NULL, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
     realm_id text NOT NULL, membership_type text NOT NULL DEFAULT 'UNMANAGED', PRIMARY KEY (organization_id, user_id))`,
  'CREATE INDEX organization_member_organization ON organization_member (organization_id)',
  'CREATE INDEX organization_member_user ON organization_member (user_id)',
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
]
