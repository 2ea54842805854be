/**
 * Trigrams of the names of clients and groups, so that a text that may stand anywhere in a name is found without reading
 * every client or group. As with those of users (005), searches still work where `pg_trgm` cannot be added.
 */
export const statements: readonly string[] = [
  `DO $$ BEGIN
     CREATE EXTENSION IF NOT EXISTS pg_trgm;
     CREATE INDEX client_trigrams ON client USING gin (lower(client_id) gin_trgm_ops);
     CREATE INDEX user_group_trigrams ON user_group USING gin (lower(name) gin_trgm_ops);
   EXCEPTION
     WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
     WHEN OTHERS THEN
       RAISE NOTICE 'searching inside names reads every client and group: %', SQLERRM;
   END $$`,
]
