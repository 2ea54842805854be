import type { GivenCredential } from '../credentials/credential-import.ts'
import type { GivenProfile } from '../users/profile-change.ts'
import type { FederatedIdentityRow } from './new-user-store.ts'

/** What is given of a user that is to be made or changed; absent members stay as they are. */
export interface GivenUser extends GivenProfile {
  /** Of a user to be made; drawn where it is absent. */
  readonly id?: string | undefined
  readonly emailVerified?: boolean | undefined
  readonly enabled?: boolean | undefined
  /** Milliseconds since the epoch; of a user to be made. */
  readonly createdTimestamp?: number | undefined
  /** The whole list. */
  readonly requiredActions?: readonly string[] | undefined
  readonly credentials?: readonly GivenCredential[] | undefined
  /** Paths; of a user to be made. */
  readonly groups?: readonly string[] | undefined
  /** Of a user to be made. */
  readonly federatedIdentities?: readonly Omit<FederatedIdentityRow, 'userId'>[] | undefined
}
