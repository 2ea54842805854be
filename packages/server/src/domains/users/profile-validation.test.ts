import { describe, expect, it } from 'vitest'
import { defaultUserProfile } from './default-user-profile.ts'
import { profileErrors, storableAttributes } from './profile-validation.ts'

const anna = {
  username: ['anna'],
  email: ['anna@mail.example'],
  firstName: ['Anna'],
  lastName: ['O'],
}
const check = { profile: defaultUserProfile, usernameEditable: false } as const

describe('a change of a profile', () => {
  it('needs names from the user, not from an administrator', () => {
    const values = { username: ['anna'] }
    expect(profileErrors({ ...check, role: 'admin', values })).toEqual([])
    const fields = profileErrors({ ...check, role: 'user', values }).map(({ field }) => field)
    expect(fields.toSorted()).toEqual(['email', 'firstName', 'lastName'])
  })

  it('cannot rename a user where the realm forbids it', () => {
    const values = { ...anna, username: ['bert'] }
    const [error] = profileErrors({ ...check, role: 'admin', values, before: anna })
    expect(error).toEqual({
      field: 'username',
      errorMessage: 'error-user-attribute-read-only',
      params: ['username'],
    })
  })

  it('reports every failure', () => {
    const values = { ...anna, username: ['a'], email: ['b'] }
    expect(profileErrors({ ...check, role: 'admin', values })).toHaveLength(2)
  })
})

describe('attributes that the profile does not name', () => {
  const given = { shoe: ['42'], locale: ['de'] }

  it('are dropped by default', () => {
    expect(storableAttributes(defaultUserProfile, 'admin', given)).toEqual({ locale: ['de'] })
  })

  it('are kept where the policy says so', () => {
    const profile = { ...defaultUserProfile, unmanagedAttributePolicy: 'ADMIN_EDIT' } as const
    expect(storableAttributes(profile, 'admin', given)).toEqual(given)
    expect(storableAttributes(profile, 'user', given)).toEqual({ locale: ['de'] })
  })
})
