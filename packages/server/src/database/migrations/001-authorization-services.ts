/** Authorization services: what a client as resource server protects and by which policies, and what users share. */
export const authorizationServices: readonly string[] = [
  `CREATE TABLE resource_server (
     client_id text PRIMARY KEY REFERENCES client (id) ON DELETE CASCADE,
     realm_id text NOT NULL,
     settings jsonb NOT NULL,
     ver bigint NOT NULL DEFAULT 1)`,
  `CREATE TABLE resource_server_entry (
     id text PRIMARY KEY,
     client_id text NOT NULL REFERENCES resource_server (client_id) ON DELETE CASCADE,
     kind text NOT NULL,
     name text NOT NULL,
     owner text NOT NULL,
     representation jsonb NOT NULL,
     UNIQUE (client_id, kind, owner, name))`,
  `CREATE INDEX resource_server_entry_owner ON resource_server_entry (owner) WHERE kind = 'resource'`,
  // What users have asked owners of resources for, and what those have granted.
  `CREATE TABLE permission_ticket (
     id text PRIMARY KEY,
     client_id text NOT NULL REFERENCES resource_server (client_id) ON DELETE CASCADE,
     resource_id text NOT NULL REFERENCES resource_server_entry (id) ON DELETE CASCADE,
     scope_id text REFERENCES resource_server_entry (id) ON DELETE CASCADE,
     owner text NOT NULL,
     requester text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
     created_at bigint NOT NULL,
     granted_at bigint)`,
  `CREATE UNIQUE INDEX permission_ticket_once
     ON permission_ticket (resource_id, requester, coalesce(scope_id, ''))`,
  'CREATE INDEX permission_ticket_requester ON permission_ticket (requester, client_id)',
  'CREATE INDEX permission_ticket_owner ON permission_ticket (owner)',
  'CREATE INDEX permission_ticket_client ON permission_ticket (client_id, id)',
  'CREATE INDEX permission_ticket_scope ON permission_ticket (scope_id)',
]
