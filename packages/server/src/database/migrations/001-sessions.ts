/**
 * Sessions, login state, once-only objects, counters, events. All times are milliseconds since the epoch. There is room on the
 * pages of rows that are sure to change, so that a change needs no new index entries (HOT): the row of a login, which holds its
 * code until that is redeemed; and sessions, whose neighbours on a page were made in the same second, are refreshed in the same
 * second, and change in one transaction, which cannot use the room of its own former rows.
 */
export const sessions: readonly string[] = [
  // A touch changes only last_access, which no index holds, so that the row stays on its page (HOT).
  `CREATE TABLE user_session (
     id text NOT NULL, offline boolean NOT NULL, realm_id text NOT NULL, user_id text NOT NULL,
     started_at bigint NOT NULL, last_access bigint NOT NULL, expires_at bigint NOT NULL, remember_me boolean NOT NULL,
     ip_address text, broker_session_id text, notes jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1,
     PRIMARY KEY (id, offline)) WITH (fillfactor = 50)`,
  'CREATE INDEX user_session_user ON user_session (user_id)',
  'CREATE INDEX user_session_realm ON user_session (realm_id, offline, started_at)',
  'CREATE INDEX user_session_expiry ON user_session (expires_at)',
  // refresh_chains: { reuse id: { id, uses, at, former } }, only where the realm revokes refresh tokens.
  `CREATE TABLE client_session (
     session_id text NOT NULL, offline boolean NOT NULL, client_id text NOT NULL, realm_id text NOT NULL,
     started_at bigint NOT NULL, last_access bigint NOT NULL, notes jsonb NOT NULL DEFAULT '{}',
     refresh_chains jsonb, ver bigint NOT NULL DEFAULT 1,
     PRIMARY KEY (session_id, offline, client_id),
     FOREIGN KEY (session_id, offline) REFERENCES user_session ON DELETE CASCADE) WITH (fillfactor = 50)`,
  // In the order in which the sessions of a client are listed, so that a page reads no more than itself.
  'CREATE INDEX client_session_started ON client_session (client_id, offline, started_at, session_id)',
  `CREATE TABLE authentication_session (
     id text NOT NULL, tab_id text NOT NULL, realm_id text NOT NULL, state jsonb NOT NULL, expires_at bigint NOT NULL,
     ver bigint NOT NULL DEFAULT 1, PRIMARY KEY (id, tab_id))`,
  'CREATE INDEX authentication_session_expiry ON authentication_session (expires_at)',
  `CREATE TABLE single_use_object (
     id text PRIMARY KEY, notes jsonb NOT NULL, expires_at bigint NOT NULL) WITH (fillfactor = 80)`,
  'CREATE INDEX single_use_object_expiry ON single_use_object (expires_at)',
  `CREATE TABLE login_failure (
     realm_id text NOT NULL, user_id text NOT NULL, failures int NOT NULL, temporary_lockouts int NOT NULL DEFAULT 0,
     secondary_failures int NOT NULL DEFAULT 0, last_failure bigint NOT NULL, not_before bigint NOT NULL DEFAULT 0,
     last_ip text, PRIMARY KEY (realm_id, user_id))`,
  `CREATE TABLE login_event (
     id text PRIMARY KEY, realm_id text NOT NULL, at bigint NOT NULL, type text NOT NULL, user_id text, client_id text,
     session_id text, ip_address text, error text, details jsonb, expires_at bigint)`,
  'CREATE INDEX login_event_realm ON login_event (realm_id, at)',
  // The sweep of expired events reads only what it deletes.
  'CREATE INDEX login_event_expiry ON login_event (expires_at) WHERE expires_at IS NOT NULL',
  `CREATE TABLE admin_event (
     id text PRIMARY KEY, realm_id text NOT NULL, at bigint NOT NULL, operation text NOT NULL, resource_type text NOT NULL,
     resource_path text NOT NULL, auth jsonb NOT NULL, representation text, error text, expires_at bigint)`,
  'CREATE INDEX admin_event_realm ON admin_event (realm_id, at)',
  'CREATE INDEX admin_event_expiry ON admin_event (expires_at) WHERE expires_at IS NOT NULL',
  // Mails that wait to be sent, and how many more each user and address may get of those that strangers cause.
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
