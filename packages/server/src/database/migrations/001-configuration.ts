/**
 * Starts at the clock instead of 1: a record that is deleted and made again under the same id (an import that overrides)
 * must not fall below the version floors that caches keep for that id.
 */
export const freshVer =
  'ver bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** Realms and what they consist of. Ids are text, since imports keep the ids that they come with. `ver` = compare-and-set counter. */
export const configuration: readonly string[] = [
  // The display names stand beside the settings, which are so long that PostgreSQL keeps them compressed elsewhere: a list of
  // thousands of realms would unpack all of them. admin_client_id and master_client_id are the clients whose roles administer
  // the realm, the realm's own `realm-management` and `{realm}-realm` in master: a name can be given to another client.
  `CREATE TABLE realm (
     id text PRIMARY KEY, name text NOT NULL UNIQUE, enabled boolean NOT NULL,
     default_role_id text NOT NULL, settings jsonb NOT NULL, ${freshVer},
     display_name text GENERATED ALWAYS AS (settings->>'displayName') STORED,
     display_name_html text GENERATED ALWAYS AS (settings->>'displayNameHtml') STORED,
     admin_client_id text, master_client_id text)`,
  'CREATE INDEX realm_master_client ON realm (master_client_id)',
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
  // In the order of their ids, so that they can be compared with those that have sessions.
  'CREATE INDEX client_realm ON client (realm_id, id)',
  // Clients that authenticate by tokens of others are found by the subject in them.
  `CREATE INDEX client_federated_subject
     ON client (realm_id, (representation->'attributes'->>'jwt.credential.sub'))
     WHERE representation->>'clientAuthenticatorType' = 'federated-jwt'`,
  // Leave to register clients, and the token with which each registered client may be changed.
  `CREATE TABLE client_initial_access (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     created_at bigint NOT NULL, expires_at bigint, count integer NOT NULL, remaining integer NOT NULL)`,
  'CREATE INDEX client_initial_access_realm ON client_initial_access (realm_id)',
  `CREATE TABLE client_registration_access (
     client_id text PRIMARY KEY REFERENCES client ON DELETE CASCADE, token_id text NOT NULL)`,
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
  `CREATE TABLE identity_provider (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, alias text NOT NULL,
     provider_id text NOT NULL, enabled boolean NOT NULL, organization_id text, members jsonb NOT NULL DEFAULT '{}',
     config jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1, UNIQUE (realm_id, alias))`,
  'CREATE INDEX identity_provider_organization ON identity_provider (organization_id) WHERE organization_id IS NOT NULL',
  `CREATE TABLE identity_provider_mapper (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, alias text NOT NULL,
     name text NOT NULL, mapper text NOT NULL, config jsonb NOT NULL DEFAULT '{}', UNIQUE (realm_id, alias, name))`,
]
