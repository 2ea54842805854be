/**
 * Secrets inside JSON documents that were sealed become objects, `{"sealed": …}`, which nobody can write in their place.
 * Only a database that is encrypted has them: anywhere else such a text is what somebody typed.
 */
const asObject = (table: string, column: string) =>
  `UPDATE ${table} SET ${column} =
     regexp_replace(${column}::text, '"(hf1:[0-9a-f]{8}:[A-Za-z0-9_-]+)"', '{"sealed": "\\1"}', 'g')::jsonb
   WHERE ${column}::text LIKE '%"hf1:%' AND EXISTS (SELECT FROM server_setting WHERE name = 'encryption-check')`

export const statements: readonly string[] = [
  asObject('component', 'config'),
  asObject('realm', 'settings'),
]
