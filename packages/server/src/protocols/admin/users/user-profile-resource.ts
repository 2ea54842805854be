import type { z } from 'zod'
import { profileMetadata } from '../../../domains/users/profile-metadata.ts'
import type { GivenProfileConfig } from '../../../domains/users/profile-mistakes.ts'
import { unmanagedAttributes } from '../../../domains/users/profile-visibility.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { stringLists } from '../representations/answer.ts'
import {
  nestedNames,
  profileMetadataAnswer,
  userProfile,
  userProfileAnswer,
} from '../representations/user-profile.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'userProfiles' | 'users'>

const view = ['view-realm', 'manage-realm', 'view-users', 'manage-users', 'query-users'] as const

/** Keycloak's UPConfig. */
const profileShape = { name: 'UPConfig', schema: userProfile, nested: nestedNames }
type Body = z.output<typeof userProfile> | undefined

/** `/users/profile`: which attributes users of the realm have. */
export function registerUserProfile(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/users/profile',
    may: anyOf(view),
    answer: userProfileAnswer,
    handle: async ({ realm }) => deps.userProfiles.shown(realm),
  })
  routes.add({
    method: 'GET',
    path: '/users/profile/metadata',
    may: anyOf(view),
    answer: profileMetadataAnswer,
    handle: async ({ realm }) => profileMetadata(realm, 'admin', true),
  })
  routes.add<Body>({
    method: 'PUT',
    path: '/users/profile',
    may: anyOf(['manage-realm']),
    answer: userProfileAnswer,
    body: profileShape,
    handle: async (call) => {
      const trace = await call.trace('UPDATE', 'USER_PROFILE', 'users/profile', call.body)
      const given = (call.body ?? null) as GivenProfileConfig | null
      const saved = await deps.userProfiles.save(call.realm, given, trace)
      return call.reply.type('application/json').send(JSON.stringify(saved))
    },
  })
  registerUnmanaged(routes)
}

function registerUnmanaged(routes: AdminRoutes<Deps>): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId/unmanagedAttributes',
    may: anyOf(['view-users', 'manage-users']),
    answer: stringLists,
    handle: async (call) => {
      const user = await requireUser(call)
      return unmanagedAttributes(call.realm, user)
    },
  })
}
