import type { ClientUuid } from '../../../domains/typed-ids.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { consentAnswer } from '../representations/session.ts'
import { requireUser } from './require-user.ts'
import { tellClients } from './user-sessions.ts'

type Deps = Pick<
  AdminDeps,
  'clientLogouts' | 'clients' | 'consents' | 'sessions' | 'urls' | 'users'
>

const path = '/users/:userId/consents'

/** What a user has granted to clients, offline tokens included, and taking it back. */
export function registerUserConsents(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-users', 'manage-users']),
    answer: listOf(consentAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      const { realm } = call
      const consents = await deps.consents.ofUser(realm, user.id)
      const listed = await deps.sessions.list(realm, { offline: true, userId: user.id })
      const offline = new Set(listed.flatMap(({ clientUuids }) => clientUuids))
      const others = new Set(offline)
      for (const { clientUuid } of consents) others.delete(clientUuid)
      const clients = await deps.clients.byIds(realm.id, [...others])
      return [
        ...consents.map(({ clientId, clientUuid, scopes, createdAt, updatedAt }) => ({
          clientId,
          grantedClientScopes: scopes,
          createdDate: createdAt,
          lastUpdatedDate: updatedAt,
          additionalGrants: offline.has(clientUuid) ? [offlineGrant(clientUuid)] : [],
        })),
        ...clients.map(({ id, clientId }) => ({
          clientId,
          grantedClientScopes: [],
          additionalGrants: [offlineGrant(id)],
        })),
      ]
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:clientId`,
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      const clientId = call.params['clientId'] ?? ''
      const client = await deps.clients.byClientId(call.realm.id, clientId)
      if (!client) throw notFound('Client not found')
      const trace = await call.trace('ACTION', 'USER', `users/${user.id}/consents/${clientId}`)
      await tellClients(call, await deps.consents.revoke(call.realm, user.id, client.id, trace))
    },
  })
}

function offlineGrant(clientUuid: ClientUuid) {
  return { client: clientUuid, key: 'Offline Token' }
}
