import type { ClientId, RealmId, SessionId, UserId } from '../typed-ids.ts'

/** A login event as Keycloak names it: `LOGIN`, `LOGIN_ERROR`, `CODE_TO_TOKEN`, `REFRESH_TOKEN`, … */
export interface LoginEvent {
  readonly type: string
  readonly realmId: RealmId
  readonly realmName: string
  readonly clientId?: ClientId | undefined
  readonly userId?: UserId | undefined
  readonly sessionId?: SessionId | undefined
  readonly ipAddress?: string | undefined
  /** Keycloak's error code (`invalid_user_credentials`, …); only for `*_ERROR` types. */
  readonly error?: string | undefined
  readonly details?: Readonly<Record<string, string>>
}

/** A login event as it is kept and listed (`GET /admin/realms/{realm}/events`). */
export interface StoredLoginEvent {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly type: string
  readonly realmId: RealmId
  readonly clientId?: ClientId
  readonly userId?: UserId
  readonly sessionId?: SessionId
  readonly ipAddress?: string
  readonly error?: string
  readonly details?: Readonly<Record<string, string>>
}
