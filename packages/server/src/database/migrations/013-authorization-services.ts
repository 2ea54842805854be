/** Authorization services: what a client as resource server protects, and by which policies. */
export const statements: readonly string[] = [
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
]
