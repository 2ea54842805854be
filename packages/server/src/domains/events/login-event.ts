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

/** A login event as it is kept and listed (`GET /admin/realms/{realm}/events`). */
export interface StoredLoginEvent {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly type: string
  readonly realmId: string
  readonly clientId?: string
  readonly userId?: string
  readonly sessionId?: string
  readonly ipAddress?: string
  readonly error?: string
  readonly details?: Readonly<Record<string, string>>
}

/** Types that Keycloak keeps only where the realm names them in `enabledEventTypes`. */
const onlyWhenNamed = new Set([
  'CLIENT_INFO',
  'IDENTITY_PROVIDER_RESPONSE',
  'IDENTITY_PROVIDER_RETRIEVE_TOKEN',
  'INTROSPECT_TOKEN',
  'INVALID_SIGNATURE',
  'PUSHED_AUTHORIZATION_REQUEST',
  'REFRESH_TOKEN',
  'REGISTER_NODE',
  'UNREGISTER_NODE',
  'USER_INFO_REQUEST',
  'VALIDATE_ACCESS_TOKEN',
])

const errorSuffix = '_ERROR'

/** @returns whether the type tells of a failure */
export function isErrorType(type: string): boolean {
  return type.endsWith(errorSuffix)
}

/** @returns the type without `_ERROR`, as the metric labels it (in lower case there) */
export function typeWithoutError(type: string): string {
  return isErrorType(type) ? type.slice(0, -errorSuffix.length) : type
}

/**
 * @param enabledTypes the realm's `enabledEventTypes`; empty = Keycloak's own choice
 * @returns whether a realm that keeps events keeps this type
 */
export function isKept(type: string, enabledTypes: readonly string[]): boolean {
  return enabledTypes.length === 0
    ? !onlyWhenNamed.has(typeWithoutError(type))
    : enabledTypes.includes(type)
}
