import { describe, expect, it } from 'vitest'
import { ownRealm } from './realm.ts'

const everybody = { view: ['admin', 'user'], edit: ['admin', 'user'] }
const columns = ['username', 'email', 'firstName', 'lastName'].map((name) => ({
  name,
  permissions: everybody,
}))
const realm = ownRealm({ adminEventsEnabled: true })
let made = 0

async function save(attributes: readonly object[], more: object = {}) {
  const body = { attributes: [...columns, ...attributes], ...more }
  return await realm.send('/users/profile', { method: 'PUT', body })
}

async function create(attributes: object, more: object = {}) {
  made += 1
  const body = { username: `user-${made}`, enabled: true, attributes, ...more }
  return await realm.send('/users', { method: 'POST', body })
}

async function createdId(attributes: object): Promise<string> {
  return (await create(attributes)).headers.get('location')?.split('/').at(-1) ?? ''
}

/** As Keycloak 26.7.4 answered, each for one attribute in a profile that is right otherwise. */
const refusals: [object, string][] = [
  [{}, "Attribute configuration without 'name' is not allowed"],
  [
    { name: 'a b' },
    "Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): a b'",
  ],
  [{ name: 'username' }, "Attribute configuration already exists with 'name':'username'"],
  [
    { name: 'd', selector: { scopes: ['nope'] } },
    "'selector.scopes' configuration for attribute 'd' contains unsupported scope 'nope'",
  ],
  [
    { name: 'd', required: { scopes: ['nope'] } },
    "'required.scopes' configuration for attribute 'd' contains unsupported scope 'nope'",
  ],
  [
    { name: 'd', required: { roles: ['nope'] } },
    "'required.roles' configuration for attribute 'd' contains unsupported role 'nope'",
  ],
  [
    { name: 'd', permissions: { edit: ['nope', 'x'] } },
    "'permissions.edit' configuration for attribute 'd' contains unsupported role 'nope', 'permissions.edit' configuration for attribute 'd' contains unsupported role 'x'",
  ],
  [{ name: 'd', group: 'nope' }, "Attribute 'd' references unknown group 'nope'"],
  [
    { name: 'd', defaultValue: 'x', validations: { length: { max: 0 } } },
    "Default value for attribute 'd' is invalid",
  ],
  [
    { name: 'd', validations: { nope: {} } },
    "Validator 'nope' defined for attribute 'd' doesn't exist",
  ],
  [
    { name: 'd', validations: { length: {} } },
    "Validator 'length' defined for attribute 'd' has incorrect configuration: " +
      "ValidationError{validatorId='length', inputHint='min', message='error-validator-config-missing-value', messageParameters=[]}, " +
      "ValidationError{validatorId='length', inputHint='max', message='error-validator-config-missing-value', messageParameters=[]}, ",
  ],
  [
    { name: 'd', validations: { integer: { min: 5, max: 1 } } },
    "Validator 'integer' defined for attribute 'd' has incorrect configuration: ValidationError{validatorId='integer', inputHint='max', message='error-validator-config-invalid-value', messageParameters=[]}, ",
  ],
  [
    { name: 'd', validations: { double: { min: 'a' } } },
    "Validator 'double' defined for attribute 'd' has incorrect configuration: ValidationError{validatorId='double', inputHint='min', message='error-validator-config-invalid-number-value', messageParameters=[a]}, ",
  ],
  [
    { name: 'd', validations: { multivalued: { min: '1' } } },
    "Validator 'multivalued' defined for attribute 'd' has incorrect configuration: ValidationError{validatorId='multivalued', inputHint='max', message='error-validator-config-missing-value', messageParameters=[]}, ",
  ],
  [
    { name: 'd', validations: { options: { options: 'a' } } },
    "Validator 'options' defined for attribute 'd' has incorrect configuration: ValidationError{validatorId='options', inputHint='options', message='error-validator-config-invalid-value', messageParameters=[must be list of values]}, ",
  ],
]

describe('a profile', () => {
  it.each(refusals)('with %o is refused as Keycloak refuses it', async (attribute, why) => {
    const before = await realm.get('/users/profile')
    const answer = await save([attribute])
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ errorMessage: `[${why}]` })
    expect(await realm.get('/users/profile')).toEqual(before)
  })

  it('with a pattern that is none is refused', async () => {
    const answer = await save([{ name: 'd', validations: { pattern: { pattern: '[' } } }])
    expect(answer.status).toBe(400)
  })

  it('says of what an unknown member is', async () => {
    const answers = [
      await save([{ name: 'd', foo: 1 }]),
      await save([], { groups: [{ name: 'g', foo: 1 }] }),
    ]
    expect(answers.map(({ body }) => (body as { error: string }).error)).toEqual([
      expect.stringMatching(
        /^Invalid json representation for UPAttribute. Unrecognized field "foo"/,
      ),
      expect.stringMatching(/^Invalid json representation for UPGroup. Unrecognized field "foo"/),
    ])
  })

  it('keeps the attributes without which there are no users', async () => {
    const body = { attributes: columns.filter(({ name }) => name !== 'email') }
    const answer = await realm.send('/users/profile', { method: 'PUT', body })
    expect(answer.body).toEqual({ errorMessage: "[The attribute 'email' can not be removed]" })
  })

  it('that was saved is given back, shown in forms, and recorded', async () => {
    const attribute = {
      name: 'd',
      annotations: { inputType: 'text' },
      validations: { length: { max: 3 } },
      required: { roles: ['admin'] },
      permissions: { view: ['admin'], edit: ['user'] },
      group: 'g',
    }
    const groups = [{ name: 'g', displayHeader: 'h', annotations: { a: 'b' } }]
    const saved = await save([attribute], { groups })
    expect(saved.status).toBe(200)
    expect(await realm.get('/users/profile')).toEqual(saved.body)
    const metadata = await realm.get<{ attributes: unknown[]; groups: unknown }>(
      '/users/profile/metadata',
    )
    expect(metadata.groups).toEqual(groups)
    expect(metadata.attributes.at(-1)).toEqual({
      name: 'd',
      displayName: 'd',
      required: true,
      readOnly: true,
      annotations: { inputType: 'text' },
      validators: {
        multivalued: { max: '1' },
        length: { max: 3, 'ignore.empty.value': true },
      },
      group: 'g',
      multivalued: false,
    })
    const events = await realm.get<unknown[]>('/admin-events?resourceTypes=USER_PROFILE')
    expect(events).toHaveLength(1)
  })

  it('names the locale and when terms were accepted only where the realm has such', async () => {
    const names = async () => {
      const { attributes } = await realm.get<{ attributes: { name: string }[] }>(
        '/users/profile/metadata',
      )
      return attributes.map(({ name }) => name).filter((name) => /^[lt].*_|locale/.test(name))
    }
    await save([])
    expect(await names()).toEqual([])
    const body = { internationalizationEnabled: true, supportedLocales: ['en', 'de'] }
    await realm.send('', { method: 'PUT', body })
    expect(await names()).toEqual(['locale'])
    const path = '/authentication/required-actions/TERMS_AND_CONDITIONS'
    const terms = await realm.get<object>(path)
    await realm.send(path, { method: 'PUT', body: { ...terms, enabled: true } })
    expect((await names()).toSorted()).toEqual(['locale', 'terms_and_conditions'])
    await realm.send(path, { method: 'PUT', body: terms })
  })
})

describe('users under a profile', () => {
  it('keep attributes that it does not name when what was read is written back', async () => {
    await save([], { unmanagedAttributePolicy: 'ENABLED' })
    const id = await createdId({ dept: ['sales'], z: ['1', '2'] })
    for (const policy of ['ADMIN_VIEW', 'ADMIN_EDIT', 'ENABLED', undefined, 'ADMIN_VIEW']) {
      await save([], policy === undefined ? {} : { unmanagedAttributePolicy: policy })
      const read = await realm.get<object>(`/users/${id}`)
      const written = await realm.send(`/users/${id}`, { method: 'PUT', body: read })
      expect(written.status).toBe(204)
    }
    expect(await realm.get(`/users/${id}/unmanagedAttributes`)).toEqual({
      dept: ['sales'],
      z: ['1', '2'],
    })
    await realm.send(`/users/${id}`, { method: 'PUT', body: { attributes: { dept: ['x'] } } })
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      attributes: { dept: ['sales'], z: ['1', '2'] },
    })
    await save([])
    expect(await realm.get(`/users/${id}`)).not.toHaveProperty('attributes')
    expect(await realm.get(`/users/${id}/unmanagedAttributes`)).toEqual({})
  })

  it('are not given what their administrator may not edit, and keep it', async () => {
    const badge = { name: 'badge', permissions: { view: ['admin', 'user'], edit: ['user'] } }
    const hidden = { name: 'hidden', permissions: { view: ['user'], edit: ['user'] } }
    await save([badge, hidden])
    const id = await createdId({ badge: ['7'], hidden: ['8'] })
    expect(await realm.get(`/users/${id}`)).not.toHaveProperty('attributes')
    await save([
      { ...badge, permissions: everybody },
      { ...hidden, permissions: everybody },
    ])
    const attributes = { badge: ['1'], hidden: ['2'] }
    await realm.send(`/users/${id}`, { method: 'PUT', body: { attributes } })
    await save([badge, hidden])
    expect(await realm.get(`/users/${id}`)).toMatchObject({ attributes: { badge: ['1'] } })
    for (const [name, value] of Object.entries({ badge: '7', hidden: 'x' })) {
      const body = { attributes: { [name]: [value] } }
      const answer = await realm.send(`/users/${id}`, { method: 'PUT', body })
      expect(answer.body).toEqual({
        field: name,
        errorMessage: 'error-user-attribute-read-only',
        params: [name],
      })
    }
    await realm.send(`/users/${id}`, { method: 'PUT', body: { attributes: {} } })
    await save([
      { ...badge, permissions: everybody },
      { ...hidden, permissions: everybody },
    ])
    expect(await realm.get(`/users/${id}`)).toMatchObject({ attributes })
  })

  it('have a name and address that everybody sees and changes where nobody is named', async () => {
    const nobody = { view: [], edit: [] }
    const users = { view: ['user'], edit: ['user'] }
    const profile = (names: object | undefined, more: object) => [
      { name: 'username', ...(names && { permissions: names }) },
      { name: 'email', ...(names && { permissions: names }) },
      { name: 'firstName', permissions: more },
      { name: 'lastName', permissions: everybody },
    ]
    const put = async (attributes: readonly object[]) => {
      const { status, body } = await realm.send('/users/profile', {
        method: 'PUT',
        body: { attributes },
      })
      expect(status).toBe(200)
      return (body as { attributes: { permissions?: object }[] }).attributes[0]?.permissions
    }
    await save([])
    const id = await createdId({})
    const email = (name: string) => ({ email: `${name}@example.org` })
    const change = (body: object) => realm.send(`/users/${id}`, { method: 'PUT', body })
    await change({ ...email('before'), firstName: 'Ada' })
    for (const [index, permissions] of [undefined, {}, nobody].entries()) {
      const stored = await put(profile(permissions, nobody))
      expect(stored).toEqual(permissions === undefined ? undefined : nobody)
      expect((await change(email(`a${index}`))).status).toBe(204)
      const shown = await realm.get<object>(`/users/${id}?userProfileMetadata=true`)
      expect(shown).toMatchObject({
        ...email(`a${index}`),
        userProfileMetadata: {
          attributes: expect.arrayContaining([
            expect.objectContaining({ name: 'username', readOnly: true }),
            expect.objectContaining({ name: 'email', readOnly: false }),
          ]),
        },
      })
      expect(shown).not.toHaveProperty('firstName')
    }
    await put(profile(users, everybody))
    const [listed] = await realm.get<object[]>('/users?search=a2@example.org')
    expect(listed).toMatchObject({ id, firstName: 'Ada' })
    expect(listed).not.toHaveProperty('email')
    expect(listed).not.toHaveProperty('username')
    expect((await change(email('b'))).body).toMatchObject({
      errorMessage: 'error-user-attribute-read-only',
    })
    await put(profile(undefined, everybody))
    expect(await realm.get(`/users/${id}`)).toMatchObject(email('a2'))
  })

  it('need as many values as it says', async () => {
    const validations = { multivalued: { min: 1, max: 2 } }
    await save([{ name: 'tags', multivalued: true, validations, permissions: everybody }])
    for (const attributes of [{}, { tags: [] }, { tags: ['a', 'b', 'c'] }]) {
      const answer = await create(attributes)
      expect(answer.body).toMatchObject({ errorMessage: 'error-invalid-multivalued-size' })
    }
    expect((await create({ tags: ['a', 'b'] })).status).toBe(201)
  })

  it('get its default values, and no blank ones', async () => {
    await save([
      { name: 'dv', defaultValue: 'dd', permissions: everybody },
      { name: 'mv', multivalued: true, permissions: everybody },
    ])
    const id = await createdId({ mv: ['1', '', ' '], dv: [''] })
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      attributes: { dv: ['dd'], mv: ['1'] },
    })
  })

  it('of a service account may have any attribute', async () => {
    await save([])
    const client = await realm.create('/clients', {
      clientId: 'robot',
      serviceAccountsEnabled: true,
      publicClient: false,
    })
    const { id } = await realm.get<{ id: string }>(`/clients/${client}/service-account-user`)
    const body = { attributes: { anything: ['1'] }, username: 'renamed' }
    expect((await realm.send(`/users/${id}`, { method: 'PUT', body })).status).toBe(204)
    expect(await realm.get(`/users/${id}`)).toMatchObject({
      username: 'service-account-robot',
      attributes: { anything: ['1'] },
    })
  })

  it('whose name breaks its rules may sign in and be changed all the same', async () => {
    await save([])
    const credentials = [{ type: 'password', value: 'pw' }]
    const more = { credentials, email: 'u@mail.example', firstName: 'U', lastName: 'O' }
    await realm.send('/users', { method: 'POST', body: { ...more, username: 'u0', enabled: true } })
    await realm.send('/users/profile', { method: 'PUT', rawBody: 'null' })
    expect((await realm.token('u0', 'pw')).status).toBe(200)
    const [user] = await realm.get<{ id: string }[]>('/users?username=u0&exact=true')
    const body = { username: 'u0', lastName: 'P' }
    expect((await realm.send(`/users/${user?.id}`, { method: 'PUT', body })).status).toBe(204)
    expect((await create({}, { username: 'u1' })).status).toBe(400)
  })

  it('with a required action that nobody knows get no token by their password', async () => {
    const realmBody = {
      realm: 'unknown-action',
      enabled: true,
      clients: [{ clientId: 'app', publicClient: true, directAccessGrantsEnabled: true }],
      users: [
        {
          username: 'anna',
          enabled: true,
          credentials: [{ type: 'password', value: 'pw' }],
          requiredActions: ['of-another-server'],
        },
      ],
    }
    await realm.admin.send('/admin/realms', { method: 'POST', body: realmBody })
    const answer = await fetch(`${realm.url}/realms/unknown-action/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'app',
        username: 'anna',
        password: 'pw',
      }),
    })
    expect(await answer.json()).toMatchObject({ error_description: 'Account is not fully set up' })
  })

  it('are found by a prefix that holds wildcards of SQL', async () => {
    await save([])
    for (const username of ['per%cent', 'per_cent', 'perxcent', 'per\\cent']) {
      await realm.send('/users', { method: 'POST', body: { username } })
    }
    const found = async (search: string) => {
      const path = `/users?search=${encodeURIComponent(search)}`
      return (await realm.get<{ username: string }[]>(path)).map(({ username }) => username)
    }
    expect(await found('per%')).toEqual(['per%cent'])
    expect(await found('per_')).toEqual(['per_cent'])
    expect(await found('per\\')).toEqual(['per\\cent'])
    expect(await found('%cent')).toEqual([])
    expect(await found('*%cent')).toEqual(['per%cent'])
  })
})
