/**
 * Sessions of servers without the feature `persistent-user-sessions`: written without a log, so that PostgreSQL empties these
 * tables when it recovers from a crash. Columns, indexes and room on the pages are those of the tables with a log.
 */
export const volatileSessions: readonly string[] = [
  `CREATE UNLOGGED TABLE volatile_user_session (
     id text NOT NULL, offline boolean NOT NULL, realm_id text NOT NULL, user_id text NOT NULL,
     started_at bigint NOT NULL, last_access bigint NOT NULL, expires_at bigint NOT NULL, remember_me boolean NOT NULL,
     ip_address text, broker_session_id text, notes jsonb NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1,
     PRIMARY KEY (id, offline)) WITH (fillfactor = 50)`,
  'CREATE INDEX volatile_user_session_user ON volatile_user_session (user_id)',
  'CREATE INDEX volatile_user_session_realm ON volatile_user_session (realm_id, offline, started_at)',
  'CREATE INDEX volatile_user_session_expiry ON volatile_user_session (expires_at)',
  `CREATE UNLOGGED TABLE volatile_client_session (
     session_id text NOT NULL, offline boolean NOT NULL, client_id text NOT NULL, realm_id text NOT NULL,
     started_at bigint NOT NULL, last_access bigint NOT NULL, notes jsonb NOT NULL DEFAULT '{}',
     refresh_chains jsonb, ver bigint NOT NULL DEFAULT 1,
     PRIMARY KEY (session_id, offline, client_id),
     FOREIGN KEY (session_id, offline) REFERENCES volatile_user_session ON DELETE CASCADE) WITH (fillfactor = 50)`,
  `CREATE INDEX volatile_client_session_started
     ON volatile_client_session (client_id, offline, started_at, session_id)`,
]
