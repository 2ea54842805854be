import type { Role } from '../../../domains/roles/role.ts'

/** @returns Keycloak's RoleRepresentation; brief without attributes */
export function roleRepresentation(role: Role, brief: boolean) {
  return {
    id: role.id,
    name: role.name,
    ...(role.description === null ? {} : { description: role.description }),
    composite: role.composite,
    clientRole: role.clientUuid !== null,
    containerId: role.clientUuid ?? role.realmId,
    ...(brief ? {} : { attributes: role.attributes }),
  }
}

/** @returns Keycloak's MappingsRepresentation of roles, grouped by who owns them */
export function mappingsRepresentation(roles: readonly Role[]) {
  const realmMappings = roles.filter((role) => role.clientUuid === null)
  const clientMappings: Record<string, { id: string; client: string; mappings: unknown[] }> = {}
  for (const role of roles) {
    if (role.clientUuid === null || role.clientId === null) continue
    clientMappings[role.clientId] ??= { id: role.clientUuid, client: role.clientId, mappings: [] }
    clientMappings[role.clientId]?.mappings.push(roleRepresentation(role, true))
  }
  return {
    ...(realmMappings.length > 0
      ? { realmMappings: realmMappings.map((role) => roleRepresentation(role, true)) }
      : {}),
    ...(Object.keys(clientMappings).length > 0 ? { clientMappings } : {}),
  }
}
