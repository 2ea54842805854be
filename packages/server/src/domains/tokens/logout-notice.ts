import type { ClientUuid, RealmId, SessionId, UserId } from '../typed-ids.ts'
import type { ServerPlaces } from './web-origins.ts'

/** That a client is to be told of a session's end through its back channel. */
export interface LogoutNotice {
  /** Also the `jti` of its logout tokens, by which a client knows one that it has taken already. */
  readonly id: string
  readonly realmId: RealmId
  readonly clientUuid: ClientUuid
  readonly sessionId: SessionId
  readonly userId: UserId
  /** How the user who logged out saw this server: the issuer of the token. */
  readonly places: ServerPlaces
  /** Attempts that have begun. */
  readonly attempts: number
}
