import type { Client } from '../../../domains/clients/client.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { serviceAccountName } from '../../../domains/users/users.ts'
import { newUuid } from '../../../shared/random.ts'
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
  const user = {
    id: newUuid(),
    realmId: realm.id,
    username: serviceAccountName(client.clientId),
    email: null,
    emailKey: null,
    emailVerified: false,
    firstName: null,
    lastName: null,
    enabled: true,
    createdTimestamp: deps.clock.now(),
    serviceAccountClientUuid: client.id,
    notBefore: 0,
    attributes: {},
    requiredActions: [],
    representation: {},
  }
  try {
    await deps.database.transaction(async (tx) => {
      await deps.users.insertAll(tx, realm.id, [user])
      const memberships = { roleIds: [realm.defaultRoleId], groupIds: [] }
      await deps.userMemberships.addIn(tx, user.id, memberships)
    })
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
    await deps.database.transaction((tx) => deps.users.remove(tx, user))
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
      return user ? userRepresentation({ ...user, totp: false }, false) : undefined
    },
  })
}
