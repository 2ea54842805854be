import { beforeAll, describe, expect, it } from 'vitest'
import { ownRealm } from './realm.ts'

const member = (username: string) => ({
  username,
  enabled: true,
  email: `${username}@mail.example`,
  emailVerified: true,
  firstName: 'F',
  lastName: 'L',
  credentials: [{ type: 'password', value: 'pw' }],
})

const membershipMapper = {
  name: 'organizations',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-organization-membership-mapper',
  config: {
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'claim.name': 'orgs',
    'jsonType.label': 'JSON',
    multivalued: 'true',
    addOrganizationId: 'true',
    addOrganizationAttributes: 'true',
  },
}

const realm = ownRealm({
  organizationsEnabled: true,
  adminEventsEnabled: true,
  clients: [
    {
      clientId: 'app',
      publicClient: true,
      directAccessGrantsEnabled: true,
      protocolMappers: [membershipMapper],
    },
  ],
  users: [member('anna'), member('bert'), member('managed')],
  identityProviders: [
    { alias: 'partner', providerId: 'oidc', enabled: true, config: { clientSecret: 'hidden' } },
  ],
  organizations: [
    {
      name: 'Imported',
      alias: 'imported',
      domains: [{ name: 'Imported.test', verified: true }],
      attributes: { tier: ['gold', 'silver'] },
      members: [{ username: 'managed', membershipType: 'MANAGED' }, { username: 'bert' }],
      identityProviders: [{ alias: 'partner' }],
    },
  ],
})

let anna = ''
let bert = ''

beforeAll(async () => {
  const idOf = async (name: string) =>
    (await realm.get<{ id: string }[]>(`/users?username=${name}&exact=true`))[0]?.id ?? ''
  anna = await idOf('anna')
  bert = await idOf('bert')
})

async function make(name: string, more: object = {}): Promise<string> {
  return await realm.create('/organizations', { name, alias: name.toLowerCase(), ...more })
}

async function add(organization: string, user: string): Promise<number> {
  const path = `/organizations/${organization}/members`
  return (await realm.send(path, { method: 'POST', rawBody: JSON.stringify(user) })).status
}

async function imported(): Promise<string> {
  return (await realm.get<{ id: string }[]>('/organizations?search=imported'))[0]?.id ?? ''
}

describe('an organization', () => {
  it('is found by name, alias, domain and attribute, whatever their case', async () => {
    for (const query of [
      'search=IMPORT',
      'search=imported.te',
      'search=imported.test&exact=true',
      'q=tier:gold',
    ]) {
      const found = await realm.get<{ name: string }[]>(`/organizations?${query}`)
      expect(found.map(({ name }) => name)).toEqual(['Imported'])
      expect(await realm.get(`/organizations/count?${query}`)).toBe(1)
    }
    for (const query of ['search=import&exact=true', 'q=tier:go', 'search=%25']) {
      expect(await realm.get(`/organizations?${query}`)).toEqual([])
    }
  })

  it('keeps its attributes when they are left out, and nothing else', async () => {
    const id = await make('Kept', {
      attributes: { a: ['b'] },
      description: 'd',
      redirectUrl: 'https://kept.test/',
      domains: [{ name: 'kept.test' }],
    })
    await realm.send(`/organizations/${id}`, {
      method: 'PUT',
      body: { name: 'Kept on', alias: 'kept' },
    })
    expect(await realm.get(`/organizations/${id}`)).toEqual({
      id,
      name: 'Kept on',
      alias: 'kept',
      enabled: true,
      attributes: { a: ['b'] },
    })
  })

  it('never gets another alias', async () => {
    const id = await make('Named')
    for (const body of [{ name: 'Renamed' }, { name: 'Named', alias: 'other' }]) {
      const answer = await realm.send(`/organizations/${id}`, { method: 'PUT', body })
      expect(answer).toMatchObject({
        status: 400,
        body: { errorMessage: 'Cannot change the alias' },
      })
    }
  })

  it.each([
    ['a taken name', { name: 'Imported', alias: 'x1' }, 409],
    ['a taken alias', { name: 'X2', alias: 'imported' }, 409],
    ['a taken domain', { name: 'X3', alias: 'x3', domains: [{ name: 'IMPORTED.test' }] }, 400],
    ['a domain that is none', { name: 'X4', alias: 'x4', domains: [{ name: 'a b' }] }, 400],
    ['a domain without a name', { name: 'X5', alias: 'x5', domains: [{}] }, 400],
    ['an address that is none', { name: 'X6', alias: 'x6', redirectUrl: 'javascript:1' }, 400],
    ['no name', { alias: 'x7' }, 400],
  ])('with %s is refused, and nothing of it stays', async (_, body, status) => {
    const before = await realm.get('/organizations?max=100')
    const answer = await realm.send('/organizations', { method: 'POST', body })
    expect(answer.status).toBe(status)
    expect(await realm.get('/organizations?max=100')).toEqual(before)
  })

  it('is not there for a realm that has none, nor for another realm', async () => {
    const id = await imported()
    const { admin } = realm
    const off = await admin.send('/admin/realms/demo/organizations')
    expect(off).toMatchObject({
      status: 404,
      body: { errorMessage: 'Organizations not enabled for this realm.' },
    })
    expect((await admin.send(`/admin/realms/acme/organizations/${id}`)).status).toBe(404)
    const path = `/admin/realms/acme/organizations/${id}`
    expect((await admin.send(path, { method: 'DELETE' })).status).toBe(404)
    expect((await realm.send(`/organizations/${id}`)).status).toBe(200)
  })
})

describe('members', () => {
  it('join once and leave once, with an event each', async () => {
    const id = await make('Joined')
    expect(await add(id, anna)).toBe(201)
    expect(await add(id, anna)).toBe(409)
    expect(await add(id, 'nobody')).toBe(404)
    const members = await realm.get<object[]>(`/organizations/${id}/members`)
    expect(members).toMatchObject([{ username: 'anna', membershipType: 'UNMANAGED' }])
    expect(await realm.get(`/organizations/${id}/members/count`)).toBe(1)
    expect(await realm.get(`/organizations/${id}/members?search=nn`)).toHaveLength(1)
    expect(await realm.get(`/organizations/${id}/members?search=nn&exact=true`)).toEqual([])
    expect(await realm.get(`/organizations/${id}/members?membershipType=MANAGED`)).toEqual([])
    const path = `/organizations/${id}/members/${anna}`
    expect((await realm.send(path, { method: 'DELETE' })).status).toBe(204)
    expect((await realm.send(path, { method: 'DELETE' })).status).toBe(404)
    expect((await realm.send(path)).status).toBe(404)
    const events = await realm.get<{ operationType: string }[]>(
      `/admin-events?resourceTypes=ORGANIZATION_MEMBERSHIP&resourcePath=organizations/${id}*`,
    )
    expect(events.map(({ operationType }) => operationType)).toEqual(['DELETE', 'CREATE'])
  })

  it('who exist for it alone go with it; the others stay', async () => {
    const body = {
      realm: 'going',
      enabled: true,
      organizationsEnabled: true,
      users: [member('own'), member('guest'), member('leaver')],
      organizations: [
        {
          name: 'Going',
          members: [
            { username: 'own', membershipType: 'MANAGED' },
            { username: 'leaver', membershipType: 'MANAGED' },
            { username: 'guest' },
          ],
        },
      ],
    }
    const { admin } = realm
    await admin.send('/admin/realms', { method: 'POST', body })
    const send = (path: string, method = 'GET') =>
      admin.send(`/admin/realms/going${path}`, { method })
    const [organization] = (await send('/organizations')).body as { id: string }[]
    const path = `/organizations/${organization?.id}`
    const members = (await send(`${path}/members`)).body as { id: string; username: string }[]
    const leaver = members.find(({ username }) => username === 'leaver')
    expect((await send(`${path}/members/${leaver?.id}`, 'DELETE')).status).toBe(204)
    expect((await send(`/users/${leaver?.id}`)).status).toBe(404)
    expect((await send(path, 'DELETE')).status).toBe(204)
    const users = (await send('/users')).body as { username: string }[]
    expect(users.map(({ username }) => username)).toEqual(['guest'])
  })
})

describe('identity providers of an organization', () => {
  it('come with an import, are shown without secrets, and can be taken out and put in', async () => {
    const id = await imported()
    const path = `/organizations/${id}/identity-providers`
    const linked = { alias: 'partner', organizationId: id, config: { clientSecret: '**********' } }
    expect(await realm.get(path)).toMatchObject([linked])
    expect(await realm.get(`${path}/partner`)).toMatchObject(linked)
    const again = await realm.send(path, { method: 'POST', rawBody: '"partner"' })
    expect(again.status).toBe(409)
    expect((await realm.send(`${path}/partner`, { method: 'DELETE' })).status).toBe(204)
    expect((await realm.send(`${path}/partner`, { method: 'DELETE' })).status).toBe(404)
    expect(await realm.get(path)).toEqual([])
    const added = await realm.send(path, { method: 'POST', rawBody: 'partner' })
    expect(added.status).toBe(204)
    const unknown = await realm.send(path, { method: 'POST', rawBody: 'nope' })
    expect(unknown.body).toEqual({
      errorMessage: 'Identity provider not found with the given alias',
    })
  })
})

describe('tokens', () => {
  const claims = async (username: string, scope: string) =>
    (await realm.token(username, 'pw', scope)).claims

  it('name the organizations that the scope asks for, as they are now', async () => {
    const id = await make('Tokens', { attributes: { size: ['xl'] } })
    await add(id, bert)
    expect((await claims('bert', 'openid organization:tokens'))['orgs']).toEqual({
      tokens: { size: ['xl'], id },
    })
    const all = (await claims('bert', 'openid organization:*'))['orgs'] as object
    expect(Object.keys(all)).toEqual(['imported', 'tokens'])
    const body = { name: 'Tokens', alias: 'tokens', attributes: { size: ['s'] } }
    await realm.send(`/organizations/${id}`, { method: 'PUT', body })
    expect((await claims('bert', 'openid organization:tokens'))['orgs']).toEqual({
      tokens: { size: ['s'], id },
    })
    const off = { name: 'Tokens', alias: 'tokens', enabled: false }
    await realm.send(`/organizations/${id}`, { method: 'PUT', body: off })
    expect((await realm.token('bert', 'pw', 'openid organization:tokens')).body).toMatchObject({
      error: 'invalid_scope',
    })
    await realm.send(`/organizations/${id}`, { method: 'DELETE' })
    const left = (await claims('bert', 'openid organization:*'))['orgs'] as object
    expect(Object.keys(left)).toEqual(['imported'])
  })

  it('of somebody who is in no organization have no such claim', async () => {
    for (const scope of ['openid', 'openid organization', 'openid organization:*']) {
      expect(await claims('anna', scope)).not.toHaveProperty('orgs')
    }
  })
})

describe('groups of organizations', () => {
  const grouped = {
    realm: 'grouped',
    enabled: true,
    organizationsEnabled: true,
    roles: { realm: [{ name: 'builder' }] },
    users: [member('gina')],
    organizations: [
      {
        name: 'Firm',
        alias: 'firm',
        domains: [{ name: 'firm.test' }],
        groups: [
          {
            id: 'firm-eng',
            name: 'eng',
            realmRoles: ['builder'],
            subGroups: [{ id: 'firm-core', name: 'core', attributes: { k: ['v'] } }],
          },
        ],
        members: [{ username: 'gina', membershipType: 'UNMANAGED', groups: ['firm-core'] }],
      },
    ],
  }
  const importRealm = (body: unknown) => realm.admin.send('/admin/realms', { method: 'POST', body })

  it('come with an import, with who is in them', async () => {
    expect((await importRealm(grouped)).status).toBe(201)
    const below = '/admin/realms/grouped/organizations'
    const get = async (path: string) =>
      (await realm.admin.send(`${below}${path}`)).body as Record<string, unknown>[]
    const [firm] = await get('')
    const core = `/${firm?.['id']}/groups/firm-core`
    expect(await get(core)).toMatchObject({ path: '/eng/core', attributes: { k: ['v'] } })
    expect(await get(`${core}/members`)).toMatchObject([
      { username: 'gina', membershipType: 'UNMANAGED' },
    ])
    const [role] = await get(`/${firm?.['id']}/groups/firm-eng/role-mappings/realm`)
    expect(role).toMatchObject({ name: 'builder' })
  })

  it('that no import names take no member in', async () => {
    const [organization] = grouped.organizations
    const members = [{ username: 'gina', groups: ['elsewhere'] }]
    const lost = { ...organization, groups: [], members }
    const answer = await importRealm({ ...grouped, realm: 'lost', organizations: [lost] })
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      errorMessage: 'Unable to find organization group specified by id: elsewhere',
    })
    expect((await realm.admin.send('/admin/realms/lost')).status).toBe(404)
  })

  it('never end inside each other, whoever moves them at once', async () => {
    const id = await make('Moves')
    const group = (name: string) => realm.create(`/organizations/${id}/groups`, { name })
    const [one, two] = [await group('one'), await group('two')]
    const move = (child: string, parent: string) =>
      realm.send(`/organizations/${id}/groups/${parent}/children`, {
        method: 'POST',
        body: { id: child, name: 'x' },
      })
    const answers = await Promise.all([move(one, two), move(two, one)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400])
    expect(await realm.get(`/organizations/${id}/groups`)).toHaveLength(1)
  })
})

describe('invitations', () => {
  it('are refused as Keycloak refuses them', async () => {
    const id = await imported()
    const form = 'application/x-www-form-urlencoded'
    const invite = async (kind: string, rawBody: string) => {
      const path = `/organizations/${id}/members/${kind}`
      const request = { method: 'POST', rawBody, contentType: form }
      return (await realm.send(path, request)).body
    }
    expect(await invite('invite-user', 'email=')).toEqual({
      errorMessage: 'Email is required to invite a member',
    })
    expect(await invite('invite-user', 'email=bad')).toEqual({
      errorMessage: 'Invalid email format',
    })
    expect(await invite('invite-user', 'email=bert@mail.example')).toEqual({
      errorMessage: 'User already a member of the organization',
    })
    expect(await invite('invite-existing-user', '')).toEqual({
      error: 'To invite a member you need to provide the user id',
    })
    expect((await realm.send(`/organizations/${id}/invitations/nope`)).body).toEqual({
      errorMessage: 'Invitation not found',
    })
  })
})
