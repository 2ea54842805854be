import { profileMetadata } from '../../../domains/users/profile-metadata.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { type UserBody, userAnswer, userShape } from '../representations/user.ts'
import { givenUser } from './create-user.ts'
import { requireUser } from './require-user.ts'
import { shownIdentity } from './user-federated-identities.ts'
import { userRepresentation } from './user-representation.ts'

type Deps = Pick<AdminDeps, 'federatedIdentities' | 'identityProviders' | 'userLifecycle' | 'users'>

/** `GET`, `PUT` and `DELETE /users/{id}`. */
export function registerUserResource(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId',
    may: anyOf(['view-users', 'manage-users']),
    query: { userProfileMetadata: 'flag' },
    answer: userAnswer,
    handle: async (call) => {
      const user = await requireUser(call)
      const linkable =
        user.serviceAccountClientUuid === null &&
        (await deps.identityProviders.summaries(call.realm.id)).length > 0
      const links = linkable ? await deps.federatedIdentities.ofUser(user.id) : []
      return {
        ...userRepresentation(call.realm, user, false),
        ...(call.query.flag('userProfileMetadata')
          ? { userProfileMetadata: profileMetadata(call.realm, 'admin') }
          : {}),
        ...(linkable ? { federatedIdentities: links.map(shownIdentity) } : {}),
        access: await call.permissions.ofUser(user.id),
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
      const { id, username } = user
      const trace = await call.trace('DELETE', 'USER', `users/${id}`, { id, username })
      await deps.userLifecycle.remove(call.realm, user, trace)
    },
  })
}

function registerUpdate(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<UserBody | undefined>({
    method: 'PUT',
    path: '/users/:userId',
    may: anyOf(['manage-users']),
    body: userShape,
    handle: async (call) => {
      const { realm, body } = call
      const user = await requireUser(call)
      const trace = await call.trace('UPDATE', 'USER', `users/${user.id}`, body)
      const given = givenUser(body ?? {})
      await deps.userLifecycle.update(realm, user.id, given, { role: 'admin', trace })
    },
  })
}
