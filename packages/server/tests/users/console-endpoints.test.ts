import { beforeAll, describe, expect, it } from 'vitest'
import { ownRealm } from './realm.ts'

const realm = ownRealm({
  adminEventsEnabled: true,
  bruteForceProtected: true,
  failureFactor: 3,
  clients: [
    { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true },
    { clientId: 'other', publicClient: true, directAccessGrantsEnabled: true },
  ],
  groups: [{ name: 'staff', realmRoles: ['offline_access'] }],
  users: [
    {
      username: 'anna',
      enabled: true,
      email: 'anna@mail.example',
      emailVerified: true,
      firstName: 'A',
      lastName: 'B',
      credentials: [{ type: 'password', value: 'pw' }],
      realmRoles: ['offline_access'],
      clientRoles: { account: ['view-profile'] },
      clientConsents: [
        {
          clientId: 'app',
          grantedClientScopes: ['profile'],
          createdDate: 1000,
          lastUpdatedDate: 2000,
        },
      ],
    },
    {
      username: 'bert',
      enabled: true,
      email: 'bert@mail.example',
      emailVerified: true,
      firstName: 'B',
      lastName: 'C',
      credentials: [{ type: 'password', value: 'pw' }],
    },
  ],
})

let anna = ''
let bert = ''
let app = ''

beforeAll(async () => {
  const idOf = async (path: string) => (await realm.get<{ id: string }[]>(path))[0]?.id ?? ''
  anna = await idOf('/users?username=anna&exact=true')
  bert = await idOf('/users?username=bert&exact=true')
  app = await idOf('/clients?clientId=app')
})

async function events(path: string): Promise<string[]> {
  const found = await realm.get<{ operationType: string; resourceType: string }[]>(
    `/admin-events?resourcePath=${encodeURIComponent(path)}`,
  )
  return found.map(({ operationType, resourceType }) => `${operationType} ${resourceType}`)
}

interface Listed {
  readonly id: string
  readonly type: string
  readonly username: string
  readonly clients: Record<string, string>
}

describe('sessions as the console lists them', () => {
  beforeAll(async () => {
    for (const scope of ['openid', 'openid offline_access']) await realm.token('anna', 'pw', scope)
    await realm.token('bert', 'pw')
  })

  const types = async (query: string) =>
    (await realm.get<Listed[]>(`/ui-ext/sessions${query}`)).map(
      ({ type, username }) => `${type} ${username}`,
    )

  it('are of one kind or all, the online ones first', async () => {
    expect(await types('?type=OFFLINE')).toEqual(['OFFLINE anna'])
    expect(new Set(await types('?type=REGULAR'))).toEqual(new Set(['REGULAR anna', 'REGULAR bert']))
    expect((await types('')).at(-1)).toBe('OFFLINE anna')
    expect(await types('?type=ALL&first=0&max=1')).toHaveLength(1)
    expect((await realm.send('/ui-ext/sessions?type=NOPE')).status).toBe(404)
  })

  it.each(['ber', 'BERT', '127.0.0'])('are found by %s', async (search) => {
    expect(await types(`?search=${search}`)).toContain('REGULAR bert')
  })

  it('are found by the user’s id, and not by what nobody has', async () => {
    expect(await types(`?search=${bert}`)).toEqual(['REGULAR bert'])
    expect(await types('?search=nobody')).toEqual([])
    expect(await types('?search=10.1.')).toEqual([])
  })

  it('are those of one client', async () => {
    const found = await realm.get<Listed[]>(`/ui-ext/sessions/client?clientId=${app}&search=anna`)
    const listed = found.map(({ type }) => type)
    expect(listed).toEqual(listed.toSorted().toReversed())
    expect(new Set(listed)).toEqual(new Set(['REGULAR', 'OFFLINE']))
    expect(found[0]?.clients).toEqual({ [app]: 'app' })
    const other = await realm.get<{ id: string }[]>('/clients?clientId=other')
    const path = `/ui-ext/sessions/client?clientId=${other[0]?.id}`
    expect(await realm.get(path)).toEqual([])
    expect((await realm.send('/ui-ext/sessions/client?clientId=nope')).status).toBe(404)
  })
})

describe('consents of a user', () => {
  it('are listed with offline tokens, and go together', async () => {
    await realm.token('anna', 'pw', 'openid offline_access')
    const grant = { client: app, key: 'Offline Token' }
    expect(await realm.get(`/users/${anna}/consents`)).toEqual([
      {
        clientId: 'app',
        grantedClientScopes: ['profile'],
        createdDate: 1000,
        lastUpdatedDate: 2000,
        additionalGrants: [grant],
      },
    ])
    const path = `/users/${anna}/consents/app`
    expect((await realm.send(path, { method: 'DELETE' })).status).toBe(204)
    expect(await realm.get(`/users/${anna}/consents`)).toEqual([])
    expect(await realm.get(`/users/${anna}/offline-sessions/${app}`)).toEqual([])
    const sessions = await realm.get<Listed[]>(`/users/${anna}/sessions`)
    expect(sessions.every(({ clients }) => Object.keys(clients).length === 0)).toBe(true)
    const again = await realm.send(path, { method: 'DELETE' })
    expect(again).toMatchObject({
      status: 404,
      body: { error: 'Consent nor offline token not found' },
    })
    expect(await events(`users/${anna}/consents/app`)).toEqual(['ACTION USER'])
  })

  it('include offline tokens without a consent', async () => {
    await realm.token('anna', 'pw', 'openid offline_access')
    expect(await realm.get(`/users/${anna}/consents`)).toEqual([
      {
        clientId: 'app',
        grantedClientScopes: [],
        additionalGrants: [{ client: app, key: 'Offline Token' }],
      },
    ])
    expect((await realm.send(`/users/${anna}/consents/nope`, { method: 'DELETE' })).body).toEqual({
      error: 'Client not found',
    })
  })
})

describe('failed logins', () => {
  it('are shown with a user and in lists, and forgotten on request', async () => {
    for (let attempt = 0; attempt < 4; attempt += 1) await realm.token('bert', 'wrong')
    const path = `/attack-detection/brute-force/users/${bert}`
    const status = await realm.get<{ numFailures: number; failedLoginNotBefore: number }>(path)
    expect(status).toMatchObject({ disabled: true, numTemporaryLockouts: expect.any(Number) })
    expect(status.numFailures).toBeGreaterThan(0)
    expect(status.failedLoginNotBefore).toBeGreaterThan(Date.now() / 1000)
    const [listed] = await realm.get<object[]>('/ui-ext/brute-force-user?search=bert')
    expect(listed).toMatchObject({
      username: 'bert',
      bruteForceStatus: { disabled: true, numFailures: status.numFailures },
    })
    expect((await realm.send(path, { method: 'DELETE' })).status).toBe(204)
    expect((await realm.send(path, { method: 'DELETE' })).status).toBe(204)
    expect(await realm.get(path)).toMatchObject({ disabled: false, numFailures: 0 })
    expect((await realm.token('bert', 'pw')).status).toBe(200)
    expect(await events(path.slice(1))).toEqual(['DELETE USER_LOGIN_FAILURE'])
  })

  it('of everybody are forgotten at once', async () => {
    await realm.token('bert', 'wrong')
    const all = '/attack-detection/brute-force/users'
    expect((await realm.send(all, { method: 'DELETE' })).status).toBe(204)
    expect(await realm.get(`${all}/${bert}`)).toMatchObject({ numFailures: 0 })
    expect(await events(all.slice(1))).toEqual(['DELETE USER_LOGIN_FAILURE'])
  })
})

describe('roles as the console lists them', () => {
  interface Row {
    readonly id: string
    readonly role?: string
    readonly name?: string
    readonly client?: string
    readonly clientRole?: boolean
  }

  it('are those of all clients that are not mapped yet, page by page', async () => {
    const path = `/ui-ext/available-roles/users/${anna}`
    const all = await realm.get<Row[]>(`${path}?max=1000`)
    const names = all.map(({ client, role }) => `${client} ${role}`)
    expect(names).not.toContain('account view-profile')
    expect(names).toContain('account manage-account')
    expect(await realm.get(`${path}?first=2&max=3`)).toEqual(all.slice(2, 5))
    const found = await realm.get<Row[]>(`${path}?search=realm-manag`)
    expect(new Set(found.map(({ client }) => client))).toEqual(new Set(['realm-management']))
    expect((await realm.send('/ui-ext/available-roles/users/nope')).status).toBe(404)
    expect((await realm.send(`/ui-ext/available-roles/nope/${anna}`)).status).toBe(404)
  })

  it('are effective by groups and composites too', async () => {
    const [staff] = await realm.get<{ id: string }[]>('/groups?search=staff')
    const ofGroup = await realm.get<Row[]>(`/ui-ext/effective-roles-all/groups/${staff?.id}`)
    expect(ofGroup).toMatchObject([{ name: 'offline_access', clientRole: false }])
    const ofUser = await realm.get<Row[]>(`/ui-ext/effective-roles/users/${anna}`)
    expect(ofUser.map(({ role }) => role)).toEqual(['view-profile'])
    const role = await realm.get<{ id: string }>('/roles/default-roles-own')
    const ofRole = await realm.get<Row[]>(`/ui-ext/effective-roles/roles/${role.id}`)
    expect(ofRole.map((row) => row.role)).toContain('manage-account')
    expect(await realm.get(`/ui-ext/role-mappings/roles/${role.id}`)).toMatchObject({
      realmMappings: expect.arrayContaining([expect.objectContaining({ name: 'offline_access' })]),
      clientMappings: { account: { client: 'account' } },
    })
  })

  it('are removed together, with one event', async () => {
    const [mapped] = await realm.get<Row[]>(`/users/${anna}/role-mappings/realm`)
    const path = `/ui-ext/role-mapping-delete/users/${anna}`
    const body = [
      { roleId: mapped?.id, roleName: 'offline_access' },
      { roleId: 'nope', roleName: 'x' },
    ]
    expect((await realm.send(path, { method: 'POST', body })).status).toBe(204)
    expect(await realm.get(`/users/${anna}/role-mappings/realm`)).toEqual([])
    expect(await events(path.slice(1))).toEqual(['DELETE REALM_ROLE_MAPPING'])
  })
})
