/**
 * What takes many transactions: users of a realm that are still coming in (the realm is disabled until they are), and realms that
 * are gone for everybody while their rows are still being removed.
 */
export const longWork: readonly string[] = [
  `CREATE TABLE unfinished_import (
     realm_id text PRIMARY KEY REFERENCES realm ON DELETE CASCADE, fingerprint text NOT NULL,
     users_done bigint NOT NULL DEFAULT 0, enabled boolean NOT NULL)`,
  'CREATE TABLE removed_realm (realm_id text PRIMARY KEY REFERENCES realm ON DELETE CASCADE)',
  // What goes with a realm is found without reading the table.
  'CREATE INDEX organization_invitation_realm ON organization_invitation (realm_id)',
]
