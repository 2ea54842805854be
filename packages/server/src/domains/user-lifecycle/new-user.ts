import type { CredentialRow } from '../credentials/credential-import.ts'
import type { GroupId, RoleId } from '../typed-ids.ts'
import type { UserRow } from '../users/user-store.ts'
import type { ConsentRow, FederatedIdentityRow } from './new-user-store.ts'

/** All rows that a new user becomes. */
export interface NewUser {
  readonly user: UserRow
  readonly roleIds: readonly RoleId[]
  readonly groupIds: readonly GroupId[]
  readonly credentials: readonly CredentialRow[]
  readonly federatedIdentities: readonly Omit<FederatedIdentityRow, 'userId'>[]
  readonly consents: readonly Omit<ConsentRow, 'userId'>[]
}
