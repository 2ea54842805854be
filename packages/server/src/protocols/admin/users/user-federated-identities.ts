import type { z } from 'zod'
import type { UserId } from '../../../domains/typed-ids.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { federatedIdentityAnswer, federatedIdentityShape } from '../representations/user.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'federatedIdentities' | 'identityProviders' | 'users'>

const path = '/users/:userId/federated-identity'
type Body = z.output<typeof federatedIdentityShape.schema> | undefined

/** Everything below `/users/{id}/federated-identity`. Links to providers that the realm does not have are not listed. */
export function registerUserFederatedIdentities(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-users', 'manage-users']),
    answer: listOf(federatedIdentityAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      const known = new Map<string, boolean>()
      const identities = await deps.federatedIdentities.ofUser(user.id)
      for (const { identityProvider: alias } of identities) {
        known.set(alias, (await deps.identityProviders.byAlias(call.realm.id, alias)) !== null)
      }
      return identities
        .filter(({ identityProvider }) => known.get(identityProvider))
        .map(shownIdentity)
    },
  })
  routes.add<Body>({
    method: 'POST',
    path: `${path}/:provider`,
    may: anyOf(['manage-users']),
    body: federatedIdentityShape,
    handle: async (call) => {
      const user = await requireUser(call)
      const identityProvider = call.params['provider'] ?? ''
      const { userId, userName = null } = call.body ?? {}
      if (!userId) throw badRequest('invalid_request', 'User id is missing')
      const resourcePath = `users/${user.id}/federated-identity/${identityProvider}`
      const trace = await call.trace('CREATE', 'USER', resourcePath, call.body)
      const identity = { identityProvider, userId, userName }
      const added = await deps.federatedIdentities.add(user, identity, trace)
      if (!added) throw refused(409, 'User is already linked with provider')
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:provider`,
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      const identityProvider = call.params['provider'] ?? ''
      const resourcePath = `users/${user.id}/federated-identity/${identityProvider}`
      const trace = await call.trace('DELETE', 'USER', resourcePath)
      const removed = await deps.federatedIdentities.remove(user, identityProvider, trace)
      if (!removed) throw notFound('Link not found')
    },
  })
}

/** Keycloak leaves out a name that is not known. */
export function shownIdentity({
  userName,
  ...identity
}: {
  readonly identityProvider: string
  readonly userId: UserId
  readonly userName: string | null
}) {
  return userName === null ? identity : { ...identity, userName }
}
