import type { User } from '../../../domains/users/user.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { type UserBody, userShape } from '../representations/user.ts'
import { requireUser } from './require-user.ts'
import { setPassword } from './set-password.ts'
import { userProfileMetadata } from './user-profile-metadata.ts'
import { userAccess, userRepresentation } from './user-representation.ts'
import { checkProfile, withBody } from './user-values.ts'

/** `GET`, `PUT` and `DELETE /users/{id}`. */
export function registerUserResource(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId',
    may: anyOf(['view-users', 'manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      const linkable =
        user.serviceAccountClientUuid === null && call.realm.settings.identityProviders.length > 0
      const links = linkable ? await deps.federatedIdentities.ofUser(user.id) : []
      return {
        ...userRepresentation(user, false),
        ...(call.query.flag('userProfileMetadata')
          ? { userProfileMetadata: userProfileMetadata(call.realm) }
          : {}),
        ...(linkable ? { federatedIdentities: links } : {}),
        access: userAccess(call.held),
      }
    },
  })
  registerUpdate(routes, deps)
  routes.add({
    method: 'DELETE',
    path: '/users/:userId',
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      await deps.sessions.endAllOf(call.realm, user.id)
      await deps.database.transaction((tx) => deps.users.remove(tx, user))
      call.record('DELETE', 'USER', `users/${user.id}`)
      call.reply.header('cache-control', 'no-cache')
    },
  })
}

function registerUpdate(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add<UserBody | undefined>({
    method: 'PUT',
    path: '/users/:userId',
    may: anyOf(['manage-users']),
    body: userShape,
    handle: async (call) => {
      const { realm, body = {} as UserBody } = call
      const user = await requireUser(call)
      const changed = await deps.users.change(realm, user.id, (present) => {
        const members = withBody(present, body, realm)
        checkProfile(realm, members, present)
        return withFlags({ ...present, ...members }, body)
      })
      if (user.enabled && !changed.enabled) await deps.sessions.endAllOf(realm, user.id)
      for (const credential of body.credentials ?? []) {
        if (credential.value === undefined) continue
        await setPassword(deps, realm, changed, credential.value, credential.temporary ?? false)
      }
      call.record('UPDATE', 'USER', `users/${user.id}`, body)
    },
  })
}

function withFlags(user: User, body: UserBody): User {
  return {
    ...user,
    enabled: body.enabled ?? user.enabled,
    emailVerified: body.emailVerified ?? user.emailVerified,
    notBefore: body.notBefore ?? user.notBefore,
    requiredActions: body.requiredActions
      ? [...new Set(body.requiredActions)]
      : user.requiredActions,
  }
}
