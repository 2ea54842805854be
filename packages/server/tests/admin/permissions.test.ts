import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

interface Recorded {
  readonly note: string
  readonly as?: string
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown }
  readonly status: number
  readonly body: unknown
}

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  const admin = await AdminSession.open(server.url)
  await admin.send('/admin/realms', { method: 'POST', body: { realm: 'scratch', enabled: true } })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const recordings = fixture<Recorded[]>('admin/writes/authorization')
/** Endpoints that come later. */
const later = /identity-provider/

describe.each(['alice', 'viewer', 'usermanager', 'realmadmin'])('what %s may do', (username) => {
  it('is what Keycloak allowed', async () => {
    const password = acmePassword(username)
    const session = await AdminSession.open(server.url, 'acme', { username, password })
    const wrong: string[] = []
    for (const { note, as, request, status } of recordings) {
      if (as !== username || later.test(request.path)) continue
      const { method, path, body } = request
      const answer = await session.send(path, { method, ...(body === undefined ? {} : { body }) })
      if (answer.status !== status) wrong.push(`${note}: ${answer.status} instead of ${status}`)
    }
    expect(wrong).toEqual([])
  })
})

describe('nobody gives away more than they have', () => {
  it('a manager of users cannot map a role that administers the realm', async () => {
    const admin = await AdminSession.open(server.url)
    const password = acmePassword('usermanager')
    const manager = await AdminSession.open(server.url, 'acme', {
      username: 'usermanager',
      password,
    })
    const clients = await admin.send('/admin/realms/acme/clients?clientId=realm-management')
    const [client] = clients.body as { id: string }[]
    const below = `/admin/realms/acme/clients/${client?.id}/roles/realm-admin`
    const role = (await admin.send(below)).body as { id: string; name: string }
    const users = await admin.send('/admin/realms/acme/users?username=bob&exact=true')
    const [bob] = users.body as { id: string }[]
    const path = `/admin/realms/acme/users/${bob?.id}/role-mappings/clients/${client?.id}`
    expect((await manager.send(path, { method: 'POST', body: [role] })).status).toBe(403)
    expect((await admin.send(path, { method: 'POST', body: [role] })).status).toBe(204)
    expect((await manager.send(path, { method: 'DELETE', body: [role] })).status).toBe(403)
    expect((await admin.send(path, { method: 'DELETE', body: [role] })).status).toBe(204)
  })

  it('an administrator of master loses access with the role', async () => {
    const admin = await AdminSession.open(server.url)
    const user = {
      username: 'second',
      enabled: true,
      credentials: [{ type: 'password', value: 'pw' }],
    }
    const made = await admin.send('/admin/realms/master/users', { method: 'POST', body: user })
    const id = made.headers.get('location')?.split('/').at(-1)
    const role = (await admin.send('/admin/realms/master/roles/admin')).body
    const mappings = `/admin/realms/master/users/${id}/role-mappings/realm`
    await admin.send(mappings, { method: 'POST', body: [role] })
    const second = await AdminSession.open(server.url, 'master', {
      username: 'second',
      password: 'pw',
    })
    expect((await second.send('/admin/realms/acme')).status).toBe(200)
    await admin.send(mappings, { method: 'DELETE', body: [role] })
    expect((await second.send('/admin/realms/acme')).status).toBe(403)
  })
})
