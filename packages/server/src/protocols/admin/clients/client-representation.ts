import type { Client } from '../../../domains/clients/client.ts'

/** What the administrator may do with a client; those that a realm's administration rests on stay as they are. */
function clientAccess(client: Client, held: ReadonlySet<string>) {
  const all = held.has('manage-clients')
  const manage = all && !administrationClients.test(client.clientId)
  return { view: all || held.has('view-clients'), configure: manage, manage }
}

const administrationClients = /^realm-management$|-realm$/

/** @returns Keycloak's ClientRepresentation; the authorization settings stay behind their own endpoint */
export function clientRepresentation(client: Client, held: ReadonlySet<string>) {
  const { protocolMappers, authorizationSettings: _, ...rest } = client.representation
  return {
    id: client.id,
    clientId: client.clientId,
    ...rest,
    enabled: client.enabled,
    ...(protocolMappers && protocolMappers.length > 0 ? { protocolMappers } : {}),
    access: clientAccess(client, held),
  }
}
