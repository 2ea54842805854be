import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

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

function many<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index))
}
const text = (length: number) => 'x'.repeat(length)
const names = (count: number, value: unknown) =>
  Object.fromEntries(many(count, (index) => [`n${index}`, value] as const))
const flow = (members: object) => ({
  ...{ alias: 'x', providerId: 'basic-flow', topLevel: true, builtIn: false },
  authenticationExecutions: [],
  ...members,
})
const step = { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE', priority: 1 }
const mapper = {
  ...{ name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
  config: {},
}
const scope = { name: 's', protocol: 'openid-connect' }
/** Each flow holds the next one twice, so that the first is walked through a million times; or itself. */
const doubling = (levels: number) => ({
  authenticationFlows: many(levels, (level) =>
    flow({
      alias: `level ${level}`,
      authenticationExecutions: many(2, (priority) => ({
        ...{ requirement: 'ALTERNATIVE', priority },
        ...(level === levels - 1
          ? { authenticator: 'auth-cookie' }
          : { authenticatorFlow: true, flowAlias: `level ${level + 1}` }),
      })),
    }),
  ),
})
const inItself = { authenticatorFlow: true, flowAlias: 'x', requirement: 'REQUIRED', priority: 1 }
const provider = (members: object) => ({
  identityProviders: [{ alias: 'x', providerId: 'oidc', config: {}, ...members }],
})
const mapperOfProvider = {
  ...{ name: 'm', identityProviderAlias: 'x', identityProviderMapper: 'x', config: {} },
}
const keys = 'org.keycloak.keys.KeyProvider'
const organization = (members: object) => ({
  organizations: [{ name: 'x', alias: 'x', domains: [{ name: 'x.test' }], ...members }],
})

/** What has no end, and where somebody may send it: in an import, and to an address of Admin REST. */
const unbounded: readonly (readonly [what: string, part: object, path?: string, body?: object])[] =
  [
    [
      'attributes of a user',
      { users: [{ username: 'u', attributes: { a: many(20_000, () => 'v') } }] },
      '/users',
      { username: 'u', attributes: { [text(300)]: ['v'] } },
    ],
    [
      'attributes of a group',
      { groups: [{ name: 'g', attributes: { a: [text(5_000_000)] } }] },
      '/groups',
      { name: 'g', attributes: names(20_000, ['v']) },
    ],
    [
      'the name of a nested group',
      { groups: [{ name: 'g', subGroups: [{ name: text(300) }] }] },
      '/groups',
      { name: text(300) },
    ],
    [
      'domains of an organization',
      organization({ domains: many(2_000, (index) => ({ name: `x${index}.test` })) }),
      '/organizations',
      { name: 'x', domains: many(2_000, (index) => ({ name: `x${index}.test` })) },
    ],
    [
      'the description of an organization',
      organization({ description: text(5_000) }),
      '/organizations',
      { name: 'x', domains: [{ name: 'x.test' }], description: text(5_000) },
    ],
    [
      'executions of a flow',
      { authenticationFlows: [flow({ authenticationExecutions: many(1_000, () => step) })] },
    ],
    [
      'the name of a flow',
      { authenticationFlows: [flow({ alias: text(300) })] },
      '/authentication/flows',
      flow({ alias: text(300) }),
    ],
    [
      'texts of languages',
      { localizationTexts: { en: names(20_000, 'v') } },
      '/localization/en',
      names(20_000, 'v'),
    ],
    [
      'attributes of a realm',
      { attributes: names(2_000, 'v') },
      '',
      { attributes: names(2_000, 'v') },
    ],
    ['the length of all texts', { localizationTexts: { en: names(80, text(60_000)) } }],
    ['languages', { supportedLocales: many(2_000, (index) => `l${index}`) }],
    [
      'the id of a mapper',
      { clientScopes: [{ ...scope, protocolMappers: [{ ...mapper, id: text(5_000) }] }] },
      '/client-scopes',
      { ...scope, protocolMappers: [{ ...mapper, id: text(5_000) }] },
    ],
    [
      'the id of a client scope',
      { clientScopes: [{ ...scope, id: text(5_000) }] },
      '/client-scopes',
      { ...scope, id: text(5_000) },
    ],
    ['the id of a role', { roles: { realm: [{ name: 'r', id: text(5_000) }] } }],
    ['the id of a group', { groups: [{ name: 'g', id: text(5_000) }] }],
    ['the id of a user', { users: [{ username: 'u', id: text(5_000) }] }],
    ['the id of a client', { clients: [{ clientId: 'c', id: text(5_000) }] }],
    ['the id of a flow', { authenticationFlows: [flow({ id: text(5_000) })] }],
    ['flows that double', doubling(20)],
    ['a flow in itself', { authenticationFlows: [flow({ authenticationExecutions: [inItself] })] }],
    [
      'the kind of a flow',
      { authenticationFlows: [flow({ providerId: text(300) })] },
      '/authentication/flows',
      flow({ providerId: text(300) }),
    ],
    [
      'the name of a copied flow',
      { authenticationFlows: [flow({ alias: text(300) })] },
      '/authentication/flows/browser/copy',
      { newName: text(300) },
    ],
    [
      'the id of a configuration of a step',
      { authenticatorConfig: [{ id: text(5_000), alias: 'x', config: {} }] },
      '/authentication/config',
      { id: text(5_000), alias: 'x', config: {} },
    ],
    [
      'configurations of steps',
      {
        authenticatorConfig: many(20, (index) => ({
          alias: `x${index}`,
          config: { a: text(99_000) },
        })),
      },
      '/authentication/config',
      { alias: 'x', config: { a: text(1_500_000) } },
    ],
    ['the name of a required action', { requiredActions: [{ alias: text(300) }] }],
    [
      'the kind of a client',
      { clients: [{ clientId: 'c', type: text(300) }] },
      '/clients',
      { clientId: 'c', type: text(300) },
    ],
    [
      'the protocol of a client scope',
      { clientScopes: [{ ...scope, protocol: text(300) }] },
      '/client-scopes',
      { ...scope, protocol: text(300) },
    ],
    [
      'the kind of a component',
      { components: { [keys]: [{ providerId: 'rsa-generated', subType: text(300) }] } },
      '/components',
      { ...{ name: 'k', providerId: 'rsa-generated', providerType: keys }, subType: text(300) },
    ],
    [
      'the id of an identity provider',
      provider({ internalId: text(300) }),
      '/identity-provider/instances',
      { alias: 'x', providerId: 'oidc', internalId: text(300) },
    ],
    [
      'the name of an identity provider',
      provider({ displayName: text(70_000) }),
      '/identity-provider/instances',
      { alias: 'x', providerId: 'oidc', displayName: text(70_000) },
    ],
    ['the alias of an identity provider', provider({ alias: text(300) })],
    ['the settings of an identity provider', provider({ config: { a: text(300_000) } })],
    [
      'the id of a mapper of an identity provider',
      { ...provider({}), identityProviderMappers: [{ ...mapperOfProvider, id: text(300) }] },
    ],
    [
      'the settings of a mapper of an identity provider',
      {
        ...provider({}),
        identityProviderMappers: [{ ...mapperOfProvider, config: { a: text(300_000) } }],
      },
    ],
    [
      'who somebody is at an identity provider',
      {
        users: [
          { username: 'u', federatedIdentities: [{ identityProvider: 'x', userId: text(300) }] },
        ],
      },
      '/users',
      {
        username: 'u',
        federatedIdentities: [{ identityProvider: 'x', userId: text(300) }],
      },
    ],
    [
      'a claim name',
      {
        clientScopes: [
          {
            name: 's',
            protocol: 'openid-connect',
            protocolMappers: [
              {
                ...{ name: 'm', protocol: 'openid-connect' },
                protocolMapper: 'oidc-usermodel-attribute-mapper',
                config: { 'claim.name': 'a.'.repeat(5_000) },
              },
            ],
          },
        ],
      },
    ],
  ]

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
