/**
 * Lists and counts of realms with many clients or groups.
 *
 * Trigrams of names, so that a text that may stand anywhere in one is found without reading every client or group. As with
 * those of users (005), searches still work where `pg_trgm` cannot be added.
 *
 * The clients of a realm in the order of their ids, so that they can be compared with those that have sessions.
 */
export const statements: readonly string[] = [
  `DO $$ BEGIN
     CREATE EXTENSION IF NOT EXISTS pg_trgm;
     CREATE INDEX IF NOT EXISTS client_trigrams ON client USING gin (lower(client_id) gin_trgm_ops);
     CREATE INDEX IF NOT EXISTS user_group_trigrams ON user_group USING gin (lower(name) gin_trgm_ops);
   EXCEPTION
     WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
     WHEN OTHERS THEN
       RAISE NOTICE 'searching inside names reads every client and group: %', SQLERRM;
   END $$`,
  'CREATE INDEX IF NOT EXISTS client_realm ON client (realm_id, id)',
]
