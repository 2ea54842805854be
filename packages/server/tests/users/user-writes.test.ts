import { describe, expect, it } from 'vitest'
import { ownRealm } from './realm.ts'

interface User {
  readonly id: string
  readonly username: string
  readonly firstName?: string
  readonly enabled: boolean
  readonly requiredActions: string[]
  readonly notBefore: number
  readonly createdTimestamp: number
}

const password = 'long enough'
const realm = ownRealm({
  passwordPolicy: 'length(8)',
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: true,
  groups: [{ name: 'everybody' }, { name: 'some' }],
  defaultGroups: ['/everybody'],
  bruteForceProtected: true,
  failureFactor: 1,
  quickLoginCheckMilliSeconds: 0,
  requiredActions: [
    {
      alias: 'TERMS_AND_CONDITIONS',
      name: 'Terms',
      providerId: 'TERMS_AND_CONDITIONS',
      enabled: true,
      defaultAction: false,
      priority: 5,
      config: {},
    },
  ],
})

async function events(path: string): Promise<{ operationType: string; representation: string }[]> {
  return await realm.get(`/admin-events?resourcePath=${encodeURIComponent(path)}`)
}

function withPassword(username: string, more: object = {}) {
  return {
    username,
    enabled: true,
    credentials: [{ type: 'password', value: password }],
    ...more,
  }
}

const complete = { email: 'c@mail.example', emailVerified: true, firstName: 'C', lastName: 'D' }

describe('a refused change of a user', () => {
  it.each([
    ['a password that breaks the policy', { credentials: [{ type: 'password', value: 'x' }] }, 400],
    [
      'a password that breaks it behind one that does not',
      { credentials: [{ value: password }, { value: 'x' }] },
      400,
    ],
    ['another user’s name', { username: 'admin-of-names' }, 400],
    ['another user’s address', { email: 'taken@mail.example' }, 409],
    ['an address that is none', { email: 'none' }, 400],
    [
      'a credential that cannot be read',
      { credentials: [{ type: 'otp', secretData: 'x', credentialData: '{}' }] },
      400,
    ],
  ])('for %s leaves no trace', async (_, given, status) => {
    await realm.send('/users', {
      method: 'POST',
      body: { username: 'taken', email: 'taken@mail.example' },
    })
    const id = await realm.create(
      '/users',
      withPassword(`user-${Math.random()}`, { firstName: 'A' }),
    )
    const before = await realm.get<User>(`/users/${id}`)
    await realm.token(before.username, password)
    const sessions = await realm.get<unknown[]>(`/users/${id}/sessions`)
    expect(sessions).toHaveLength(1)
    const body = { firstName: 'B', enabled: false, requiredActions: ['UPDATE_PROFILE'], ...given }
    const answer = await realm.send(`/users/${id}`, { method: 'PUT', body })
    expect(answer.status).toBe(status)
    expect(await realm.get(`/users/${id}`)).toEqual(before)
    expect(await realm.get(`/users/${id}/sessions`)).toEqual(sessions)
    expect((await realm.token(before.username, password)).status).toBe(200)
    const recorded = await events(`users/${id}`)
    expect(recorded.map(({ operationType }) => operationType)).toEqual(['CREATE'])
  })

  it.each([
    ['a weak password', { credentials: [{ value: 'x' }] }],
    ['a group that is not there', { groups: ['/nowhere'] }],
    ['a credential that cannot be read', { credentials: [{ type: 'otp', secretData: '[]' }] }],
    ['a name with prohibited characters', { firstName: '<b>' }],
  ])('a refused creation for %s leaves no user', async (_, given) => {
    const body = { ...withPassword('nobody-there'), ...given }
    const answer = await realm.send('/users', { method: 'POST', body })
    expect(answer.status).toBe(400)
    expect(await realm.get('/users?username=nobody-there&exact=true')).toEqual([])
  })
})

describe('a change of a user', () => {
  it('that disables it ends its sessions, with one event', async () => {
    const id = await realm.create('/users', withPassword('disabled', complete))
    await realm.token('disabled', password)
    await realm.send(`/users/${id}`, { method: 'PUT', body: { enabled: false } })
    expect(await realm.get(`/users/${id}/sessions`)).toEqual([])
    const recorded = await events(`users/${id}`)
    expect(recorded.map(({ operationType }) => operationType)).toEqual(['UPDATE', 'CREATE'])
    expect(JSON.parse(recorded[0]?.representation ?? '')).toEqual({ enabled: false })
    await realm.send(`/users/${id}`, { method: 'PUT', body: { enabled: true } })
    expect((await realm.token('disabled', password)).status).toBe(200)
  })

  it('removal ends its sessions, with one event, once', async () => {
    const id = await realm.create('/users', withPassword('removed', { email: 'r@mail.example' }))
    expect((await realm.send(`/users/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await realm.send(`/users/${id}`, { method: 'DELETE' })).status).toBe(404)
    const recorded = await events(`users/${id}`)
    expect(recorded.map(({ operationType }) => operationType)).toEqual(['DELETE', 'CREATE'])
  })

  it('lists no required action that does not exist, and takes no times of others', async () => {
    const body = withPassword('listed', {
      requiredActions: ['nope', 'UPDATE_PROFILE'],
      notBefore: 7,
      createdTimestamp: 5,
    })
    const id = await realm.create('/users', body)
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      requiredActions: ['UPDATE_PROFILE'],
      notBefore: 0,
      createdTimestamp: 5,
    })
    const change = { requiredActions: ['foo', 'CONFIGURE_TOTP'], notBefore: 9, createdTimestamp: 6 }
    expect((await realm.send(`/users/${id}`, { method: 'PUT', body: change })).status).toBe(204)
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      requiredActions: ['CONFIGURE_TOTP'],
      notBefore: 0,
      createdTimestamp: 5,
    })
  })

  it('of many at once keeps what each of them wrote', async () => {
    const id = await realm.create('/users', withPassword('busy'))
    const names = ['firstName', 'lastName', 'email', 'enabled', 'emailVerified'] as const
    const values = { firstName: 'B', lastName: 'C', email: 'b@mail.example' }
    const answers = await Promise.all(
      names.map((name) => {
        const value = name in values ? values[name as keyof typeof values] : true
        return realm.send(`/users/${id}`, { method: 'PUT', body: { [name]: value } })
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 204))
    expect(await realm.get(`/users/${id}`)).toMatchObject({ ...values, emailVerified: true })
  })
})

describe('credentials of a user', () => {
  it('are set and removed with one event each, and with none when that is refused', async () => {
    const id = await realm.create('/users', withPassword('reset'))
    const path = `/users/${id}/reset-password`
    const reset = (value: string) =>
      realm.send(path, { method: 'PUT', body: { type: 'password', value } })
    expect((await reset('x')).status).toBe(400)
    expect(await events(path.slice(1))).toEqual([])
    expect((await reset(`${password}?`)).status).toBe(204)
    expect(await events(path.slice(1))).toMatchObject([{ operationType: 'ACTION' }])
    const [credential] = await realm.get<{ id: string }[]>(`/users/${id}/credentials`)
    const place = `/users/${id}/credentials/${credential?.id}`
    expect((await realm.send(place, { method: 'DELETE' })).status).toBe(204)
    expect((await realm.send(place, { method: 'DELETE' })).status).toBe(404)
    expect(await events(place.slice(1))).toMatchObject([{ operationType: 'ACTION' }])
  })
})

describe('a new user', () => {
  it('gets what the realm gives to everybody, service accounts too', async () => {
    const action = '/authentication/required-actions/TERMS_AND_CONDITIONS'
    const terms = await realm.get<object>(action)
    await realm.send(action, { method: 'PUT', body: { ...terms, defaultAction: true } })
    const id = await realm.create('/users', withPassword('given', { groups: ['/some'] }))
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      requiredActions: ['TERMS_AND_CONDITIONS'],
    })
    const groups = await realm.get<{ name: string }[]>(`/users/${id}/groups`)
    expect(groups.map(({ name }) => name)).toEqual(['everybody', 'some'])
    const body = { clientId: 'robot', serviceAccountsEnabled: true, publicClient: false }
    const client = await realm.create('/clients', body)
    const account = await realm.get<User>(`/clients/${client}/service-account-user`)
    expect(account.requiredActions).toEqual(['TERMS_AND_CONDITIONS'])
    expect(await realm.get(`/users/${account.id}/groups`)).toMatchObject([{ name: 'everybody' }])
    await realm.send(action, { method: 'PUT', body: terms })
  })

  it('brings credentials as another server stored them', async () => {
    const secret = { value: 'abc' }
    const kind = { subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }
    const id = await realm.create('/users', {
      username: 'moved',
      enabled: true,
      credentials: [
        {
          type: 'otp',
          userLabel: 'phone',
          secretData: JSON.stringify(secret),
          credentialData: JSON.stringify(kind),
        },
        { type: 'of-another-server', secretData: '{}', credentialData: '{}' },
      ],
    })
    expect(await realm.get(`/users/${id}/credentials`)).toMatchObject([
      { type: 'otp', userLabel: 'phone', credentialData: JSON.stringify(kind) },
    ])
  })

  it('has to change a temporary password, and not one that is given later', async () => {
    const credentials = [{ type: 'password', value: password, temporary: true }]
    const id = await realm.create('/users', { username: 'temporary', enabled: true, credentials })
    expect(await realm.get(`/users/${id}`)).toMatchObject({ requiredActions: ['UPDATE_PASSWORD'] })
    const body = { credentials: [{ type: 'password', value: `${password}!` }] }
    await realm.send(`/users/${id}`, { method: 'PUT', body })
    expect(await realm.get(`/users/${id}`)).toMatchObject({ requiredActions: [] })
    expect((await realm.token('temporary', `${password}!`)).status).toBe(200)
  })
})
