import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { User } from '../../../domains/users/user.ts'

/** What a user is to be asked. */
export interface ChannelRequest {
  readonly realm: Realm
  readonly issuer: string
  readonly client: Client
  readonly user: User
  /** Identifies the answer. */
  readonly resultId: string
  readonly scope: string
  readonly bindingMessage: string | null
  readonly acrValues: string | null
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** How users are reached on the device that they authenticate with. */
export interface AuthenticationChannel {
  /** @returns whether the user is being asked @throws Error that says why nobody could be reached */
  ask(request: ChannelRequest): Promise<boolean>
}
