import type { Client } from '../../../domains/clients/client.ts'

/** What the administrator may do with clients. */
export function clientAccess(held: ReadonlySet<string>) {
  const manage = held.has('manage-clients')
  return { view: manage || held.has('view-clients'), configure: manage, manage }
}

/** @returns Keycloak's ClientRepresentation; the authorization settings stay behind their own endpoint */
export function clientRepresentation(client: Client, held: ReadonlySet<string>) {
  const { protocolMappers, authorizationSettings: _, ...rest } = client.representation
  return {
    id: client.id,
    clientId: client.clientId,
    ...rest,
    enabled: client.enabled,
    ...(protocolMappers && protocolMappers.length > 0 ? { protocolMappers } : {}),
    access: clientAccess(held),
  }
}
