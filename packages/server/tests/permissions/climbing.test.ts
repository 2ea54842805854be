import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const password = 'secret-1'
let server: TestServer
let admin: AdminSession
const below = '/admin/realms/tenant'

interface Named {
  readonly id: string
  readonly name: string
}

const roles = [
  ...['manage-clients', 'manage-users', 'manage-realm', 'manage-authorization'],
  'manage-organizations',
]
const person = (username: string, held: readonly string[]) => ({
  ...{ username, email: `${username}@example.org`, firstName: 'A', lastName: 'B', enabled: true },
  credentials: [{ type: 'password', value: password }],
  clientRoles: { 'realm-management': held },
})

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const body = {
    realm: 'tenant',
    enabled: true,
    organizationsEnabled: true,
    adminPermissionsEnabled: true,
    groups: [{ name: 'admins', clientRoles: { 'realm-management': ['realm-admin'] } }],
    users: [
      ...roles.map((role) => person(role, [role])),
      person('three-kinds', ['manage-realm', 'manage-users', 'manage-clients']),
      person('plain', []),
    ],
  }
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
})
afterAll(async () => await server[Symbol.asyncDispose]())

const as = (username: string) => AdminSession.open(server.url, 'tenant', { username, password })

/** @returns the thing, or the first of a list */
async function one(path: string): Promise<Named & Record<string, unknown>> {
  const { body } = await admin.send(`${below}${path}`)
  return [body].flat()[0] as Named & Record<string, unknown>
}

/** What a partial administrator sends, and the status that it comes to. */
type Attempt = readonly [status: number, method: string, path: string, body?: unknown]

const grants = { 'realm-management': ['realm-admin'] }
const holder = (username: string) => person(username, ['realm-admin'])
const importing = (body: object) => ({ ifResourceExists: 'OVERWRITE', ...body })
const composites = { composite: true, composites: { client: grants } }

/** Partial imports that would give away the administration of the realm, each in another way. */
const imports: readonly object[] = [
  { users: [holder('climb-1')] },
  ...['/admins', 'admins', '/admins/'].map((path, index) => ({
    users: [{ ...person(`climb-2${index}`, []), groups: [path] }],
  })),
  { roles: { realm: [{ name: 'climb-3', ...composites }] } },
  { roles: { realm: [{ name: 'default-roles-tenant', ...composites }] } },
  { roles: { client: { 'realm-management': [{ name: 'query-users', ...composites }] } } },
  { groups: [{ name: 'climb-4', subGroups: [{ name: 'x', clientRoles: grants }] }] },
  {
    clients: [{ clientId: 'climb-5', serviceAccountsEnabled: true, secret: 's' }],
    users: [{ ...holder('service-account-climb-5'), serviceAccountClientId: 'climb-5' }],
  },
]

describe('a partial administrator gives nobody more than they have', () => {
  let management: string
  let top: Named
  let plain: Named
  beforeAll(async () => {
    management = (await one('/clients?clientId=realm-management')).id
    top = await one(`/clients/${management}/roles/realm-admin`)
    plain = await one('/users?username=plain')
  })

  /** @returns the attempts that came to something else */
  async function others(who: string, attempts: readonly Attempt[]): Promise<string[]> {
    const session = await as(who)
    const found: string[] = []
    for (const [status, method, path, body] of attempts) {
      const answer = await session.send(`${below}${path}`, { method, body, anyAnswer: true })
      if (answer.status === status) continue
      found.push(`${who} ${method} ${path} ${JSON.stringify(body)}: ${answer.status}`)
    }
    return found
  }

  it('by a partial import', async () => {
    for (const who of ['manage-realm', 'three-kinds']) {
      const attempts = imports.map(
        (body): Attempt => [403, 'POST', '/partialImport', importing(body)],
      )
      expect(await others(who, attempts)).toEqual([])
    }
    // What stands in the members of old exports, or beside what is imported, gives nothing.
    const old = { ...person('climb-6', []), applicationRoles: grants }
    const scopes = { 'realm-management': [{ client: 'climb-7', roles: ['realm-admin'] }] }
    const passedOver = [
      { users: [old] },
      { clients: [{ clientId: 'climb-7' }], clientScopeMappings: scopes },
      { clients: [{ clientId: 'realm-management', secret: 'x', serviceAccountsEnabled: true }] },
    ]
    const session = await as('three-kinds')
    for (const body of passedOver) {
      const sent = { method: 'POST', body: importing(body) }
      expect((await session.send(`${below}/partialImport`, sent)).status).toBeLessThan(500)
    }
  })

  it('by members of users, of the realm, or of a workflow', async () => {
    const climbing = { enabled: true, clientRoles: grants, realmRoles: ['realm-admin'] }
    const users: Attempt[] = [
      [403, 'POST', '/users', { username: 'climb-8', groups: ['admins'] }],
      [403, 'POST', '/users', { username: 'climb-8', groups: ['/admins/'] }],
      [201, 'POST', '/users', { username: 'climb-8', ...climbing }],
      [204, 'PUT', `/users/${plain.id}`, { groups: ['/admins'], ...climbing }],
    ]
    expect(await others('manage-users', users)).toEqual([])
    const defaultRole = { ...top, clientRole: true, containerId: management }
    const { id } = (await one(''))['defaultRole'] as Named
    const steps = [{ uses: 'grant-role', with: { role: ['realm-management/realm-admin'] } }]
    const realm: Attempt[] = [
      [204, 'PUT', '', { defaultRole }],
      [403, 'PUT', '', { defaultGroups: ['/admins'] }],
      [204, 'PUT', '', { defaultRoles: ['realm-admin'] }],
      [403, 'POST', '/roles/default-roles-tenant/composites', [top]],
      [403, 'POST', `/roles-by-id/${id}/composites`, [top]],
      [403, 'POST', '/workflows', { name: 'w', on: 'user-created', steps }],
    ]
    expect(await others('manage-realm', realm)).toEqual([])
    expect(((await one(''))['defaultRole'] as Named).id).toBe(id)
  })

  it('by permissions of administrators, or by roles of service accounts', async () => {
    const permissions = await one('/clients?clientId=admin-permissions')
    const server = `/clients/${permissions.id}/authz/resource-server`
    const mapping = `/role-mappings/clients/${management}`
    for (const who of ['manage-authorization', 'manage-clients', 'manage-realm', 'manage-users']) {
      const self = await one(`/users?username=${who}`)
      const permission = { resourceType: 'Users', scopes: ['map-roles'], policies: ['me'] }
      const attempts: Attempt[] = [
        [403, 'POST', `${server}/policy/user`, { name: 'me', users: [self.id] }],
        [403, 'POST', `${server}/permission/scope`, { name: 'mine', ...permission }],
        [403, 'POST', `/users/${plain.id}${mapping}`, [top]],
      ]
      expect(await others(who, attempts)).toEqual([])
    }
    await admin.send(`${below}/clients`, {
      method: 'POST',
      body: { clientId: 'job', serviceAccountsEnabled: true, publicClient: false },
    })
    const job = await one('/clients?clientId=job')
    const account = await one(`/clients/${job.id}/service-account-user`)
    const attempts: Attempt[] = [
      [403, 'PUT', `/clients/${permissions.id}`, { ...permissions, secret: 'x' }],
      [403, 'DELETE', `/clients/${permissions.id}`],
      [403, 'POST', `/users/${account.id}${mapping}`, [top]],
    ]
    expect(await others('manage-clients', attempts)).toEqual([])
  })

  it('by groups and members of organizations', async () => {
    const body = { name: 'org', alias: 'org', domains: [{ name: 'org.test' }] }
    const organizations = await as('manage-organizations')
    await organizations.send(`${below}/organizations`, { method: 'POST', body })
    const { id } = await one('/organizations')
    const groups = `/organizations/${id}/groups`
    await organizations.send(`${below}${groups}`, { method: 'POST', body: { name: 'inner' } })
    const inner = await one(groups)
    const mapping = `${groups}/${inner.id}/role-mappings/clients/${management}`
    const attempts: Attempt[] = [
      [403, 'POST', mapping, [top]],
      [403, 'POST', `/organizations/${id}/members`, plain.id],
      [403, 'PUT', `${groups}/${inner.id}/members/${plain.id}`],
      [403, 'GET', '/users'],
    ]
    expect(await others('manage-organizations', attempts)).toEqual([])
    expect(await others('manage-users', [[403, 'POST', mapping, [top]]])).toEqual([])
  })

  it('in any way: in the end nobody has it who had it not', async () => {
    const list = async (path: string) => (await admin.send(`${below}${path}`)).body
    const roleUsers = `/clients/${management}/roles/realm-admin`
    expect(await list(`${roleUsers}/users`)).toEqual([])
    expect(await list(`${roleUsers}/groups`)).toMatchObject([{ name: 'admins' }])
    expect(await list('/default-groups')).toEqual([])
    expect(JSON.stringify(await list('/roles/default-roles-tenant/composites'))).not.toContain(
      'realm-admin',
    )
    const { id } = await one('/groups?search=admins')
    expect(await list(`/groups/${id}/members`)).toEqual([])
    const made = (await list('/users?search=climb')) as Named[]
    expect(made.length).toBeGreaterThan(0)
    for (const user of made) {
      const held = `/users/${user.id}/role-mappings/clients/${management}/composite`
      expect(await list(held)).toEqual([])
    }
  })
})
