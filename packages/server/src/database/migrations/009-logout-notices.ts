/** Logout tokens that clients have not taken yet; a row goes when its client was told, or is given up. */
export const logoutNotices: readonly string[] = [
  `CREATE TABLE logout_notice (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, client_id text NOT NULL,
     session_id text NOT NULL, user_id text NOT NULL, frontend text NOT NULL, admin text NOT NULL,
     due_at bigint NOT NULL, attempts integer NOT NULL DEFAULT 1)`,
  'CREATE INDEX logout_notice_due ON logout_notice (due_at)',
  // For a realm that goes.
  'CREATE INDEX logout_notice_realm ON logout_notice (realm_id)',
]
