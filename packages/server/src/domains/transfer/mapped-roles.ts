import type {
  RealmRepresentation,
  RoleRepresentation,
  ScopeMappingRepresentation,
} from './representation.ts'

interface Roles {
  readonly realm: readonly RoleRepresentation[]
  readonly client: Readonly<Record<string, readonly RoleRepresentation[]>>
}

/**
 * Scope mappings may name roles that the representation does not define: Keycloak makes them when it imports a realm.
 * @param roles the realm's roles with those of its clients
 * @returns these roles, and those that only the mappings name
 */
export function withMappedRoles(
  roles: Roles,
  { scopeMappings, clientScopeMappings }: RealmRepresentation,
): { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> } {
  const client: Record<string, RoleRepresentation[]> = {}
  for (const [clientId, ofClient] of Object.entries(roles.client)) client[clientId] = [...ofClient]
  for (const [clientId, mappings] of Object.entries(clientScopeMappings ?? {})) {
    client[clientId] = withNamed(client[clientId] ?? [], mappings)
  }
  return { realm: withNamed(roles.realm, scopeMappings ?? []), client }
}

function withNamed(
  roles: readonly RoleRepresentation[],
  mappings: readonly ScopeMappingRepresentation[],
): RoleRepresentation[] {
  const names = new Set(roles.map(({ name }) => name))
  const named = new Set(mappings.flatMap((mapping) => mapping.roles))
  const missing = [...named].filter((name) => !names.has(name))
  return [...roles, ...missing.map((name) => ({ name }))]
}
