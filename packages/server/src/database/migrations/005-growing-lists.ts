/**
 * Searches and lists whose time shall not grow with what is there.
 *
 * Trigrams, so that a text that may stand anywhere in a name is found without reading every user. `pg_trgm` is a trusted
 * extension: whoever may create something in the database may add it. Where that is not so the searches still work, in
 * time that grows with the number of users (docs/operating/performance.md, Growth).
 *
 * The sessions of a client in the order in which they are listed, so that a page reads no more than itself; the index
 * takes the place of client_session_client, whose columns it begins with.
 */
export const statements: readonly string[] = [
  `DO $$ BEGIN
     CREATE EXTENSION IF NOT EXISTS pg_trgm;
     CREATE INDEX users_trigrams ON users USING gin
       (username gin_trgm_ops, lower(email) gin_trgm_ops, lower(first_name) gin_trgm_ops, lower(last_name) gin_trgm_ops);
   EXCEPTION
     WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
     WHEN OTHERS THEN
       RAISE NOTICE 'searching inside names reads every user: %', SQLERRM;
   END $$`,
  'CREATE INDEX client_session_started ON client_session (client_id, offline, started_at, session_id)',
  'DROP INDEX client_session_client',
]
