import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

interface ShownEvent {
  readonly operationType: string
  readonly resourceType: string
  readonly resourcePath: string
  readonly representation?: string
}

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const body = { adminEventsEnabled: true, adminEventsDetailsEnabled: true }
  expect((await admin.send('/admin/realms/master', { method: 'PUT', body })).status).toBe(204)
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function eventsOf(realm: string, operation: string): Promise<ShownEvent[]> {
  const path = `/admin/realms/${realm}/admin-events?operationTypes=${operation}&resourceTypes=REALM`
  return (await admin.send(path)).body as ShownEvent[]
}

const create = async (body: unknown) => await admin.send('/admin/realms', { method: 'POST', body })

it('a realm that comes or goes leaves its event in the realm of whom made the change', async () => {
  const smtpServer = {
    host: 'mail',
    from: 'a@b.example',
    auth: 'true',
    user: 'u',
    password: 'pw4mail',
  }
  const made = await create({
    realm: 'eventful',
    enabled: true,
    adminEventsEnabled: true,
    smtpServer,
  })
  expect(made.status).toBe(201)
  const [created, ...others] = await eventsOf('master', 'CREATE')
  expect(others).toEqual([])
  expect(created).toMatchObject({ resourceType: 'REALM', resourcePath: 'eventful' })
  const shown = JSON.parse(created?.representation ?? '{}') as Record<string, unknown>
  expect(shown).toMatchObject({ realm: 'eventful', adminEventsEnabled: true })
  expect(created?.representation).not.toContain('pw4mail')
  expect(await eventsOf('eventful', 'CREATE')).toEqual([])

  const removed = await admin.send('/admin/realms/eventful', { method: 'DELETE' })
  expect(removed.status).toBe(204)
  expect(await eventsOf('master', 'DELETE')).toMatchObject([
    { operationType: 'DELETE', resourceType: 'REALM', resourcePath: 'eventful' },
  ])
})

it('a realm that is refused leaves neither itself nor an event', async () => {
  const before = await eventsOf('master', 'CREATE')
  expect((await create({ realm: 'acme', enabled: true })).status).toBe(409)
  const user = { username: 'twice', enabled: true }
  expect((await create({ realm: 'torn', users: [user, user] })).status).toBe(409)
  expect((await admin.send('/admin/realms/torn')).status).toBe(404)
  expect(await eventsOf('master', 'CREATE')).toEqual(before)
})
