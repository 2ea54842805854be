/** A login event as Keycloak names it: `LOGIN`, `LOGIN_ERROR`, `CODE_TO_TOKEN`, `REFRESH_TOKEN`, … */
export interface LoginEvent {
  readonly type: string
  readonly realmId: string
  readonly realmName: string
  readonly clientId?: string | undefined
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly ipAddress?: string | undefined
  /** Keycloak's error code (`invalid_user_credentials`, …); only for `*_ERROR` types. */
  readonly error?: string | undefined
  readonly details?: Readonly<Record<string, string>>
}

/** Verbs that other folders use. */
export interface Events {
  /** Never throws and never waits: queued, counted (`keycloak_user_events_total`), logged, stored where the realm asks for it. */
  record(event: LoginEvent): void
}
