import { createHash } from 'node:crypto'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { bulkLoad } from './bulk-connection.ts'
import { type Cell, copyRows } from './copy-rows.ts'

type Seed = (database: TestDatabase, from: number, to: number) => Promise<void>

/** Sessions belong to so many users. */
const sessionUsers = 10_000
const madeAt = 1_700_000_000_000
/** Groups that each person is a member of. */
const memberships = 5

/** The same id for the same row every time. @param kind keeps the kinds apart */
function uuid(kind: string, row: number): string {
  const hex = createHash('md5').update(`${kind}${row}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Rows beyond those that the imported realm has: number `from` + 1 to `to`. */
export const seeds = {
  clients: async (database, from, to) => {
    const [app] = await database.query<{ realm_id: string; representation: string }>(
      `SELECT c.realm_id, c.representation::text FROM client c JOIN realm r ON r.id = c.realm_id
        WHERE c.client_id = 'app' AND r.name = 'demo'`,
    )
    await bulkLoad(database, ['client'], to - from, async (client) => {
      const rows = mapRows(from, to, (row) => [
        ...[uuid('client', row), app?.realm_id ?? '', `grown-${row}`, true],
        app?.representation ?? '',
      ])
      await copyRows(client, 'client', 'id, realm_id, client_id, enabled, representation', rows)
    })
  },

  users: async (database, from, to) => {
    const realm = await demoRealmRow(database)
    const [password] = await database.query<{ secret_data: string; credential_data: string }>(
      "SELECT secret_data, credential_data FROM credential WHERE type = 'password' LIMIT 1",
    )
    const { secret_data: secret = '', credential_data: parameters = '' } = password ?? {}
    const tables = ['users', 'credential', 'user_role']
    await bulkLoad(database, tables, to - from, async (client) => {
      const users = mapRows(from, to, (row) => userRow(realm.id, row))
      await copyRows(
        client,
        'users',
        'id, realm_id, username, email, email_key, email_verified, first_name, last_name, enabled, created_at, attributes',
        users,
      )
      const credentials = mapRows(from, to, (row) => [
        ...[uuid('credential', row), uuid('user', row), 'password', madeAt, 10],
        ...[secret, parameters],
      ])
      await copyRows(
        client,
        'credential',
        'id, user_id, type, created_at, priority, secret_data, credential_data',
        credentials,
      )
      const roles = mapRows(from, to, (row) => [uuid('user', row), realm.default_role_id])
      await copyRows(client, 'user_role', 'user_id, role_id', roles)
    })
  },

  sessions: async (database, from, to) => {
    const [{ there } = { there: '0' }] = await database.query<{ there: string }>(
      'SELECT count(*) AS there FROM users WHERE id = $1',
      [uuid('user', sessionUsers)],
    )
    if (Number(there) === 0) await seeds.users(database, 0, sessionUsers)
    const lifeMs = 36_000_000
    await copySessions(database, to - from, Date.now(), Date.now() + lifeMs)
  },

  roles: async (database, from, to) => {
    const realm = await demoRealmRow(database)
    const people = await peopleIds(database)
    await bulkLoad(database, ['role', 'user_role'], people.length * (to - from), async (client) => {
      const roles = mapRows(from, to, (row) => [uuid('role', row), realm.id, `grown-${row}`])
      await copyRows(client, 'role', 'id, realm_id, name', roles)
      for (const person of people) {
        const granted = mapRows(from, to, (row) => [person, uuid('role', row)])
        await copyRows(client, 'user_role', 'user_id, role_id', granted)
      }
    })
  },

  groups: async (database, from, to) => {
    const realm = await demoRealmRow(database)
    const people = from < memberships ? await peopleIds(database) : []
    // Of ten, the first stands at the top and the others stand below it.
    const parentOf = (row: number): string | null =>
      row % 10 === 1 ? null : uuid('group', row - ((row - 1) % 10))
    await bulkLoad(database, ['user_group', 'user_membership'], to - from, async (client) => {
      const groups = mapRows(from, to, (row) => [
        ...[uuid('group', row), realm.id, parentOf(row), `grown-${row}`],
      ])
      await copyRows(client, 'user_group', 'id, realm_id, parent_id, name', groups)
      for (const person of people) {
        const joined = mapRows(from, Math.min(to, memberships), (row) => [
          person,
          uuid('group', row),
        ])
        await copyRows(client, 'user_membership', 'user_id, group_id', joined)
      }
    })
  },
} satisfies Record<string, Seed>

function userRow(realmId: string, row: number): Cell[] {
  const mark = (kind: string): string => uuid(kind, row).slice(0, 8)
  const name = `grown-${row}-${mark('name')}`
  const email = `${name}@grown.test`
  return [
    ...[uuid('user', row), realmId, name, email, email, true],
    ...[`Grown ${mark('first')}`, `Person ${mark('last')}`, true, madeAt + row],
    JSON.stringify({ employee: [`e${row}`] }),
  ]
}

/**
 * Sessions with one client each. Their ids and times ascend together, so that indexes grow at few places.
 * @param at when they were used last; they began during the hour before
 */
async function copySessions(
  database: TestDatabase,
  count: number,
  at: number,
  expiresAt: number,
): Promise<void> {
  const realm = await demoRealmRow(database)
  const [app] = await database.query<{ id: string }>(
    "SELECT id FROM client WHERE client_id = 'app' AND realm_id = $1",
    [realm.id],
  )
  const batch = Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  const idOf = (row: number): string =>
    `${Math.floor((row / (count + 1)) * 16 ** 7)
      .toString(16)
      .padStart(7, '0')}${batch}${String(row).padStart(8, '0').slice(-7)}`
  const startOf = (row: number): number => at - 3_600_000 + Math.floor((row / count) * 3_600_000)
  await bulkLoad(database, ['user_session', 'client_session'], count, async (client) => {
    const sessions = mapRows(0, count, (row) => [
      ...[idOf(row), false, realm.id, uuid('user', 1 + (row % sessionUsers))],
      ...[startOf(row), at, expiresAt + (row % 1000), false, '127.0.0.1'],
    ])
    await copyRows(
      client,
      'user_session',
      'id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me, ip_address',
      sessions,
    )
    const clientSessions = mapRows(0, count, (row) => [
      ...[idOf(row), false, app?.id ?? '', realm.id, startOf(row), at],
    ])
    await copyRows(
      client,
      'client_session',
      'session_id, offline, client_id, realm_id, started_at, last_access',
      clientSessions,
    )
  })
}

/** Sessions that ended long ago, for the expiry sweep. */
export async function seedExpired(database: TestDatabase, rows: number): Promise<void> {
  await copySessions(database, rows, 3_601_000, 3_602_000)
}

/** Tells the planner what is there now, as autovacuum does a while later. */
export async function settle(database: TestDatabase): Promise<void> {
  await database.query('VACUUM ANALYZE')
  await database.query('CHECKPOINT')
}

function* mapRows(
  from: number,
  to: number,
  row: (row: number) => readonly Cell[],
): Generator<readonly Cell[]> {
  for (let next = from + 1; next <= to; next++) yield row(next)
}

async function demoRealmRow(
  database: TestDatabase,
): Promise<{ id: string; default_role_id: string }> {
  const [row] = await database.query<{ id: string; default_role_id: string }>(
    "SELECT id, default_role_id FROM realm WHERE name = 'demo'",
  )
  if (row === undefined) throw new Error('there is no realm demo')
  return row
}

/** The people who sign in. */
async function peopleIds(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT u.id FROM users u JOIN realm r ON r.id = u.realm_id
      WHERE r.name = 'demo' AND u.username LIKE 'person-%'`,
  )
  return rows.map(({ id }) => id)
}
