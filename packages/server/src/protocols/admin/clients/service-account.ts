import type { Client } from '../../../domains/clients/client.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { serviceAccountName } from '../../../domains/users/users.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { userRepresentation } from '../users/user-representation.ts'
import { requireClient } from './require-client.ts'

/** Makes the user that a client's service account is, unless it is there. */
export async function ensureServiceAccount(
  deps: AdminDeps,
  realm: Realm,
  client: Client,
): Promise<void> {
  if (await deps.users.serviceAccountOf(realm.id, client.id)) return
  try {
    await deps.userLifecycle.createServiceAccount(realm, client)
  } catch (error) {
    // Another request made it meanwhile.
    if (!(error instanceof ModelError && error.reason === 'duplicate')) throw error
  }
}

/** Makes the service account follow its client: made, removed or renamed with it. */
export async function followClient(
  deps: AdminDeps,
  realm: Realm,
  before: Client,
  now: Client,
): Promise<void> {
  if (now.representation.serviceAccountsEnabled) await ensureServiceAccount(deps, realm, now)
  const user = await deps.users.serviceAccountOf(realm.id, now.id)
  if (!user) return
  if (!now.representation.serviceAccountsEnabled) {
    await deps.userLifecycle.remove(realm, user)
  } else if (before.clientId !== now.clientId) {
    const username = serviceAccountName(now.clientId)
    await deps.users.change(realm, user.id, (present) => ({ ...present, username }))
  }
}

/** `GET /clients/{id}/service-account-user`. */
export function registerServiceAccount(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid/service-account-user',
    may: anyOf(['view-clients', 'manage-clients']),
    handle: async (call) => {
      const client = await requireClient(call)
      if (!client.representation.serviceAccountsEnabled) {
        throw badRequest(`Service account not enabled for the client '${client.clientId}'`)
      }
      await ensureServiceAccount(deps, call.realm, client)
      const user = await deps.users.serviceAccountOf(call.realm.id, client.id)
      return user ? userRepresentation(call.realm, { ...user, totp: false }, false) : undefined
    },
  })
}
