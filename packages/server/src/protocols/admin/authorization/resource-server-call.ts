import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { Client } from '../../../domains/clients/client.ts'
import type { AdminCall } from '../admin-call.ts'
import { notFound } from '../admin-error.ts'
import { requireClient } from '../clients/require-client.ts'
import { anyOf } from '../permission.ts'

/** Where the authorization services of a client begin. */
export const authorizationPath = '/clients/:clientUuid/authz/resource-server'

export const viewsAuthorization = anyOf(['view-authorization', 'manage-authorization'])
export const managesAuthorization = anyOf(['manage-authorization'])

/** @returns the client in the path and what it protects. @throws HttpError 404, also where it protects nothing */
export async function requireResourceServer(
  call: AdminCall,
): Promise<{ client: Client; server: ResourceServer }> {
  const client = await requireClient(call)
  if (client.representation.authorizationServicesEnabled !== true) throw notFound()
  return { client, server: await call.deps.resourceServers.of(call.realm.id, client.id) }
}

/** Changes what the client in the path protects, with the admin event that the route declares. */
export async function changeResourceServer(
  call: AdminCall,
  change: (server: ResourceServer) => ResourceServer,
): Promise<void> {
  const { client } = await requireResourceServer(call)
  const trace = await call.ownTrace()
  await call.deps.resourceServers.change(call.realm.id, client.id, change, trace)
}
