import { databaseDefaults } from '@holdfast/server/database/database-settings'
import { migrations } from '@holdfast/server/database/migrations/index'
import { migrate } from '@holdfast/server/database/migrator-store'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { sessionsAreRows } from '../harness/remote-sessions.ts'
import { createDatabase } from '../harness/test-database.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const trigramIndexes = [
  'client_trigrams',
  'organization_trigrams',
  'user_group_trigrams',
  'users_trigrams',
]
const many = 3_000

describe('lists of a realm with many users, clients and groups', () => {
  let server: TestServer
  let admin: AdminSession

  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    const fill = [
      `INSERT INTO client (id, realm_id, client_id, enabled, representation)
       SELECT 'c' || n, id, 'Many-' || n, true, '{}' FROM realm, generate_series(1, ${many}) n WHERE name = 'demo'`,
      `INSERT INTO user_group (id, realm_id, parent_id, name)
       SELECT 'g' || n, id, CASE WHEN n > 1 THEN 'g1' END, 'Many-' || n
       FROM realm, generate_series(1, ${many}) n WHERE name = 'demo'`,
      `INSERT INTO users (id, realm_id, username, email, first_name, last_name, enabled, created_at)
       SELECT 'u' || n, id, 'many-' || n, CASE n WHEN 7 THEN 'zoe@many.test' END, CASE n % 2 WHEN 0 THEN 'Zoran' END, 'Many', true, n
       FROM realm, generate_series(1, ${many}) n WHERE name = 'demo'`,
      'ANALYZE client, user_group, users',
    ]
    for (const statement of fill) await server.database.query(statement)
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  async function listed<T>(path: string): Promise<T[]> {
    const answer = await admin.send(`/admin/realms/demo${path}`)
    expect(answer.status).toBe(200)
    return answer.body as T[]
  }

  /** Names of the users that a search finds, in the answer's order. */
  async function usernames(query: string): Promise<string[]> {
    return (await listed<{ username: string }>(`/users?${query}`)).map(({ username }) => username)
  }

  it('keeps trigrams of names', async () => {
    const rows = await server.database.query<{ indexname: string }>(
      "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_trigrams' ORDER BY indexname",
    )
    expect(rows.map(({ indexname }) => indexname)).toEqual(trigramIndexes)
  })

  it('finds clients and groups by a part of their name, in any case', async () => {
    const clients = await listed<{ clientId: string }>(
      '/clients?clientId=ANY-299&search=true&max=3',
    )
    expect(clients.map(({ clientId }) => clientId)).toEqual(['Many-299', 'Many-2990', 'Many-2991'])
    const groups = await listed<{ subGroups: { path: string }[] }>('/groups?search=aNY-299&max=2')
    expect(groups.flatMap(({ subGroups }) => subGroups.map(({ path }) => path))).toEqual([
      '/Many-1/Many-299',
      '/Many-1/Many-2990',
    ])
  })

  it('pages through users in the order of their names, wherever the matches stand', async () => {
    const names = Array.from({ length: many }, (_, index) => `many-${index + 1}`).sort()
    expect(await usernames('search=many-&max=3')).toEqual(names.slice(0, 3))
    expect(await usernames('search=many-&first=1000&max=3')).toEqual(names.slice(1000, 1003))
    expect(await usernames('search=many-9&max=2')).toEqual(['many-9', 'many-90'])
    expect(await usernames('search=many-9&first=109&max=5')).toEqual(['many-998', 'many-999'])
    expect(await usernames('search=many-7&max=1')).toEqual(['many-7'])
    expect(await usernames('search=z&max=2')).toEqual(['many-10', 'many-100'])
    expect(await usernames('search=zoe&max=5')).toEqual(['many-7'])
    expect(await usernames('username=y-77&max=2')).toEqual(['many-77', 'many-770'])
    expect(await usernames('search=nobody&max=2')).toEqual([])
  })

  it.runIf(sessionsAreRows)(
    'counts the sessions of every client of the realm, and of no other realm',
    async () => {
      const [{ id: app } = { id: '' }] = await listed<{ id: string }>('/clients?clientId=app')
      const signIn = async (scope: string): Promise<void> => {
        const answer = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
          method: 'POST',
          body: new URLSearchParams({
            ...{
              grant_type: 'password',
              client_id: 'app',
              client_secret: demoSecret('app'),
              scope,
            },
            ...{ username: 'person-0', password: demoPassword('person-0') },
          }),
        })
        expect(answer.status).toBe(200)
      }
      await signIn('openid')
      await signIn('openid')
      await signIn('openid offline_access')
      await server.database.query(
        `INSERT INTO client_session (session_id, offline, client_id, realm_id, started_at, last_access)
       SELECT session_id, offline, c.id, c.realm_id, started_at, last_access
       FROM client_session s, client c WHERE s.client_id = $1 AND NOT s.offline AND c.id IN ('c1', 'c2', 'c${many}')`,
        [app],
      )
      const counted = await listed<{ clientId: string }>('/client-session-stats')
      const stats = (id: string, clientId: string, active: string, offline: string) => {
        return { id, clientId, active, offline }
      }
      const [{ active } = { active: '' }] = await server.database.query<{ active: string }>(
        'SELECT count(*)::text AS active FROM client_session WHERE client_id = $1 AND NOT offline',
        [app],
      )
      expect(counted.toSorted((a, b) => a.clientId.localeCompare(b.clientId))).toEqual([
        stats(app, 'app', active, '1'),
        stats('c1', 'Many-1', active, '0'),
        stats('c2', 'Many-2', active, '0'),
        stats(`c${many}`, `Many-${many}`, active, '0'),
      ])
      const count = await admin.send(`/admin/realms/demo/clients/${app}/offline-session-count`)
      expect(count.body).toEqual({ count: 1 })
      expect((await admin.send('/admin/realms/acme/client-session-stats')).body).toEqual([])
    },
  )
})

it('migrates without trigrams where the extension cannot be added', async () => {
  await using outside = await createDatabase(inject('postgresUrl'))
  // A name that the extension needs is taken.
  await outside.query(
    "CREATE FUNCTION similarity(text, text) RETURNS real LANGUAGE sql AS 'SELECT 0::real'",
  )
  const url = new URL(outside.url)
  await using database = new PostgresDatabase({
    settings: {
      ...databaseDefaults,
      host: url.searchParams.get('host') ?? url.hostname,
      port: Number(url.port),
      database: outside.name,
      user: url.username,
      password: url.password === '' ? undefined : url.password,
    },
    logger: pino({ level: 'silent' }),
  })
  const logger = pino({ level: 'silent' })
  const { signal } = new AbortController()
  await migrate({ database, migrations, schema: undefined, logger, deadlineMs: 30_000, signal })
  const indexes = await outside.query<{ indexname: string }>(
    "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_trigrams' OR indexname = 'client_realm'",
  )
  expect(indexes).toEqual([{ indexname: 'client_realm' }])
})
