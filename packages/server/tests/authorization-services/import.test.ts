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
  })
})
