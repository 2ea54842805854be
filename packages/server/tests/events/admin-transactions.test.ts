import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { cases } from '../permissions/cases.ts'
import { realmName, World } from '../permissions/world.ts'

const who = 'own/realm-admin'
const writes = cases.filter(({ method }) => method !== 'GET')

/** Writes that have no event, because Keycloak has none for them or because nothing was there to be changed. */
const withoutEvent: ReadonlySet<string> = new Set([
  'DELETE events',
  'DELETE admin-events',
  'DELETE attack detection of a user',
  'DELETE initial access',
  'POST impersonation',
  'POST partial import',
  'PUT disable credential types',
])

/** What changes by itself, or by the administrator's own tokens. */
const restless = ['cluster_%', 'inv_%', 'job_lease', 'user_session', 'client_session']

describe('an admin event that cannot be written', () => {
  let server: TestServer
  let admin: AdminSession
  let world: World
  const answers = new Map<string, number>()
  const left: string[] = []

  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    world = new World(server.url, async () => admin, [who])
    await world.make()
    const kept = { adminEventsEnabled: true, adminEventsDetailsEnabled: true }
    await admin.send(`/admin/realms/${realmName}`, { method: 'PUT', body: kept })
    await server.database.query(`
      CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no admin event today'; END $$`)
    await server.database.query(`
      CREATE TRIGGER refuse_event BEFORE INSERT ON admin_event
      FOR EACH ROW EXECUTE FUNCTION refuse_event()`)
    const content = await contentQuery()
    let before = await contents(content)
    for (const { name, method, path, body } of writes) {
      const filled = world.filled({ path, body }, who)
      const request = { method, ...(body === undefined ? {} : { body: filled.body }) }
      const answer = await admin.send(`/admin/realms/${realmName}${filled.path}`, request)
      answers.set(name, answer.status)
      const after = await contents(content)
      const changed = [...after].filter(([table, text]) => before.get(table) !== text)
      before = after
      if (withoutEvent.has(name)) continue
      for (const [table] of changed) left.push(`${name} (${answer.status}): ${table}`)
    }
  }, 120_000)
  afterAll(() => server?.[Symbol.asyncDispose]())

  /** One statement for a fingerprint of every table. */
  async function contentQuery(): Promise<string> {
    const tables = await server.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
       AND NOT tablename LIKE ANY ($1)`,
      [restless],
    )
    return tables
      .map(
        ({ name }) =>
          `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS text FROM "${name}" t`,
      )
      .join(' UNION ALL ')
  }

  async function contents(query: string): Promise<Map<string, string>> {
    const rows = await server.database.query<{ name: string; text: string }>(query)
    return new Map(rows.map(({ name, text }) => [name, text]))
  }

  it('takes the change with it, whatever it was', () => {
    expect(left).toEqual([])
  })

  it('refuses every write that has one', () => {
    const done = [...answers].filter(([, status]) => status < 300).map(([name]) => name)
    expect(new Set(done)).toEqual(withoutEvent)
    const refused = [...answers.values()].filter((status) => status === 500)
    expect(refused.length).toBeGreaterThan(100)
  })

  it('keeps realms from coming and going', async () => {
    await server.database.query('ALTER TABLE admin_event DISABLE TRIGGER refuse_event')
    const body = { adminEventsEnabled: true }
    const master = await admin.send('/admin/realms/master', { method: 'PUT', body })
    expect(master.status).toBe(204)
    await server.database.query('ALTER TABLE admin_event ENABLE TRIGGER refuse_event')
    const realm = { realm: 'never', enabled: true }
    expect((await admin.send('/admin/realms', { method: 'POST', body: realm })).status).toBe(500)
    expect((await admin.send('/admin/realms/never')).status).toBe(404)
    const kept = await admin.send(`/admin/realms/${realmName}`, { method: 'DELETE' })
    expect(kept.status).toBe(500)
    expect((await admin.send(`/admin/realms/${realmName}`)).status).toBe(200)
  })
})
