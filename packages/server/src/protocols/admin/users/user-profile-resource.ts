import { z } from 'zod'
import type { Component } from '../../../domains/realms/realm.ts'
import { isValidator } from '../../../domains/users/profile-validators.ts'
import { unmanagedAttributes } from '../../../domains/users/profile-visibility.ts'
import { type UserProfile, userProfileOf } from '../../../domains/users/user-profile.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { requireUser } from './require-user.ts'
import { userProfileMetadata } from './user-profile-metadata.ts'

const providerType = 'org.keycloak.userprofile.UserProfileProvider'
const view = ['view-realm', 'manage-realm', 'view-users', 'manage-users', 'query-users'] as const

const profileShape = {
  name: 'UPConfig',
  schema: z.strictObject({
    attributes: z.array(z.looseObject({ name: z.string() })).nullish(),
    groups: z.array(z.looseObject({ name: z.string() })).nullish(),
    unmanagedAttributePolicy: z.enum(['ENABLED', 'ADMIN_EDIT', 'ADMIN_VIEW']).nullish(),
  }),
}
type Body = z.output<typeof profileShape.schema> | undefined

/** `/users/profile`: which attributes users of the realm have. */
export function registerUserProfile(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/users/profile',
    may: anyOf(view),
    handle: async ({ realm }) => userProfileOf(realm),
  })
  routes.add({
    method: 'GET',
    path: '/users/profile/metadata',
    may: anyOf(view),
    handle: async ({ realm }) => userProfileMetadata(realm),
  })
  routes.add<Body>({
    method: 'PUT',
    path: '/users/profile',
    may: anyOf(['manage-realm']),
    body: profileShape,
    handle: async (call) => {
      const { realm } = call
      const profile = (call.body ?? {}) as Partial<UserProfile>
      const mistakes = mistakesOf(profile)
      if (mistakes.length > 0) throw refused(400, `[${mistakes.join(', ')}]`)
      const config = { 'kc.user.profile.config': [JSON.stringify(profile)] }
      const present = realm.components.find((one) => one.providerType === providerType)
      const made: Component = {
        id: newUuid(),
        parentId: realm.id,
        providerType,
        providerId: 'declarative-user-profile',
        config,
      }
      await deps.database.transaction((tx) =>
        present
          ? deps.realms.updateComponent(tx, realm.id, { ...present, config })
          : deps.realms.addComponents(tx, realm.id, [made]),
      )
      call.record('UPDATE', 'USER_PROFILE', 'users/profile', profile)
      return profile
    },
  })
  registerUnmanaged(routes)
}

function registerUnmanaged(routes: AdminRoutes): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId/unmanagedAttributes',
    may: anyOf(['view-users', 'manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      return unmanagedAttributes(call.realm, user)
    },
  })
}

/** What Keycloak says of a profile that cannot be. */
function mistakesOf({ attributes = [], groups = [] }: Partial<UserProfile>): string[] {
  const mistakes: string[] = []
  const names = new Set<string>()
  const groupNames = new Set(groups.map(({ name }) => name))
  for (const { name, group, validations } of attributes) {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      mistakes.push(
        `Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${name}'`,
      )
    }
    if (names.has(name))
      mistakes.push(`Attribute configuration already exists with 'name':'${name}'`)
    names.add(name)
    if (group && !groupNames.has(group)) {
      mistakes.push(`Attribute '${name}' references unknown group '${group}'`)
    }
    for (const validator of Object.keys(validations ?? {})) {
      if (isValidator(validator)) continue
      mistakes.push(`Validator '${validator}' defined for attribute '${name}' doesn't exist`)
    }
  }
  for (const name of ['username', 'email']) {
    if (!names.has(name)) mistakes.push(`The attribute '${name}' can not be removed`)
  }
  return mistakes
}
