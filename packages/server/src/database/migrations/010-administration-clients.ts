/**
 * The clients whose roles administer a realm, by their ids: the realm's own `realm-management`, and `{realm}-realm` in master.
 * A name can be given to another client.
 */
export const statements: readonly string[] = [
  'ALTER TABLE realm ADD COLUMN admin_client_id text, ADD COLUMN master_client_id text',
  `UPDATE realm r SET
     admin_client_id = (SELECT c.id FROM client c WHERE c.realm_id = r.id
       AND c.client_id = CASE WHEN r.name = 'master' THEN 'master-realm' ELSE 'realm-management' END),
     master_client_id = (SELECT c.id FROM client c JOIN realm m ON m.id = c.realm_id
       WHERE m.name = 'master' AND c.client_id = r.name || '-realm')`,
  'CREATE INDEX realm_master_client ON realm (master_client_id)',
]
