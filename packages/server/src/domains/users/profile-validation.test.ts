import { afterAll, describe, expect, it } from 'vitest'
import { Patterns } from '../../patterns/patterns.ts'
import { changedProfile, profileValuesOf } from './profile-change.ts'
import { profileErrors } from './profile-validation.ts'
import { visibleAttributes } from './profile-visibility.ts'
import type { ProfileAttribute, ProfileRealm, UserProfile } from './user-profile.ts'

const everybody = { view: ['admin', 'user'], edit: ['admin', 'user'] }
const columns = ['username', 'email', 'firstName', 'lastName'].map((name) => ({
  name,
  permissions: everybody,
}))

interface Wanted {
  readonly attributes?: readonly ProfileAttribute[]
  readonly policy?: UserProfile['unmanagedAttributePolicy']
  readonly settings?: Record<string, unknown>
}

/** A realm of which only the profile and what decides about it is there. */
function realmWith({ attributes, policy, settings }: Wanted): ProfileRealm {
  const profile = {
    attributes: [...columns, ...(attributes ?? [])],
    ...(policy === undefined ? {} : { unmanagedAttributePolicy: policy }),
  }
  const config = { 'kc.user.profile.config': [JSON.stringify(profile)] }
  const providerType = 'org.keycloak.userprofile.UserProfileProvider'
  const component = { id: 'c', parentId: 'r', providerId: 'p', providerType, config }
  return {
    name: 'acme',
    components: attributes === undefined && policy === undefined ? [] : [component],
    settings: {
      requiredActions: [],
      internationalizationEnabled: false,
      registrationEmailAsUsername: false,
      editUsernameAllowed: false,
      ...settings,
    },
  } as unknown as ProfileRealm
}

const present = {
  username: 'anna',
  email: 'anna@mail.example',
  firstName: 'Anna',
  lastName: null,
  attributes: { dept: ['sales'] },
  serviceAccountClientUuid: null,
}
const before = profileValuesOf(present)
const patterns = new Patterns({ warn: (text) => expect(text).toContain('matches nothing') })
afterAll(async () => await patterns[Symbol.asyncDispose]())
const matches: Patterns['matches'] = (...given) => patterns.matches(...given)

const check = { role: 'admin', before: null, matches } as const

describe('a change of a profile', () => {
  it('needs names from the user, not from an administrator', async () => {
    const realm = realmWith({})
    const values = { username: ['anna'] }
    expect(await profileErrors({ ...check, realm, values })).toEqual([])
    const errors = await profileErrors({ ...check, realm, role: 'user', values })
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['email', 'firstName', 'lastName'])
  })

  it('cannot rename a user where the realm forbids it', async () => {
    const values = { ...before, username: ['bert'] }
    expect(await profileErrors({ ...check, realm: realmWith({}), values, before })).toEqual([
      {
        field: 'username',
        errorMessage: 'error-user-attribute-read-only',
        params: ['username'],
      },
    ])
  })

  it.each([
    ['of a name that is not known', { 'validator-of-yesterday': {} }],
    ['with a pattern that is none', { pattern: { pattern: '([' } }],
  ])('is refused by a rule %s, which locks nobody out', async (_, validations) => {
    const realm = realmWith({ attributes: [{ name: 'dept', permissions: everybody, validations }] })
    const refused = async (dept: readonly string[], were = before) =>
      (await profileErrors({ ...check, realm, values: { ...before, dept }, before: were })).length >
      0
    expect(await refused(['sales'])).toBe(false)
    expect(await refused(['legal'])).toBe(true)
    expect(await refused([])).toBe(true)
    expect(await refused([''])).toBe(true)
    expect(await refused(['legal'], { ...before, dept: [] })).toBe(true)
    expect(await refused([], { ...before, dept: [] })).toBe(false)
  })

  it('is not refused for a user name that nobody here may mend', async () => {
    const values = { ...before, username: ['u0'] }
    for (const role of ['admin', 'user'] as const) {
      const errors = await profileErrors({
        ...check,
        realm: realmWith({}),
        role,
        values: { ...values, lastName: ['O'] },
        before: values,
      })
      expect(errors).toEqual([])
    }
    const realm = realmWith({ settings: { editUsernameAllowed: true } })
    expect(await profileErrors({ ...check, realm, values, before: values })).toHaveLength(1)
  })

  it('reports every failure once', async () => {
    const values = { username: ['a b'], email: ['b'] }
    const errors = await profileErrors({ ...check, realm: realmWith({}), values })
    expect(errors.map(({ errorMessage }) => errorMessage)).toEqual([
      'error-username-invalid-character',
      'error-invalid-email',
    ])
  })

  it('counts values, of an attribute that is absent too', async () => {
    const attribute = { name: 'tags', multivalued: true, permissions: everybody }
    const validations = { multivalued: { min: '1', max: '2' } }
    const realm = realmWith({ attributes: [{ ...attribute, validations }] })
    for (const tags of [[], ['a', 'b', 'c']]) {
      const values = { username: ['anna'], tags }
      expect(await profileErrors({ ...check, realm, values })).toEqual([
        { field: 'tags', errorMessage: 'error-invalid-multivalued-size', params: ['tags', 1, 2] },
      ])
    }
  })

  it('does not require what its author may not write', async () => {
    const attribute = { name: 'badge', required: {}, permissions: { edit: ['user'] } }
    const realm = realmWith({ attributes: [attribute] })
    expect(await profileErrors({ ...check, realm, values: { username: ['anna'] } })).toEqual([])
  })
})

describe('attributes that the profile does not name', () => {
  it.each([
    [undefined, 'are kept and not shown'],
    ['ADMIN_VIEW', 'are kept and shown'],
  ] as const)('with policy %s %s', (policy, _) => {
    const realm = realmWith({ attributes: [], ...(policy ? { policy } : {}) })
    for (const attributes of [{ dept: ['sales'] }, { dept: ['other'] }, {}]) {
      const { members } = changedProfile(realm, 'admin', present, { username: 'anna', attributes })
      expect(members.attributes).toEqual({ dept: ['sales'] })
    }
    expect(visibleAttributes(realm, present, 'admin')).toEqual(
      policy === undefined ? {} : { dept: ['sales'] },
    )
  })

  it('are written by administrators where the policy says so, and by users where it says that', () => {
    const given = { username: 'anna', attributes: { shoe: ['42'] } }
    const edit = realmWith({ policy: 'ADMIN_EDIT' })
    const all = realmWith({ policy: 'ENABLED' })
    expect(changedProfile(edit, 'admin', present, given).members.attributes).toEqual({
      shoe: ['42'],
    })
    expect(changedProfile(edit, 'user', present, given).members.attributes).toEqual({
      dept: ['sales'],
    })
    expect(changedProfile(all, 'user', present, given).members.attributes).toEqual({ shoe: ['42'] })
  })

  it('of federation are nobody’s to write', async () => {
    const realm = realmWith({ policy: 'ENABLED' })
    const linked = { ...present, attributes: { LDAP_ID: ['1'] } }
    const { members, values } = changedProfile(realm, 'admin', linked, {
      attributes: { LDAP_ID: ['2'] },
    })
    expect(members.attributes).toEqual({ LDAP_ID: ['1'] })
    const errors = await profileErrors({ ...check, realm, values, before: profileValuesOf(linked) })
    expect(errors.map(({ errorMessage }) => errorMessage)).toEqual([
      'updateReadOnlyAttributesRejectedMessage',
    ])
  })
})

describe('attributes that an administrator may not edit', () => {
  const attribute = { name: 'badge', permissions: { view: ['admin', 'user'], edit: ['user'] } }
  const realm = realmWith({ attributes: [attribute] })

  it('are left out of a new user', () => {
    const given = { username: 'bert', attributes: { badge: ['7'] } }
    expect(changedProfile(realm, 'admin', null, given).members.attributes).toEqual({})
  })

  it('stay as they are, and another value is refused', async () => {
    const user = { ...present, attributes: { badge: ['1'] } }
    const same = changedProfile(realm, 'admin', user, { attributes: {} })
    expect(same.members.attributes).toEqual({ badge: ['1'] })
    const { values } = changedProfile(realm, 'admin', user, { attributes: { badge: ['7'] } })
    const errors = await profileErrors({ ...check, realm, values, before: profileValuesOf(user) })
    expect(errors.map(({ errorMessage }) => errorMessage)).toEqual([
      'error-user-attribute-read-only',
    ])
  })
})
