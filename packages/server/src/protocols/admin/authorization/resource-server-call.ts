import { adminPermissionsClientId } from '../../../domains/administration/admin-permissions-schema.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { Client } from '../../../domains/clients/client.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, forbidden, notFound } from '../admin-error.ts'
import { requireClient } from '../clients/require-client.ts'
import { anyOf } from '../permission.ts'

type Deps = Pick<AdminDeps, 'clients' | 'resourceServers'>

/** Where the authorization services of a client begin. */
export const authorizationPath = '/clients/:clientUuid/authz/resource-server'

export const viewsAuthorization = anyOf([
  'view-authorization',
  'manage-authorization',
  'view-clients',
  'manage-clients',
])
export const managesAuthorization = anyOf(['manage-authorization', 'manage-clients'])

/** Who may give permissions to administrators: nobody gives away more than they have. */
const givers = ['manage-realm', 'manage-users', 'manage-clients', 'impersonation'] as const

/** @returns the client in the path and what it protects. @throws HttpError 404, also where it protects nothing */
export async function requireResourceServer(
  call: AdminCall<unknown, Deps>,
): Promise<{ client: Client; server: ResourceServer }> {
  const client = await requireClient(call)
  if (client.representation.authorizationServicesEnabled !== true) throw notFound()
  return { client, server: await call.deps.resourceServers.of(call.realm.id, client.id) }
}

/** @returns whether a client holds the fine-grained permissions of administrators */
export function holdsAdminPermissions({ clientId }: Pick<Client, 'clientId'>): boolean {
  return clientId === adminPermissionsClientId
}

/**
 * Changes what the client in the path protects, with the admin event that the route declares. Of the client of the
 * administrators' permissions only policies and permissions are changed, by those who could give all of it away anyhow.
 * @throws HttpError 400 or 403
 */
export async function changeResourceServer(
  call: AdminCall<unknown, Deps>,
  change: (server: ResourceServer) => ResourceServer,
  what: 'policies' | 'server' = 'server',
): Promise<void> {
  const { client } = await requireResourceServer(call)
  if (holdsAdminPermissions(client)) {
    if (what === 'server') throw badRequest('unknown_error')
    if (!givers.every((role) => call.permissions.holdsAny([role]))) throw forbidden()
  }
  const trace = await call.ownTrace()
  await call.deps.resourceServers.change(call.realm.id, client.id, change, trace)
}
