import type { ClientUuid, RealmId, SessionId, UserId } from '../typed-ids.ts'

/** An SSO session of a user (Keycloak's user session). Times are milliseconds since the epoch. */
export interface UserSession {
  /** 24 base64url characters: `sid` and `session_state`. */
  readonly id: SessionId
  readonly offline: boolean
  readonly realmId: RealmId
  readonly userId: UserId
  readonly startedAt: number
  readonly lastAccess: number
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly notes: Readonly<Record<string, string>>
  readonly ver: number
}

/** How far a chain of rotated refresh tokens has come (realm setting "revoke refresh token"). */
export interface RefreshChain {
  /** `jti` of the newest token that was used. */
  readonly id: string
  /** How often it was used. */
  readonly uses: number
  /** When it was last used, milliseconds since the epoch. */
  readonly at: number
  /** `jti` of the tokens that came out of it; absent in rows of servers that did not remember them. */
  readonly next?: readonly string[]
  /** `jti` of the token before it: never accepted again. */
  readonly former: string | null
}

/** What a session holds for one client. */
export interface ClientSession {
  readonly sessionId: SessionId
  readonly offline: boolean
  /** Internal id of the client. */
  readonly clientUuid: ClientUuid
  readonly startedAt: number
  readonly lastAccess: number
  /** `scope`, `redirect_uri`, `nonce`, … as Keycloak names them. */
  readonly notes: Readonly<Record<string, string>>
  /** Chains by their `reuse_id`. */
  readonly refreshChains: Readonly<Record<string, RefreshChain>>
  readonly ver: number
}

/** An authorization code (single-use object): what the login fixed and the token endpoint checks and needs. */
export interface AuthorizationCode {
  readonly realmId: RealmId
  readonly sessionId: SessionId
  readonly clientUuid: ClientUuid
  /** As sent in the authorization request; null when it was left out. */
  readonly redirectUri: string | null
  /** Client-session notes: `scope`, `nonce`, `code_challenge`, `code_challenge_method`, `acr`, … */
  readonly notes: Readonly<Record<string, string>>
}

/** A session with the clients that it is used by, for lists. */
export interface ListedSession {
  readonly session: UserSession
  /** Internal ids. */
  readonly clientUuids: readonly ClientUuid[]
}
