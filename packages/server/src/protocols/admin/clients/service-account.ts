import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { userAnswer } from '../representations/user.ts'
import { userRepresentation } from '../users/user-representation.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients' | 'users'>

/** `GET /clients/{id}/service-account-user`. */
export function registerServiceAccount(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid/service-account-user',
    may: anyOf(['view-clients', 'manage-clients']),
    answer: userAnswer,
    handle: async (call) => {
      const client = await requireClient(call)
      if (!client.representation.serviceAccountsEnabled) {
        throw badRequest(`Service account not enabled for the client '${client.clientId}'`)
      }
      await deps.clientLifecycle.ensureServiceAccount(call.realm, client)
      const user = await deps.users.serviceAccountOf(call.realm.id, client.id)
      return user ? userRepresentation(call.realm, { ...user, totp: false }, false) : undefined
    },
  })
}
