import type { GroupId, RealmId, RoleId } from '../typed-ids.ts'
import type { User } from './user.ts'

/** A user as listings show it. */
export interface FoundUser extends User {
  /** Whether the user has a one-time-password credential. */
  readonly totp: boolean
}

/** Users who may be seen. */
export interface SeenUsers {
  /** Besides those named: everybody, whoever is in a group, or nobody. */
  readonly others: 'all' | 'members' | 'none'
  readonly ids: readonly string[]
  readonly except: readonly string[]
  /** Groups whose direct members may be seen. */
  readonly groupIds: readonly GroupId[]
  /** Groups whose members, also of groups inside them, may not. */
  readonly exceptGroupIds: readonly string[]
}

/** Query parameters of `GET /admin/realms/{realm}/users`, and the pages of members of groups and roles. */
export interface UserSearch {
  readonly realmId: RealmId
  /**
   * Words that each have to begin user name, e-mail, first or last name; `*` stands for any text, `"…"` asks for equality.
   */
  readonly search?: string | undefined
  readonly ids?: readonly string[] | undefined
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Whether the four before must be equal; else they may be anywhere in the value. */
  readonly exact?: boolean | undefined
  readonly emailVerified?: boolean | undefined
  readonly enabled?: boolean | undefined
  readonly identityProvider?: string | undefined
  readonly identityProviderUserId?: string | undefined
  /** Milliseconds since the epoch, included. */
  readonly createdAfter?: number | undefined
  readonly createdBefore?: number | undefined
  /** Attributes that all have to be there with these values, any case. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly groupId?: GroupId | undefined
  readonly roleId?: RoleId | undefined
  /** Group of an organization. */
  readonly organizationGroupId?: GroupId | undefined
  readonly organization?:
    | { readonly id: string; readonly membershipType?: string | undefined }
    | undefined
  /** Whom the administrator may see; absent = everybody. */
  readonly visible?: SeenUsers | undefined
  readonly serviceAccounts: boolean
  readonly first?: number | undefined
  readonly max?: number | undefined
}
