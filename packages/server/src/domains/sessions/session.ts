/** An SSO session of a user (Keycloak's user session). Times are milliseconds since the epoch. */
export interface UserSession {
  /** 24 base64url characters: `sid` and `session_state`. */
  readonly id: string
  readonly offline: boolean
  readonly realmId: string
  readonly userId: string
  readonly startedAt: number
  readonly lastAccess: number
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly notes: Readonly<Record<string, string>>
  readonly ver: number
}

/** What a session holds for one client. */
export interface ClientSession {
  readonly sessionId: string
  readonly offline: boolean
  /** Internal id of the client. */
  readonly clientUuid: string
  readonly startedAt: number
  readonly lastAccess: number
  /** `scope`, `redirect_uri`, `nonce`, … as Keycloak names them. */
  readonly notes: Readonly<Record<string, string>>
  /** `jti` of the newest refresh token and how often it was used, where the realm revokes refresh tokens. */
  readonly refreshId: string | null
  readonly refreshUses: number
  readonly ver: number
}

/** Notes of an authorization code (single-use object): what the login fixed and the token endpoint checks and needs. */
export interface AuthorizationCode {
  readonly id: string
  readonly realmId: string
  readonly sessionId: string
  readonly clientUuid: string
  readonly userId: string
  /** As sent in the authorization request; null when it was left out. */
  readonly redirectUri: string | null
  /** Client-session notes: `scope`, `nonce`, `code_challenge`, `code_challenge_method`, `acr`, … */
  readonly notes: Readonly<Record<string, string>>
}
