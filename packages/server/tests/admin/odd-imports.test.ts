import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'
import { organization, provider, text, unbounded } from './unbounded-parts.ts'

let server: TestServer
let admin: AdminSession
/** Makes realms, and may do nothing else. */
let maker: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const person = {
    ...{ username: 'maker', email: 'maker@example.org', firstName: 'A', lastName: 'B' },
    enabled: true,
    credentials: [{ type: 'password', value: 'pw' }],
  }
  await admin.send('/admin/realms/master/users', { method: 'POST', body: person })
  const [made] = await list('/admin/realms/master/users?username=maker')
  const { body } = await admin.send('/admin/realms/master/roles/create-realm')
  await admin.send(`/admin/realms/master/users/${made?.id}/role-mappings/realm`, {
    method: 'POST',
    body: [body],
  })
  maker = await AdminSession.open(server.url, 'master', { username: 'maker', password: 'pw' })
  const victim = {
    realm: 'victim',
    users: [{ username: 'vera', enabled: true }],
    groups: [{ name: 'staff' }],
    roles: { realm: [{ name: 'porter' }] },
    clients: [{ clientId: 'app' }],
    organizationsEnabled: true,
    organizations: [{ name: 'org', domains: [{ name: 'org.test' }] }],
  }
  expect((await admin.send('/admin/realms', { method: 'POST', body: victim })).status).toBe(201)
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function list(path: string): Promise<{ id: string }[]> {
  return [(await admin.send(path)).body].flat() as { id: string }[]
}

const places = [
  '/users',
  '/groups',
  '/roles',
  '/clients?clientId=app',
  '/client-scopes',
  '/authentication/flows',
  '/components?type=org.keycloak.keys.KeyProvider',
  '/organizations',
]

/** @returns what the victim has */
async function snapshot(): Promise<unknown[]> {
  const all: unknown[] = []
  for (const place of ['', ...places]) all.push(await list(`/admin/realms/victim${place}`))
  return all
}

describe('an import that brings ids of another realm', () => {
  it('is refused, leaves nothing behind, and the other realm as it was', async () => {
    const before = await snapshot()
    const id = async (place: string) => (await list(`/admin/realms/victim${place}`))[0]?.id ?? ''
    const [user, , role, client, , , component, organization] = await Promise.all(places.map(id))
    const keys = 'org.keycloak.keys.KeyProvider'
    const stolen: Readonly<Record<string, object>> = {
      user: { users: [{ id: user, username: 'x' }] },
      role: { roles: { realm: [{ id: role, name: 'x' }] } },
      client: { clients: [{ id: client, clientId: 'x' }] },
      component: { components: { [keys]: [{ id: component, providerId: 'rsa-generated' }] } },
      organization: {
        organizations: [{ id: organization, name: 'x', domains: [{ name: 'x.test' }] }],
      },
      realm: { id: ((before[0] as { id: string }[])[0] ?? { id: '' }).id },
    }
    for (const [what, part] of Object.entries(stolen)) {
      const body = { realm: `steals-${what}`, ...part }
      const answer = await maker.send('/admin/realms', { method: 'POST', body })
      expect(`${what}: ${answer.status}`).toBe(`${what}: 409`)
      expect((await admin.send(`/admin/realms/steals-${what}`)).status).toBe(404)
      const path = '/admin/realms/demo/partialImport'
      const imported = { ifResourceExists: 'OVERWRITE', ...part }
      const partly = await admin.send(path, { method: 'POST', body: imported })
      // Users keep the id that they bring; everything else gets one of its own.
      expect(`${what}: ${partly.status}`).toBe(`${what}: ${what === 'user' ? 409 : 200}`)
    }
    expect(await snapshot()).toEqual(before)
  })
})

describe.each(unbounded)('%s', (_what, part, path, body) => {
  it('has an end, whoever writes it', async () => {
    const realm = { realm: 'endless', organizationsEnabled: true, ...(part as object) }
    const imported = await maker.send('/admin/realms', { method: 'POST', body: realm })
    expect(imported.status).toBe(400)
    expect((await admin.send('/admin/realms/endless')).status).toBe(404)
    if (path === undefined) return
    const method = path === '' ? 'PUT' : 'POST'
    const saved = await admin.send(`/admin/realms/victim${path}`, { method, body })
    expect(saved.status).toBe(400)
  })
})

it.each([
  ['the time of a consent', { clientConsents: [{ clientId: 'account', createdDate: 'soon' }] }],
  [
    'a name elsewhere',
    { federatedIdentities: [{ identityProvider: 'x', userId: 'y', userName: {} }] },
  ],
])('%s of another type is refused', async (_what, members) => {
  const body = { realm: 'endless', users: [{ username: 'u', ...members }] }
  expect((await maker.send('/admin/realms', { method: 'POST', body })).status).toBe(400)
})

it('addresses of organizations in an import are addresses that somebody may go to', async () => {
  for (const redirectUrl of ['javascript:alert(1)', '//x', `https://${text(3_000)}`]) {
    const body = { realm: 'endless', organizationsEnabled: true, ...organization({ redirectUrl }) }
    expect((await maker.send('/admin/realms', { method: 'POST', body })).status).toBe(400)
  }
})

it('addresses of identity providers in an import are those that an administrator could give', async () => {
  for (const authorizationUrl of ['javascript:alert(1)', 'not an address', 'data:text/html,x']) {
    const body = { realm: 'endless', ...provider({ config: { authorizationUrl } }) }
    expect((await maker.send('/admin/realms', { method: 'POST', body })).status).toBe(400)
  }
})

it('headers of pages with names that every object has are none', async () => {
  const rawBody =
    '{"realm":"headers","enabled":true,"browserSecurityHeaders":{"constructor":"x","__proto__":"y","toString":"z"}}'
  expect((await maker.send('/admin/realms', { method: 'POST', rawBody })).status).toBe(201)
  const account = `${server.realmUrl('headers')}/account/`
  const query = new URLSearchParams({
    ...{ client_id: 'account', redirect_uri: account, response_type: 'code' },
  })
  const page = await fetch(`${server.realmUrl('headers')}/protocol/openid-connect/auth?${query}`)
  expect(page.status).toBe(200)
  expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN')
})

it.each([
  ['letters that no header has', 'мир'],
  ['two lines', 'a\nb'],
  ['no end', text(3_000)],
])(
  'headers of pages with %s are refused, and the pages stay',
  async (_what, contentSecurityPolicy) => {
    const browserSecurityHeaders = { contentSecurityPolicy }
    const imported = { realm: 'endless', browserSecurityHeaders }
    const answer = await maker.send('/admin/realms', { method: 'POST', body: imported })
    expect(answer.status).toBe(400)
    const body = { browserSecurityHeaders }
    const saved = await admin.send('/admin/realms/victim', { method: 'PUT', body })
    expect(saved.status).toBe(400)
  },
)

it('a workflow in YAML has an end: reading it takes a hundred times as long as JSON', async () => {
  const yaml = 'name: short\non: user-created\nsteps:\n- uses: disable-user\n'
  const path = '/admin/realms/victim/workflows'
  const send = (rawBody: string) =>
    admin.send(path, { method: 'POST', rawBody, contentType: 'application/yaml' })
  expect((await send(`${yaml}# ${text(70_000)}`)).status).toBe(400)
  expect((await send(yaml)).status).toBe(201)
})

it.each(['constructor', '__proto__'])('%s is a name that nothing has', async (odd) => {
  const action = { alias: odd, name: odd, providerId: odd, enabled: true, priority: 1 }
  const body = {
    realm: `odd-${odd.length}`,
    keycloakVersion: '9.0.0',
    identityProviders: [{ alias: 'x', providerId: odd, config: {} }],
    requiredActions: [action],
    users: [{ username: 'u', requiredActions: [odd] }],
  }
  expect((await maker.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
  const below = `/admin/realms/${body.realm}`
  const instances = `${below}/identity-provider/instances`
  expect(await list(instances)).toMatchObject([{ alias: 'x', providerId: odd, types: [] }])
  expect((await admin.send(`${instances}/x/mapper-types`)).status).toBe(200)
  const actions = await list(`${below}/authentication/required-actions`)
  expect(actions).toContainEqual(expect.objectContaining({ alias: odd, priority: 1 }))
  expect(await list(`${below}/users`)).toMatchObject([{ requiredActions: [odd] }])
})
