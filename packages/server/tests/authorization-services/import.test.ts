import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})
afterAll(() => server?.[Symbol.asyncDispose]())

const guard = {
  clientId: 'guard',
  serviceAccountsEnabled: true,
  authorizationServicesEnabled: true,
}
const policy = (type: string, config: Record<string, unknown>) => ({
  name: `for-${type}`,
  type,
  config: Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, JSON.stringify(value)]),
  ),
})

async function importRealm(realm: string, authorizationSettings: unknown) {
  return await admin.send('/admin/realms', {
    method: 'POST',
    body: {
      realm,
      enabled: true,
      users: [{ username: 'anna', enabled: true }],
      groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
      roles: { realm: [{ name: 'porter' }], client: { guard: [{ name: 'keeper' }] } },
      clients: [{ ...guard, authorizationSettings }],
    },
  })
}

describe('what a client protects in an import', () => {
  it('refers to users, roles, groups and clients of the same import', async () => {
    const settings = {
      resources: [{ name: 'door', owner: { name: 'anna' } }],
      policies: [
        policy('user', { users: ['anna'] }),
        policy('role', { roles: [{ id: 'porter' }, { id: 'guard/keeper', required: true }] }),
        policy('group', { groups: [{ path: '/staff/night', extendChildren: true }] }),
        policy('client', { clients: ['guard'] }),
        policy('client-scope', { clientScopes: [{ id: 'email' }] }),
      ],
    }
    expect((await importRealm('whole', settings)).status).toBe(201)
    const [client] = (await admin.send('/admin/realms/whole/clients?clientId=guard')).body as {
      id: string
    }[]
    const path = `/admin/realms/whole/clients/${client?.id}/authz/resource-server/settings`
    const { body } = await admin.send(path)
    expect(body).toMatchObject({ resources: [{ name: 'door', owner: { name: 'anna' } }] })
    const { policies } = body as { policies: { name: string; config: Record<string, string> }[] }
    const configs = policies.map(({ name, config }) => [
      name,
      Object.fromEntries(Object.entries(config).map(([key, text]) => [key, JSON.parse(text)])),
    ])
    expect(Object.fromEntries(configs)).toMatchObject({
      'for-user': { users: ['anna'] },
      'for-role': { roles: [{ id: 'porter' }, { id: 'guard/keeper', required: true }] },
      'for-group': { groups: [{ path: '/staff/night', extendChildren: true }] },
      'for-client': { clients: ['guard'] },
      'for-client-scope': { clientScopes: [{ id: 'email' }] },
    })
  })

  it('is what permissions name beside their configuration, as Keycloak reads them', async () => {
    const settings = {
      scopes: [{ name: 'open' }],
      resources: [{ name: 'door', scopes: [{ name: 'open' }] }],
      policies: [
        policy('user', { users: ['anna'] }),
        {
          name: 'closed',
          type: 'scope',
          policies: ['for-user'],
          resources: ['door'],
          scopes: ['open'],
        },
      ],
    }
    expect((await importRealm('beside', settings)).status).toBe(201)
    const [client] = (await admin.send('/admin/realms/beside/clients?clientId=guard')).body as {
      id: string
    }[]
    const path = `/admin/realms/beside/clients/${client?.id}/authz/resource-server/settings`
    const { policies } = (await admin.send(path)).body as {
      policies: { name: string; config: Record<string, string> }[]
    }
    expect(policies.find(({ name }) => name === 'closed')?.config).toEqual({
      applyPolicies: '["for-user"]',
      resources: '["door"]',
      scopes: '["open"]',
    })
  })

  it('is left out and named where it refers to nobody', async () => {
    const settings = { policies: [policy('user', { users: ['nobody'] })] }
    expect((await importRealm('partly', settings)).status).toBe(201)
    expect(server.server.log).toContain(
      'The authorization settings of client guard in realm partly are not taken over: User nobody not found',
    )
  })

  it.each([
    ['a number', 7],
    ['resources that are no list', { resources: 7 }],
    ['a policy that is a list', { policies: [[]] }],
    ['a mode that is none', { policyEnforcementMode: 'HARDLY' }],
  ])('refuses the whole realm when it is %s', async (_, settings) => {
    expect((await importRealm('never', settings)).status).toBe(400)
    expect((await admin.send('/admin/realms/never')).status).toBe(404)
  })

  it('goes with a realm whose import fails at the end', async () => {
    await server.database.query(`
      CREATE FUNCTION refuse_server() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no resource server today'; END $$`)
    await server.database.query(`
      CREATE TRIGGER refuse_server BEFORE INSERT ON resource_server
      FOR EACH ROW EXECUTE FUNCTION refuse_server()`)
    expect((await importRealm('half', { resources: [{ name: 'door' }] })).status).toBe(500)
    expect((await admin.send('/admin/realms/half')).status).toBe(404)
    await server.database.query('DROP TRIGGER refuse_server ON resource_server')
  })
})

describe('what a new client protects', () => {
  const clients = '/admin/realms/acme/clients'
  const settings = {
    resources: [{ name: 'album', scopes: [{ name: 'view' }] }],
    policies: [policy('user', { users: [] })],
    scopes: [{ name: 'view' }],
  }
  const make = (clientId: string, more: object) =>
    admin.send(clients, { method: 'POST', body: { ...guard, clientId, ...more } })

  it('is taken over with the client', async () => {
    const made = await make('album', { authorizationSettings: settings })
    expect(made.status).toBe(201)
    const id = made.headers.get('location')?.split('/').at(-1)
    const { body } = await admin.send(`${clients}/${id}/authz/resource-server/settings`)
    expect(body).toMatchObject({
      resources: [{ name: 'album', scopes: [{ name: 'view' }] }],
      policies: [{ name: 'for-user' }],
    })
  })

  it.each([
    ['without authorization services', { authorizationServicesEnabled: false }],
    [
      'about a user who is not there',
      { authorizationSettings: { policies: [policy('user', { users: ['nobody'] })] } },
    ],
    ['that is none', { authorizationSettings: { resources: 7 } }],
  ])('is refused %s, and the client with it', async (_, more) => {
    const made = await make('half', { authorizationSettings: settings, ...more })
    expect(made.status).toBe(400)
    expect((await admin.send(`${clients}?clientId=half`)).body).toEqual([])
  })
})

describe('the evaluation of permissions for administrators', () => {
  it('says what holds for a thing by itself and what for its kind', async () => {
    const realm = '/admin/realms/evaluated'
    const body = { realm: 'evaluated', enabled: true, adminPermissionsEnabled: true }
    await admin.send('/admin/realms', { method: 'POST', body })
    const idOf = async (path: string) =>
      ((await admin.send(realm + path)).body as { id: string }[])[0]?.id ?? ''
    const post = (path: string, sent: unknown) =>
      admin.send(realm + path, { method: 'POST', body: sent, anyAnswer: true })
    for (const username of ['ann', 'bob']) await post('/users', { username, enabled: true })
    const ann = await idOf('/users?username=ann')
    const bob = await idOf('/users?username=bob')
    const authz = `/clients/${await idOf('/clients?clientId=admin-permissions')}/authz/resource-server`
    const only = await post(`${authz}/policy/user`, { name: 'only ann', users: [ann] })
    const policies = [(only.body as { id: string }).id]
    const permission = { resourceType: 'Users', policies }
    const all = { ...permission, name: 'all', scopes: ['view', 'manage'] }
    expect((await post(`${authz}/permission/scope`, all)).status).toBe(201)
    const one = { ...permission, name: 'one', scopes: ['view'], resources: [bob] }
    expect((await post(`${authz}/permission/scope`, one)).status).toBe(201)
    const evaluate = (userId: string, more: object) =>
      post(`${authz}/policy/evaluate`, { userId, roleIds: [], resourceType: 'Users', ...more })
    const scopes = [{ name: 'view' }, { name: 'impersonate' }]
    const yes = await evaluate(ann, { resources: [{ name: bob, scopes }] })
    expect(yes.body).toMatchObject({
      status: 'PERMIT',
      results: [
        {
          resource: { name: 'bob with scopes [view]' },
          allowedScopes: [{ name: 'view' }],
          deniedScopes: [{ name: 'impersonate' }],
          policies: [
            { policy: { name: 'one', resources: [bob] }, status: 'PERMIT', scopes: ['view'] },
            { policy: { name: 'all', resources: ['Users'] }, status: 'PERMIT' },
          ],
        },
      ],
    })
    const no = await evaluate(bob, { resources: [{ name: ann, scopes: [{ name: 'view' }] }] })
    expect(no.body).toMatchObject({
      status: 'DENY',
      results: [{ resource: { name: 'ann with scopes [view]' }, allowedScopes: [] }],
    })
    const groups = { resourceType: 'Groups', resources: [{ name: 'any' }] }
    expect((await evaluate(ann, groups)).body).toMatchObject({ results: [], status: 'DENY' })
    expect((await evaluate(ann, { resources: [] })).status).toBe(400)
  })
})
