import { protectionRole } from '../authorization/protection-role.ts'
import type { ClientExport, RoleRepresentation } from './representation.ts'

interface Roles {
  realm: RoleRepresentation[]
  client: Record<string, RoleRepresentation[]>
}

/** @returns the roles of a realm with those that clients need which protect resources, where they are not there */
export function withProtectionRoles(
  roles: Roles,
  clients: readonly Pick<ClientExport, 'clientId' | 'authorizationServicesEnabled'>[],
): Roles {
  const client = { ...roles.client }
  for (const { clientId, authorizationServicesEnabled } of clients) {
    const present = client[clientId] ?? []
    if (authorizationServicesEnabled !== true) continue
    if (present.some(({ name }) => name === protectionRole)) continue
    client[clientId] = [...present, { name: protectionRole }]
  }
  return { ...roles, client }
}
