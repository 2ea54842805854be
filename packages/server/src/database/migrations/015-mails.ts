/** Mails that wait to be sent, and how many more each user and address may get of those that strangers cause. */
export const statements: readonly string[] = [
  `CREATE TABLE mail (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
     content jsonb, asked_at bigint NOT NULL, due_at bigint, deadline bigint NOT NULL,
     attempts integer NOT NULL DEFAULT 0)`,
  'CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX mail_asked ON mail (asked_at)',
  'CREATE INDEX mail_realm ON mail (realm_id)',
  `CREATE TABLE mail_allowance (
     id text PRIMARY KEY, used integer NOT NULL, ends_at bigint NOT NULL)`,
  'CREATE INDEX mail_allowance_end ON mail_allowance (ends_at)',
]
