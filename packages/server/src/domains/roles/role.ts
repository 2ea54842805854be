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
