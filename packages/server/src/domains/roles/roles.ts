import type { Role, RoleReference } from './role.ts'

/** Verbs that other folders use. */
export interface Roles {
  byId(realmId: string, roleId: string): Promise<Role | null>
  byName(realmId: string, clientUuid: string | null, name: string): Promise<Role | null>
  /** These roles and all that their composites contain, each once. One recursive statement, cached under tag `roles:{realmId}`. */
  expand(realmId: string, roleIds: readonly string[]): Promise<RoleReference[]>
  /** Expanded roles in the scope mappings of a client or client scope (its id). Cached under `roles:{realmId}`. */
  inScopeOf(realmId: string, containerId: string): Promise<RoleReference[]>
}
