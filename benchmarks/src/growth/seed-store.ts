import type { TestDatabase } from '@holdfast/server/harness/test-database'

type Seed = (database: TestDatabase, from: number, to: number) => Promise<void>

/** The demo realm's id. */
const demo = "(SELECT id FROM realm WHERE name = 'demo')"

/** An id that looks like any other. @param kind keeps the kinds apart; `n` is the number of the row */
function uuid(kind: string): string {
  return `md5('${kind}' || n)::uuid::text`
}

/**
 * Rows beyond those that the imported realm has: number `from` + 1 to `to`. They are made inside the database by one
 * statement each, which is as fast as COPY and needs no file.
 */
export const seeds = {
  realms: async (database, from, to) => {
    const text = (column: string): string => `${column} || '-' || n`
    const copies = [
      `INSERT INTO realm (id, name, enabled, default_role_id, settings)
       SELECT ${text('id')}, ${text('name')}, enabled, ${text('default_role_id')}, settings
       FROM realm, generate_series($1::int, $2::int) n WHERE name = 'demo'`,
      `INSERT INTO component (id, realm_id, parent_id, provider_type, provider_id, sub_type, name, config)
       SELECT ${text('id')}, ${text('realm_id')}, ${text('parent_id')}, provider_type, provider_id, sub_type, name, config
       FROM component, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
      `INSERT INTO client_scope (id, realm_id, name, protocol, representation)
       SELECT ${text('id')}, ${text('realm_id')}, name, protocol, representation
       FROM client_scope, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
      `INSERT INTO client (id, realm_id, client_id, enabled, representation)
       SELECT ${text('id')}, ${text('realm_id')}, client_id, enabled, representation
       FROM client, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
      `INSERT INTO role (id, realm_id, client_id, name)
       SELECT ${text('id')}, ${text('realm_id')}, ${text('client_id')}, name
       FROM role, generate_series($1::int, $2::int) n WHERE realm_id = ${demo}`,
      `INSERT INTO client (id, realm_id, client_id, enabled, representation)
       SELECT ${text('id')}, realm_id, 'demo-' || n || '-realm', enabled, representation
       FROM client, generate_series($1::int, $2::int) n WHERE client_id = 'demo-realm'`,
      `INSERT INTO role (id, realm_id, client_id, name)
       SELECT ${text('r.id')}, r.realm_id, ${text('r.client_id')}, r.name
       FROM role r JOIN client c ON c.id = r.client_id AND c.client_id = 'demo-realm', generate_series($1::int, $2::int) n`,
      `INSERT INTO role_composite (role_id, child_id)
       SELECT k.role_id, ${text('k.child_id')}
       FROM role_composite k JOIN role r ON r.id = k.child_id JOIN client c ON c.id = r.client_id AND c.client_id = 'demo-realm'
       JOIN role a ON a.id = k.role_id AND a.name = 'admin', generate_series($1::int, $2::int) n`,
    ]
    for (const copy of copies) await database.query(copy, [from + 1, to])
  },

  clients: async (database, from, to) => {
    await database.query(
      `INSERT INTO client (id, realm_id, client_id, enabled, representation)
       SELECT ${uuid('client')}, realm_id, 'grown-' || n, enabled, representation
       FROM client, generate_series($1::int, $2::int) n WHERE client_id = 'app' AND realm_id = ${demo}`,
      [from + 1, to],
    )
  },

  users: async (database, from, to) => {
    const parameters = [from + 1, to]
    await database.query(
      `INSERT INTO users (id, realm_id, username, email, email_key, email_verified, first_name, last_name, enabled, created_at)
       SELECT ${uuid('user')}, ${demo}, name, name || '@grown.test', name || '@grown.test', true,
         'Grown ' || substr(md5('first' || n), 1, 8), 'Person ' || substr(md5('last' || n), 1, 8), true, 1700000000000 + n
       FROM (SELECT n, 'grown-' || n || '-' || substr(md5('name' || n), 1, 8) AS name FROM generate_series($1::int, $2::int) n) k`,
      parameters,
    )
    await database.query(
      `INSERT INTO credential (id, user_id, type, created_at, priority, secret_data, credential_data)
       SELECT ${uuid('credential')}, ${uuid('user')}, 'password', 1700000000000, 10, secret_data, credential_data
       FROM (SELECT * FROM credential WHERE type = 'password' LIMIT 1) k, generate_series($1::int, $2::int) n`,
      parameters,
    )
    await database.query(
      `INSERT INTO user_role (user_id, role_id)
       SELECT ${uuid('user')}, (SELECT default_role_id FROM realm WHERE name = 'demo') FROM generate_series($1::int, $2::int) n`,
      parameters,
    )
  },

  sessions: async (database, from, to) => {
    const lifeMs = 36_000_000
    await insertSessions(database, from + 1, to, Date.now(), Date.now() + lifeMs, 'grown')
  },

  roles: async (database, from, to) => {
    await database.query(
      `INSERT INTO role (id, realm_id, name)
       SELECT ${uuid('role')}, ${demo}, 'grown-' || n FROM generate_series($1::int, $2::int) n`,
      [from + 1, to],
    )
    await database.query(
      `INSERT INTO user_role (user_id, role_id)
       SELECT u.id, ${uuid('role')} FROM users u, generate_series($1::int, $2::int) n
       WHERE u.realm_id = ${demo} AND u.username LIKE 'person-%'`,
      [from + 1, to],
    )
  },

  groups: async (database, from, to) => {
    // Every tenth stands at the top, the nine after it stand below it.
    await database.query(
      `INSERT INTO user_group (id, realm_id, parent_id, name)
       SELECT ${uuid('group')}, ${demo}, CASE WHEN n % 10 = 0 THEN NULL ELSE md5('group' || (n - n % 10))::uuid::text END, 'grown-' || n
       FROM generate_series($1::int, $2::int) n ORDER BY n`,
      [from === 0 ? 0 : from + 1, to],
    )
    await database.query(
      `INSERT INTO user_membership (user_id, group_id)
       SELECT u.id, ${uuid('group')} FROM users u, generate_series(0, 4) n
       WHERE u.realm_id = ${demo} AND u.username LIKE 'person-%' ON CONFLICT DO NOTHING`,
    )
  },
} satisfies Record<string, Seed>

/** Sessions of ten thousand users, each with one client. Times in milliseconds since the epoch. */
async function insertSessions(
  database: TestDatabase,
  from: number,
  to: number,
  startedAt: number,
  expiresAt: number,
  kind: string,
): Promise<void> {
  const id = `substr(translate(encode(sha256(('${kind}' || n)::bytea), 'base64'), '+/', '-_'), 1, 24)`
  const source = 'FROM generate_series($1::int, $2::int) n'
  await database.query(
    `INSERT INTO user_session (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address)
     SELECT ${id}, false, ${demo}, md5('user' || n % 10000)::uuid::text, $3::bigint + n % 1000, $3, $4::bigint + n % 1000, false, '127.0.0.1'
     ${source}`,
    [from, to, startedAt, expiresAt],
  )
  await database.query(
    `INSERT INTO client_session (session_id, offline, client_id, realm_id, started_at, last_access)
     SELECT ${id}, false, (SELECT id FROM client WHERE client_id = 'app' AND realm_id = ${demo}), ${demo}, $3, $3 ${source}`,
    [from, to, startedAt],
  )
}

/** Sessions that ended long ago, for the expiry sweep. */
export async function seedExpired(database: TestDatabase, rows: number): Promise<void> {
  await insertSessions(database, 1, rows, 1_000, 2_000, 'ended')
}

/** Tells the planner what is there now, as autovacuum does a while later. */
export async function settle(database: TestDatabase): Promise<void> {
  await database.query('VACUUM ANALYZE')
  await database.query('CHECKPOINT')
}
