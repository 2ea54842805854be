import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const realm = '/admin/realms/demo'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

it('users of a directory become the own users of the realm, or go', async () => {
  const body = {
    ifResourceExists: 'FAIL',
    users: ['of-one', 'of-two'].map((username) => ({ username, federationLink: 'the-directory' })),
  }
  const directoryComponent = {
    id: 'the-directory',
    name: 'the-directory',
    providerId: 'ldap',
    providerType: 'org.keycloak.storage.UserStorageProvider',
    config: {
      connectionUrl: ['ldap://127.0.0.1'],
      usersDn: ['ou=x'],
      usernameLDAPAttribute: ['uid'],
      uuidLDAPAttribute: ['entryUUID'],
      userObjectClasses: ['person'],
      editMode: ['READ_ONLY'],
      authType: ['none'],
    },
  }
  const made = await admin.send(`${realm}/components`, { method: 'POST', body: directoryComponent })
  const id = made.headers.get('location')?.split('/').at(-1) ?? ''
  const users = body.users.map((user) => ({ ...user, federationLink: id }))
  await admin.send(`${realm}/partialImport`, { method: 'POST', body: { ...body, users } })
  const count = async () => (await admin.send(`${realm}/users?search=of-`)).body as unknown[]
  const before = (await count()).length
  const storage = `${realm}/user-storage/${id}`
  expect((await admin.send(`${storage}/unlink-users`, { method: 'POST' })).status).toBe(204)
  expect((await admin.send(`${storage}/remove-imported-users`, { method: 'POST' })).status).toBe(
    204,
  )
  expect(await count()).toHaveLength(before)
  const again = { ifResourceExists: 'OVERWRITE', users }
  await admin.send(`${realm}/partialImport`, { method: 'POST', body: again })
  expect((await admin.send(`${storage}/remove-imported-users`, { method: 'POST' })).status).toBe(
    204,
  )
  expect(await count()).toHaveLength(before - 2)
})
