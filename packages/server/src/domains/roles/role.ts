import type { ClientId, ClientUuid, RealmId, RoleId } from '../typed-ids.ts'

/** A realm role (`clientUuid` null) or client role. */
export interface Role {
  readonly id: RoleId
  readonly realmId: RealmId
  /** Id (not clientId) of the client that owns the role; null for a realm role. */
  readonly clientUuid: ClientUuid | null
  /** `clientId` of that client, joined in, since tokens name clients by it (`resource_access`). */
  readonly clientId: ClientId | null
  readonly name: string
  readonly description: string | null
  readonly composite: boolean
  readonly attributes: Readonly<Record<string, string[]>>
  readonly ver: number
}

/** What tokens need of a role. */
export type RoleReference = Pick<Role, 'id' | 'name' | 'clientUuid' | 'clientId'>
