import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminAnswer, AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const password = 'secret-1'
const realmName = 'tenant'

let server: TestServer
let admin: AdminSession

interface Named {
  readonly id: string
  readonly name: string
}

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const users = [
    'manage-clients',
    'manage-users',
    'manage-realm',
    'create-client',
    'realm-admin',
    'query-users',
  ]
  const body = {
    realm: realmName,
    enabled: true,
    groups: [
      { name: 'admins', clientRoles: { 'realm-management': ['realm-admin'] } },
      { name: 'plain' },
    ],
    users: users.map(administrator),
  }
  await expectStatus(201, 'POST', '/admin/realms', body)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

function administrator(role: string) {
  return {
    username: role,
    email: `${role}@example.org`,
    firstName: 'First',
    lastName: 'Last',
    enabled: true,
    credentials: [{ type: 'password', value: password }],
    clientRoles: { 'realm-management': [role] },
  }
}

const as = async (role: string, realm = realmName) =>
  await AdminSession.open(server.url, realm, { username: role, password })

async function expectStatus(
  status: number,
  method: string,
  path: string,
  body?: unknown,
  session = admin,
): Promise<AdminAnswer> {
  const answer = await session.send(path, { method, ...(body === undefined ? {} : { body }) })
  expect(`${method} ${path}: ${answer.status}`).toBe(`${method} ${path}: ${status}`)
  return answer
}

async function one(path: string): Promise<Named & Record<string, unknown>> {
  const { body } = await admin.send(path)
  return [body].flat()[0] as Named & Record<string, unknown>
}

const clientOf = async (realm: string, clientId: string) =>
  await one(`/admin/realms/${realm}/clients?clientId=${clientId}`)

describe.each([
  [realmName, 'realm-management'],
  ['master', `${realmName}-realm`],
  ['master', 'master-realm'],
])('the client through which a realm is administered (%s: %s)', (realm, clientId) => {
  it('is changed by nobody, and says so', async () => {
    const client = await clientOf(realm, clientId)
    expect(client['access']).toEqual({ view: true, configure: false, manage: false })
    const path = `/admin/realms/${realm}/clients/${client.id}`
    const role = await one(`${path}/roles/manage-users`)
    const child = await one(`${path}/roles/query-users`)
    const writes: [string, string, unknown?][] = [
      ['PUT', path, client],
      ['PUT', path, { ...client, clientId: 'else' }],
      ['PUT', path, { ...client, attributes: { realm_client: 'false' } }],
      ['DELETE', path],
      ['POST', `${path}/client-secret`],
      ['POST', `${path}/roles`, { name: 'custom' }],
      ['PUT', `${path}/roles/manage-users`, { ...role, name: 'else' }],
      ['DELETE', `${path}/roles/manage-users`],
      ['POST', `${path}/roles/query-users/composites`, [role]],
      ['DELETE', `${path}/roles/view-users/composites`, [child]],
      [
        'POST',
        `${path}/scope-mappings/realm`,
        [await one(`/admin/realms/${realm}/roles/offline_access`)],
      ],
      ['PUT', `/admin/realms/${realm}/roles-by-id/${role.id}`, { ...role, name: 'else' }],
      ['POST', `/admin/realms/${realm}/roles-by-id/${child.id}/composites`, [role]],
      ['DELETE', `/admin/realms/${realm}/roles-by-id/${role.id}`],
    ]
    for (const [method, url, body] of writes) await expectStatus(403, method, url, body)
    expect(await clientOf(realm, clientId)).toEqual(client)
  })
})

describe("master's roles admin and create-realm", () => {
  it.each(['admin', 'create-realm'])('%s is changed by nobody', async (name) => {
    const role = await one(`/admin/realms/master/roles/${name}`)
    const other = await one('/admin/realms/master/roles/offline_access')
    for (const path of [`roles/${name}`, `roles-by-id/${role.id}`]) {
      const url = `/admin/realms/master/${path}`
      await expectStatus(403, 'PUT', url, { ...role, name: 'else' })
      await expectStatus(403, 'DELETE', url)
      await expectStatus(403, 'POST', `${url}/composites`, [other])
      await expectStatus(403, 'DELETE', `${url}/composites`, [other])
    }
  })

  it('are names like others in another realm', async () => {
    await expectStatus(201, 'POST', `/admin/realms/${realmName}/roles`, { name: 'admin' })
    await expectStatus(204, 'DELETE', `/admin/realms/${realmName}/roles/admin`)
  })
})

describe('a client for a realm that does not exist yet', () => {
  it('cannot be made in master, nor can another become it', async () => {
    await expectStatus(403, 'POST', '/admin/realms/master/clients', { clientId: 'foo-realm' })
    await expectStatus(201, 'POST', '/admin/realms/master/clients', { clientId: 'harmless' })
    const { id } = await clientOf('master', 'harmless')
    const body = { clientId: 'foo-realm' }
    await expectStatus(403, 'PUT', `/admin/realms/master/clients/${id}`, body)
    expect(await clientOf('master', 'foo-realm')).toBeUndefined()
  })

  it('is a name like others in another realm', async () => {
    await expectStatus(201, 'POST', `/admin/realms/${realmName}/clients`, { clientId: 'foo-realm' })
    const { id, access } = await clientOf(realmName, 'foo-realm')
    expect(access).toEqual({ view: true, configure: true, manage: true })
    await expectStatus(204, 'DELETE', `/admin/realms/${realmName}/clients/${id}`)
  })
})

describe('administration follows the realm, not its name', () => {
  it('through a new name, and ends with it', async () => {
    await expectStatus(201, 'POST', '/admin/realms', { realm: 'before', enabled: true })
    await expectStatus(204, 'PUT', '/admin/realms/before', { realm: 'after' })
    expect(await clientOf('master', 'after-realm')).toMatchObject({ access: { manage: false } })
    await expectStatus(204, 'PUT', '/admin/realms/after', { displayName: 'still mine' })
    await expectStatus(204, 'DELETE', '/admin/realms/after')
    expect(await clientOf('master', 'after-realm')).toBeUndefined()
  })
})

describe('nobody gives away more than they have', () => {
  it('by a new user in a group, by moving a group, or by the groups that everybody joins', async () => {
    const users = await as('manage-users')
    const below = `/admin/realms/${realmName}`
    const admins = await one(`${below}/groups?search=admins`)
    const plain = await one(`${below}/groups?search=plain`)
    const newUser = { username: 'climber', enabled: true, groups: ['/admins'] }
    await expectStatus(403, 'POST', `${below}/users`, newUser, users)
    await expectStatus(201, 'POST', `${below}/users`, { ...newUser, groups: ['/plain'] }, users)
    const move = { id: plain.id, name: 'plain' }
    await expectStatus(403, 'POST', `${below}/groups/${admins.id}/children`, move, users)
    const realm = await as('manage-realm')
    await expectStatus(403, 'PUT', `${below}/default-groups/${admins.id}`, undefined, realm)
    await expectStatus(204, 'PUT', `${below}/default-groups/${plain.id}`, undefined, realm)
  })

  it('by roles of the kind that they manage', async () => {
    const clients = await as('manage-clients')
    const below = `/admin/realms/${realmName}`
    await expectStatus(201, 'POST', `${below}/roles`, { name: 'superuser' })
    const superuser = await one(`${below}/roles/superuser`)
    const defaults = await one(`${below}/roles/default-roles-${realmName}`)
    const byId = `${below}/roles-by-id/${defaults.id}`
    await expectStatus(403, 'POST', `${byId}/composites`, [superuser], clients)
    await expectStatus(403, 'PUT', `${below}/roles-by-id/${superuser.id}`, superuser, clients)
    await expectStatus(403, 'DELETE', `${below}/roles-by-id/${superuser.id}`, undefined, clients)
  })

  it('by a role of another owner that is called the same', async () => {
    const clients = await as('manage-clients')
    const below = `/admin/realms/${realmName}`
    await expectStatus(201, 'POST', `${below}/clients`, { clientId: 'lookalike' }, clients)
    const { id } = await clientOf(realmName, 'lookalike')
    await expectStatus(
      201,
      'POST',
      `${below}/clients/${id}/roles`,
      { name: 'manage-users' },
      clients,
    )
    const role = await one(`${below}/clients/${id}/roles/manage-users`)
    const [user] = (await admin.send(`${below}/users?username=manage-clients`)).body as Named[]
    await expectStatus(204, 'POST', `${below}/users/${user?.id}/role-mappings/clients/${id}`, [
      role,
    ])
    await expectStatus(403, 'GET', `${below}/users?max=1`, undefined, clients)
  })

  it('create-client alone makes no client here', async () => {
    const session = await as('create-client')
    await expectStatus(
      403,
      'POST',
      `/admin/realms/${realmName}/clients`,
      { clientId: 'x' },
      session,
    )
  })
})

describe('GET /admin/serverinfo', () => {
  const members = async (session: AdminSession) => {
    const { body } = await session.send('/admin/serverinfo')
    const { systemInfo, cpuInfo, memoryInfo } = body as Record<string, object | undefined>
    return [systemInfo && Object.keys(systemInfo).length, cpuInfo, memoryInfo]
  }

  it('describes the machine to those who administer everything, and to nobody else', async () => {
    expect((await members(admin)).every((member) => member !== undefined)).toBe(true)
    expect(await members(await as('realm-admin'))).toEqual([1, undefined, undefined])
    expect(await members(await as('query-users'))).toEqual([undefined, undefined, undefined])
  })
})

describe('unusual realms', () => {
  it('a realm with a frontend URL of its own is administered by its own administrators', async () => {
    const frontendUrl = 'https://tenant.example.org/auth'
    const users = [administrator('realm-admin')]
    const body = { realm: 'fronted', enabled: true, attributes: { frontendUrl }, users }
    await expectStatus(201, 'POST', '/admin/realms', body)
    const session = await as('realm-admin', 'fronted')
    await expectStatus(200, 'GET', '/admin/realms/fronted', undefined, session)
  })

  it('names and ids outside of ASCII are no failure of the server', async () => {
    const name = 'übung-日本'
    await expectStatus(201, 'POST', '/admin/realms', { realm: name, enabled: true })
    const path = `/admin/realms/${encodeURIComponent(name)}`
    const scope = { id: 'ключ-1', name: 'a', protocol: 'openid-connect' }
    const answer = await expectStatus(201, 'POST', `${path}/client-scopes`, scope)
    expect(answer.headers.get('location')).toMatch(/\/client-scopes\/%D0%BA%D0%BB%D1%8E%D1%87-1$/)
    const url = `${server.url}/realms/${encodeURIComponent(name)}/protocol/openid-connect/userinfo`
    expect((await fetch(url)).status).toBe(401)
    await expectStatus(204, 'DELETE', path)
  })
})

describe('an administrator of master with one role for one realm', () => {
  it.each([
    ['view-realm', { realm: realmName, enabled: true }],
    ['view-users', { realm: realmName }],
  ])('%s lists that realm alone, with what it may see', async (role, shown) => {
    const username = `only-${role}`
    await expectStatus(201, 'POST', '/admin/realms/master/users', {
      ...{
        username,
        enabled: true,
        email: `${username}@example.org`,
        firstName: 'A',
        lastName: 'B',
      },
      credentials: [{ type: 'password', value: password }],
    })
    const user = await one(`/admin/realms/master/users?exact=true&username=${username}`)
    const client = await clientOf('master', `${realmName}-realm`)
    const granted = await one(`/admin/realms/master/clients/${client?.id}/roles/${role}`)
    const mappings = `/admin/realms/master/users/${user.id}/role-mappings/clients/${client?.id}`
    await expectStatus(204, 'POST', mappings, [granted])
    const partial = await AdminSession.open(server.url, 'master', { username, password })
    const listed = await partial.send('/admin/realms?briefRepresentation=true')
    expect(listed.body).toEqual([expect.objectContaining(shown)])
    expect(Object.keys((listed.body as object[])[0] ?? {}).includes('enabled')).toBe(
      role === 'view-realm',
    )
    const names = await partial.send(`/admin/realms/${realmName}/ui-ext/realms/names`)
    expect(names.body).toEqual([{ name: realmName }])
  })
})
