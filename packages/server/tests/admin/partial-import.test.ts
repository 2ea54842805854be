import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

type Json = Record<string, unknown>
const realm = '/admin/realms/demo'
const password = 'secret-1'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

const importAs = async (session: AdminSession, body: Json) =>
  await session.send(`${realm}/partialImport`, { method: 'POST', body })
const importParts = async (body: Json) => await importAs(admin, body)

function administrator(username: string, roles: readonly string[]) {
  return {
    username,
    email: `${username}@example.org`,
    firstName: 'First',
    lastName: 'Last',
    enabled: true,
    credentials: [{ type: 'password', value: password }],
    clientRoles: { 'realm-management': roles },
  }
}

it('who manages the realm brings in only what their other roles let them manage, and gives no more than they have', async () => {
  const made = await importParts({
    users: [
      administrator('realm-manager', ['manage-realm']),
      administrator('both-manager', ['manage-realm', 'manage-users']),
    ],
    groups: [{ name: 'chiefs', clientRoles: { 'realm-management': ['realm-admin'] } }],
  })
  expect(made.body).toMatchObject({ added: 3 })
  const sessionOf = async (username: string) =>
    await AdminSession.open(server.url, 'demo', { username, password })
  const manager = await sessionOf('realm-manager')
  const both = await sessionOf('both-manager')
  const statuses = async (session: AdminSession) =>
    await Promise.all(
      [
        {
          roles: { realm: [{ name: `by-${(await session.send(`${realm}/users/count`)).status}` }] },
        },
        { users: [{ username: 'somebody' }] },
        { groups: [{ name: 'some-group' }] },
        { clients: [{ clientId: 'some-client' }] },
        { identityProviders: [{ alias: 'some-provider', providerId: 'oidc' }] },
        { users: [administrator('chief', ['realm-admin'])] },
        { users: [{ username: 'in-chiefs', groups: ['/chiefs'] }] },
        {
          roles: {
            realm: [
              { name: 'all', composites: { client: { 'realm-management': ['realm-admin'] } } },
            ],
          },
        },
      ].map(async (body) => (await importAs(session, body)).status),
    )
  expect(await statuses(manager)).toEqual([200, 403, 403, 403, 403, 403, 403, 403])
  expect(await statuses(both)).toEqual([200, 200, 200, 403, 403, 403, 403, 403])
})

it('roles that administer and the default role survive an overwriting import of a whole export', async () => {
  const before = await admin.send(`${realm}/roles/default-roles-demo`)
  const exported = await admin.send(
    `${realm}/partial-export?exportClients=true&exportGroupsAndRoles=true`,
    { method: 'POST' },
  )
  const { roles } = exported.body as { roles: Json }
  const done = await importParts({ ifResourceExists: 'OVERWRITE', roles })
  expect(done.status).toBe(200)
  const { results } = done.body as { results: { action: string; resourceName: string }[] }
  const manage = results.filter(({ resourceName }) => /^realm-management-->/.test(resourceName))
  expect(manage.length).toBeGreaterThan(20)
  expect(new Set(manage.map(({ action }) => action))).toEqual(new Set(['SKIPPED']))
  expect((await admin.send(`${realm}/roles/default-roles-demo`)).body).toEqual(before.body)
  const manager = await AdminSession.open(server.url, 'demo', {
    username: 'both-manager',
    password,
  })
  expect((await manager.send(`${realm}/users/count`)).status).toBe(200)
  const made = await importParts({
    roles: { client: { 'realm-management': [{ name: 'manage-nothing' }] } },
  })
  expect(made.status).toBe(400)
})

it('what is refused leaves nothing behind', async () => {
  const refused = [
    { clients: [{ clientId: 'half' }], users: [{ username: 'half', groups: ['/nowhere'] }] },
    { clients: [{ clientId: 'half' }], users: [{ username: 'half' }, { username: 'half' }] },
    {
      clients: [{ clientId: 'half' }],
      roles: { realm: [{ name: 'half', composites: { realm: ['nowhere'] } }] },
    },
    { clients: [{ clientId: 'half', redirectUris: ['javascript:x'] }] },
    { clients: [{ clientId: 'half' }], identityProviders: [{ alias: 'half', providerId: 'zz' }] },
    { clients: [{ clientId: 'half' }], groups: [{ name: 'half', clientRoles: { zz: ['a'] } }] },
  ]
  for (const body of refused) {
    const answer = await importParts(body)
    expect([400, 409]).toContain(answer.status)
    expect((await admin.send(`${realm}/clients?clientId=half`)).body).toEqual([])
  }
  expect((await admin.send(`${realm}/users?username=half`)).body).toEqual([])
  for (const [rawBody, status] of [
    ['{bad', 400],
    ['[]', 400],
    ['{"ifResourceExists":"NEVER"}', 400],
    ['{"users":7}', 400],
  ] as const) {
    const answer = await admin.send(`${realm}/partialImport`, { method: 'POST', rawBody })
    expect([rawBody, answer.status]).toEqual([rawBody, status])
  }
})

it('a user who is overwritten is signed out, and signs in with what was imported', async () => {
  const user = { ...administrator('again', []), clientRoles: {} }
  await importParts({ users: [user] })
  const first = await AdminSession.open(server.url, 'demo', { username: 'again', password })
  const users = await admin.send(`${realm}/users?username=again`)
  const [{ id }] = users.body as [{ id: string }]
  const credentials = [{ type: 'password', value: 'other-1' }]
  const done = await importParts({
    ifResourceExists: 'OVERWRITE',
    users: [{ ...user, credentials }],
  })
  expect(done.body).toMatchObject({ overwritten: 1, added: 0 })
  expect((await admin.send(`${realm}/users/${id}`)).status).toBe(404)
  expect((await first.send(`${realm}`)).status).toBe(401)
  await AdminSession.open(server.url, 'demo', { username: 'again', password: 'other-1' })
})

it('what a client protects comes with it, and its policies find who is there already', async () => {
  await admin.send(`${realm}/roles`, { method: 'POST', body: { name: 'reader' } })
  const authorizationSettings = {
    resources: [{ name: 'book', scopes: [{ name: 'read' }] }],
    scopes: [{ name: 'read' }],
    policies: [
      {
        name: 'readers',
        type: 'role',
        logic: 'POSITIVE',
        decisionStrategy: 'UNANIMOUS',
        config: { roles: '[{"id":"reader","required":false},{"id":"account/view-profile"}]' },
      },
    ],
  }
  const client = { clientId: 'library', authorizationServicesEnabled: true, authorizationSettings }
  const done = await importParts({ clients: [client] })
  const { results } = done.body as { results: [{ id: string }] }
  const server = `${realm}/clients/${results[0].id}/authz/resource-server`
  expect((await admin.send(`${server}/resource`)).body).toMatchObject([{ name: 'book' }])
  const policies = (await admin.send(`${server}/policy?name=readers`)).body as [{ id: string }]
  const policy = await admin.send(`${server}/policy/role/${policies[0].id}`)
  expect((policy.body as { roles: unknown[] }).roles).toHaveLength(2)
})
