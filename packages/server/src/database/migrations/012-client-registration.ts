/** Leave to register clients, and the token with which each registered client may be changed. */
export const statements: readonly string[] = [
  `CREATE TABLE client_initial_access (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     created_at bigint NOT NULL, expires_at bigint, count integer NOT NULL, remaining integer NOT NULL)`,
  'CREATE INDEX client_initial_access_realm ON client_initial_access (realm_id)',
  `CREATE TABLE client_registration_access (
     client_id text PRIMARY KEY REFERENCES client ON DELETE CASCADE, token_id text NOT NULL)`,
]
