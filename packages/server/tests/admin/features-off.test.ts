import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const realm = '/admin/realms/master'
let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const idOf = async (path: string) =>
  ([(await admin.send(`${realm}${path}`)).body].flat()[0] as { id: string }).id

it('what is off in Keycloak unless it is switched on says so: permissions of single things, client types', async () => {
  await admin.send(`${realm}/groups`, { method: 'POST', body: { name: 'one' } })
  const client = await idOf('/clients?clientId=account')
  const role = await idOf('/roles/offline_access')
  const group = await idOf('/groups?search=one')
  const paths = [
    '/client-types',
    '/users-management-permissions',
    `/groups/${group}/management/permissions`,
    `/clients/${client}/management/permissions`,
    `/clients/${client}/roles/view-profile/management/permissions`,
    '/roles/offline_access/management/permissions',
    `/roles-by-id/${role}/management/permissions`,
  ]
  for (const path of paths) {
    for (const request of [{ method: 'GET' }, { method: 'PUT', body: { enabled: true } }]) {
      const { status, body } = await admin.send(`${realm}${path}`, request)
      expect(`${path} ${status}`).toBe(`${path} 501`)
      expect(body).toMatchObject({ error: 'Feature not enabled' })
    }
  }
})

it('nobody learns it without a token', async () => {
  const stranger = new AdminSession(server.url, null)
  const { status } = await stranger.send(`${realm}/client-types`, { method: 'PUT', body: {} })
  expect(status).toBe(401)
})
