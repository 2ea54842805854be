import { expect, test } from 'vitest'
import { administrationRoleNames, covers } from './administration-roles.ts'

test('a role covers itself, the view of what it manages, and questions', () => {
  const held = new Set(['manage-users'])
  expect(['manage-users', 'view-users', 'query-clients'].map((name) => covers(held, name))).toEqual(
    [true, true, true],
  )
  expect(
    ['view-clients', 'manage-realm', 'impersonation', 'realm-admin'].map((name) =>
      covers(held, name),
    ),
  ).toEqual([false, false, false, false])
})

test('who views does not manage', () => {
  expect(covers(new Set(['view-users']), 'manage-users')).toBe(false)
})

test('all roles together are the administrator of the realm, all but one are not', () => {
  expect(covers(new Set(administrationRoleNames), 'realm-admin')).toBe(true)
  const without = administrationRoleNames.filter((name) => name !== 'impersonation')
  expect(covers(new Set(without), 'realm-admin')).toBe(false)
})
