import type { Client } from '../../../domains/clients/client.ts'
import type { Permissions } from '../permissions.ts'

/** @returns Keycloak's ClientRepresentation; the authorization settings stay behind their own endpoint */
export async function clientRepresentation(client: Client, permissions: Permissions) {
  const { protocolMappers, authorizationSettings: _, ...rest } = client.representation
  return {
    id: client.id,
    clientId: client.clientId,
    ...rest,
    enabled: client.enabled,
    ...(protocolMappers && protocolMappers.length > 0 ? { protocolMappers } : {}),
    access: await permissions.ofClient(client),
  }
}
