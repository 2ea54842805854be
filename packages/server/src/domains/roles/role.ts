/** A realm role (`clientUuid` null) or client role. */
export interface Role {
  readonly id: string
  readonly realmId: string
  /** Id (not clientId) of the client that owns the role; null for a realm role. */
  readonly clientUuid: string | null
  /** `clientId` of that client, joined in, since tokens name clients by it (`resource_access`). */
  readonly clientId: string | null
  readonly name: string
  readonly description: string | null
  readonly composite: boolean
  readonly attributes: Readonly<Record<string, string[]>>
  readonly ver: number
}

/** What tokens need of a role. */
export type RoleReference = Pick<Role, 'id' | 'name' | 'clientUuid' | 'clientId'>

/** Verbs that other folders use. */
export interface RolesContract {
  byId(realmId: string, roleId: string): Promise<Role | null>
  byName(realmId: string, clientUuid: string | null, name: string): Promise<Role | null>
  /** These roles and all that their composites contain, each once. One recursive statement, cached under tag `roles:{realmId}`. */
  expand(realmId: string, roleIds: readonly string[]): Promise<RoleReference[]>
  /** Expanded roles in the scope mappings of a client or client scope (its id). Cached under `roles:{realmId}`. */
  inScopeOf(realmId: string, containerId: string): Promise<RoleReference[]>
}
