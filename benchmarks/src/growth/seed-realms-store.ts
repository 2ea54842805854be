import type { TestDatabase } from '@holdfast/server/harness/test-database'

/**
 * Copies the demo realm: number `from` + 1 to `to`. Every row is made of one that is there, so it is done inside the
 * database, without its people.
 */
export async function seedRealms(database: TestDatabase, from: number, to: number): Promise<void> {
  for (const copy of copies) await database.query(copy, [from + 1, to])
}

/** The demo realm's id. */
const demo = "(SELECT id FROM realm WHERE name = 'demo')"

/** The text of a column in the copy with the number `n`. */
function copied(column: string): string {
  return `${column} || '-' || n`
}

const copies: readonly string[] = [
  `INSERT INTO realm (id, name, enabled, default_role_id, settings)
   SELECT ${copied('id')}, ${copied('name')}, enabled, ${copied('default_role_id')}, settings
   FROM realm, generate_series($1::int, $2::int) n WHERE name = 'demo'`,
  `INSERT INTO component (id, realm_id, parent_id, provider_type, provider_id, sub_type, name, config)
   SELECT ${copied('id')}, ${copied('realm_id')}, ${copied('parent_id')}, provider_type, provider_id, sub_type, name, config
   FROM component, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
  `INSERT INTO client_scope (id, realm_id, name, protocol, representation)
   SELECT ${copied('id')}, ${copied('realm_id')}, name, protocol, representation
   FROM client_scope, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
  `INSERT INTO client (id, realm_id, client_id, enabled, representation)
   SELECT ${copied('id')}, ${copied('realm_id')}, client_id, enabled, representation
   FROM client, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
  `INSERT INTO role (id, realm_id, client_id, name)
   SELECT ${copied('id')}, ${copied('realm_id')}, ${copied('client_id')}, name
   FROM role, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
  `INSERT INTO role_composite (role_id, child_id)
   SELECT ${copied('k.role_id')}, ${copied('k.child_id')}
   FROM role_composite k JOIN role r ON r.id = k.role_id AND r.realm_id = ${demo}, generate_series($1::int, $2::int) n`,
  `INSERT INTO client (id, realm_id, client_id, enabled, representation)
   SELECT ${copied('id')}, realm_id, 'demo-' || n || '-realm', enabled, representation
   FROM client, generate_series($1::int, $2::int) n WHERE client_id = 'demo-realm'`,
  `INSERT INTO role (id, realm_id, client_id, name)
   SELECT ${copied('r.id')}, r.realm_id, ${copied('r.client_id')}, r.name
   FROM role r JOIN client c ON c.id = r.client_id AND c.client_id = 'demo-realm', generate_series($1::int, $2::int) n`,
  `INSERT INTO role_composite (role_id, child_id)
   SELECT k.role_id, ${copied('k.child_id')}
   FROM role_composite k JOIN role r ON r.id = k.child_id JOIN client c ON c.id = r.client_id AND c.client_id = 'demo-realm'
   JOIN role a ON a.id = k.role_id AND a.name = 'admin', generate_series($1::int, $2::int) n`,
]
