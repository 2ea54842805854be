import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fineGrainedRoutes } from '@holdfast/server/protocols/admin/fine-grained-routes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { FineGrainedWorld, fineGrainedCases } from './fine-grained-world.ts'

const realm = 'admin-fine-grained'
/** What Keycloak 26.7.4 answered to the same (record-fine-grained.ts). */
const recorded = JSON.parse(
  readFileSync(resolve('packages/server/tests/fixtures/admin/fine-grained.json'), 'utf8'),
) as Record<string, Record<string, string>>

let server: TestServer
let admin: AdminSession
let world: FineGrainedWorld

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const signIn = async () =>
    await AdminSession.open(server.url, realm, FineGrainedWorld.administrator)
  world = new FineGrainedWorld(admin, realm, signIn)
  await world.make()
})
afterAll(async () => await server[Symbol.asyncDispose]())

describe('permissions for single things let a partial administrator do what Keycloak lets them do', () => {
  it.each(fineGrainedCases.map((each) => [each.name, each] as const))('%s', async (name, each) => {
    expect(await world.play(each)).toEqual(recorded[name])
  })
})

const path = `/admin/realms/${realm}`
const send = async (method: string, below: string, body?: unknown) =>
  await admin.send(`${path}${below}`, { method, ...(body === undefined ? {} : { body }) })

describe('the client that holds the permissions', () => {
  it('is shown with what permissions can be about, and changed by nobody', async () => {
    const client = `/clients/${world.id('admin-permissions')}`
    expect((await send('GET', '')).body).toMatchObject({
      adminPermissionsClient: { clientId: 'admin-permissions' },
    })
    const shown = (await send('GET', world.server)).body as Record<string, object>
    expect(
      Object.keys((shown['authorizationSchema'] as { resourceTypes: object }).resourceTypes),
    ).toEqual(['Clients', 'Groups', 'Organizations', 'Roles', 'Users'])
    const writes = [
      ['PUT', client, { enabled: false }],
      ['DELETE', client],
      ['PUT', world.server, { decisionStrategy: 'AFFIRMATIVE' }],
      ['POST', `${world.server}/import`, {}],
      ['POST', `${world.server}/resource`, { name: 'other' }],
      ['POST', `${world.server}/scope`, { name: 'other' }],
      ['POST', '/clients', { clientId: 'admin-permissions' }],
      ['POST', `${world.server}/permission/resource`, { name: 'other', resourceType: 'Users' }],
    ] as const
    for (const [method, below, body] of writes) {
      const { status } = await send(method, below, body)
      expect([below, status]).toEqual([below, status === 403 ? 403 : 400])
    }
  })

  it('takes permissions for what is there and can be allowed alone', async () => {
    const permission = (more: object) =>
      send('POST', `${world.server}/permission/scope`, { name: 'wrong', policies: [], ...more })
    for (const wrong of [
      { resourceType: 'Users', scopes: ['map-role'] },
      { resourceType: 'Users', scopes: [] },
      { resourceType: 'Nobodies', scopes: ['view'] },
      { scopes: ['view'] },
      { resourceType: 'Users', scopes: ['view'], resources: ['nobody'] },
      { resourceType: 'Users', scopes: ['view'], resources: [world.id('g1')] },
    ]) {
      const { status, body } = await permission(wrong)
      expect([status, body]).toEqual([400, { error: 'unknown_error' }])
    }
    const named = { resourceType: 'Clients', scopes: ['view'], resources: ['c2'] }
    const made = (await permission({ ...named, name: 'right' })).body as { id: string }
    const about = await send('GET', `${world.server}/policy/${made.id}/resources`)
    expect(about.body).toMatchObject([{ name: world.id('c2'), displayName: 'c2' }])
    const listed = await send('GET', `${world.server}/permission/scope?resource=${world.id('c2')}`)
    expect(listed.body).toMatchObject([{ name: 'right', resourceType: 'Clients' }])
    await send('DELETE', `${world.server}/permission/scope/${made.id}`)
    const left = (await send('GET', `${world.server}/resource`)).body as { name: string }[]
    expect(left.map(({ name }) => name)).not.toContain(world.id('c2'))
  })

  it('is made when a realm begins to give permissions', async () => {
    const later = '/admin/realms/later'
    await admin.send('/admin/realms', { method: 'POST', body: { realm: 'later', enabled: true } })
    const held = async () =>
      (await admin.send(`${later}/clients?clientId=admin-permissions`)).body as unknown[]
    expect(await held()).toEqual([])
    for (const adminPermissionsEnabled of [true, false, true]) {
      await admin.send(later, { method: 'PUT', body: { adminPermissionsEnabled } })
      expect(await held()).toHaveLength(1)
    }
  })
})

describe('permissions are no way to more', () => {
  it('they change nobody who administers, and give nobody roles that administer', async () => {
    const everything = [
      { type: 'Users', scopes: ['view', 'manage', 'map-roles', 'reset-password', 'impersonate'] },
      { type: 'Roles', scopes: ['map-role'] },
      { type: 'Clients', scopes: ['view', 'manage', 'map-roles'] },
    ]
    await world.play({ name: 'everything', roles: ['query-users'], permissions: everything })
    await send('POST', '/users', {
      username: 'chief',
      enabled: true,
      email: 'chief@example.org',
      firstName: 'First',
      lastName: 'Last',
    })
    const [{ id }] = (await send('GET', '/users?username=chief')).body as [{ id: string }]
    const management = world.id('realm-management')
    const role = (await send('GET', `/clients/${management}/roles/realm-admin`)).body
    await send('POST', `/users/${id}/role-mappings/clients/${management}`, [role])
    const partial = await AdminSession.open(server.url, realm, FineGrainedWorld.administrator)
    const ask = async (method: string, below: string, body?: unknown) =>
      (await partial.send(`${path}${below}`, { method, ...(body ? { body } : {}) })).status
    const mapped = (user: string) => `/users/${user}/role-mappings/clients/${management}`
    const asked = [
      await ask('GET', `/users/${id}`),
      await ask('PUT', `/users/${id}`, { firstName: 'Other' }),
      await ask('PUT', `/users/${id}/reset-password`, { type: 'password', value: 'secret-2' }),
      await ask('POST', `/users/${id}/impersonation`),
      await ask('DELETE', `/users/${id}`),
      await ask('POST', mapped(world.id('u1')), [role]),
      await ask('POST', mapped(world.id('partial')), [role]),
      await ask('PUT', `/clients/${management}`, { name: 'Other' }),
      await ask('POST', `/clients/${management}/roles`, { name: 'other' }),
    ]
    expect(asked).toEqual([200, 403, 403, 403, 403, 403, 403, 403, 403])
  })

  it('who administers authorization alone does not give them', async () => {
    const given = { name: 'x', roles: ['manage-authorization', 'view-clients'], permissions: [] }
    await world.play(given)
    const partial = await AdminSession.open(server.url, realm, FineGrainedWorld.administrator)
    const policy = { name: 'mine', users: [world.id('partial')] }
    const { status } = await partial.send(`${path}${world.server}/policy/user`, {
      method: 'POST',
      body: policy,
    })
    expect(status).toBe(403)
  })
})

it('every route that permissions open exists', async () => {
  const described = (await admin.send('/admin/openapi')).body as {
    paths: Record<string, Record<string, unknown>>
  }
  const known = Object.entries(described.paths).flatMap(([each, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${each}`),
  )
  const opened = fineGrainedRoutes.map((route) => {
    const [method = '', below = ''] = route.split(' ')
    return `${method} /admin/realms/{realm}${below.replace(/:(\w+)/g, '{$1}')}`
  })
  expect(opened.filter((route) => !known.includes(route))).toEqual([])
})
