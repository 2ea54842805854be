/** Groups of organizations, apart from the groups of realms: nothing that counts the latter may meet them. */
export const organizationGroups: readonly string[] = [
  // Name of the group around all groups of an organization, which only `parentId` of the topmost shows.
  'ALTER TABLE organization ADD COLUMN group_root_id text NOT NULL DEFAULT gen_random_uuid()::text',
  `CREATE TABLE organization_group (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     organization_id text NOT NULL REFERENCES organization ON DELETE CASCADE,
     parent_id text REFERENCES organization_group ON DELETE CASCADE, name text NOT NULL, description text,
     attributes jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1)`,
  "CREATE UNIQUE INDEX organization_group_name ON organization_group (organization_id, coalesce(parent_id, ''), name)",
  'CREATE INDEX organization_group_parent ON organization_group (parent_id)',
  'CREATE INDEX organization_group_realm ON organization_group (realm_id)',
  `CREATE TABLE organization_group_role (
     group_id text NOT NULL REFERENCES organization_group ON DELETE CASCADE,
     role_id text NOT NULL REFERENCES role ON DELETE CASCADE, PRIMARY KEY (group_id, role_id))`,
  'CREATE INDEX organization_group_role_role ON organization_group_role (role_id)',
  // Who leaves the organization leaves its groups.
  `CREATE TABLE organization_group_member (
     group_id text NOT NULL REFERENCES organization_group ON DELETE CASCADE,
     organization_id text NOT NULL, user_id text NOT NULL, PRIMARY KEY (group_id, user_id),
     FOREIGN KEY (organization_id, user_id) REFERENCES organization_member ON DELETE CASCADE)`,
  'CREATE INDEX organization_group_member_user ON organization_group_member (user_id, organization_id)',
]
