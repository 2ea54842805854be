import type { Group } from '../groups/group.ts'
import type { Organization } from '../organizations/organization.ts'
import type { GroupsOfMember } from '../organizations/organization-group.ts'
import type { RoleReference } from '../roles/role.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** A user with everything that tokens need; credentials are never in here (read in SQL when they are checked). */
export interface User {
  readonly id: UserId
  readonly realmId: RealmId
  /** Lower case. */
  readonly username: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly firstName: string | null
  readonly lastName: string | null
  readonly enabled: boolean
  /** Milliseconds since the epoch. */
  readonly createdTimestamp: number
  /** Id of the client whose service account this is. */
  readonly serviceAccountClientUuid: ClientUuid | null
  /** Seconds since the epoch: tokens issued before are refused. */
  readonly notBefore: number
  readonly attributes: Readonly<Record<string, string[]>>
  /** Aliases of required actions still to do. */
  readonly requiredActions: readonly string[]
  readonly ver: number
}

/** What a user is in and may do, loaded together and cached under the user's tag and `roles:{realmId}`, `groups:{realmId}`. */
export interface UserMemberships {
  /** Direct and inherited (groups, their ancestors, composites), each once. */
  readonly roles: readonly RoleReference[]
  /** Groups that the user is directly in. */
  readonly groups: readonly Group[]
  /** Organizations that the user is a member of, by name; disabled ones too. */
  readonly organizations: readonly (Organization & GroupsOfMember)[]
}
