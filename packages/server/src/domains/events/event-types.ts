/** Types that Keycloak keeps where a realm keeps events but names none, in the order in which it lists them. */
const keptTypes =
  `LOGIN REGISTER LOGOUT CODE_TO_TOKEN CLIENT_LOGIN FEDERATED_IDENTITY_LINK REMOVE_FEDERATED_IDENTITY UPDATE_EMAIL
  UPDATE_PROFILE UPDATE_PASSWORD UPDATE_TOTP VERIFY_EMAIL VERIFY_PROFILE REMOVE_TOTP GRANT_CONSENT UPDATE_CONSENT
  REVOKE_GRANT SEND_VERIFY_EMAIL SEND_RESET_PASSWORD SEND_IDENTITY_PROVIDER_LINK RESET_PASSWORD RESTART_AUTHENTICATION
  IDENTITY_PROVIDER_LINK_ACCOUNT IDENTITY_PROVIDER_LOGIN IDENTITY_PROVIDER_FIRST_LOGIN IDENTITY_PROVIDER_POST_LOGIN
  IMPERSONATE CUSTOM_REQUIRED_ACTION EXECUTE_ACTIONS EXECUTE_ACTION_TOKEN CLIENT_REGISTER CLIENT_UPDATE CLIENT_DELETE
  CLIENT_INITIATED_ACCOUNT_LINKING TOKEN_EXCHANGE OAUTH2_DEVICE_AUTH OAUTH2_DEVICE_VERIFY_USER_CODE
  OAUTH2_DEVICE_CODE_TO_TOKEN AUTHREQID_TO_TOKEN PERMISSION_TOKEN DELETE_ACCOUNT USER_DISABLED_BY_PERMANENT_LOCKOUT
  USER_DISABLED_BY_TEMPORARY_LOCKOUT OAUTH2_EXTENSION_GRANT FEDERATED_IDENTITY_OVERRIDE_LINK UPDATE_CREDENTIAL
  REMOVE_CREDENTIAL INVITE_ORG VERIFIABLE_CREDENTIAL_REQUEST VERIFIABLE_CREDENTIAL_OFFER_REQUEST
  VERIFIABLE_CREDENTIAL_CREATE_OFFER VERIFIABLE_CREDENTIAL_PRE_AUTHORIZED_GRANT JWT_AUTHORIZATION_GRANT`.split(
    /\s+/,
  )

/** Frequent types, kept only where a realm names them. */
const frequentTypes =
  `CLIENT_INFO IDENTITY_PROVIDER_RESPONSE IDENTITY_PROVIDER_RETRIEVE_TOKEN INTROSPECT_TOKEN INVALID_SIGNATURE
  PUSHED_AUTHORIZATION_REQUEST REFRESH_TOKEN REGISTER_NODE UNREGISTER_NODE USER_INFO_REQUEST USER_SESSION_DELETED
  VALIDATE_ACCESS_TOKEN VERIFIABLE_CREDENTIAL_NONCE_REQUEST`.split(/\s+/)

/** Errors of kept types that are not kept themselves. */
const keptOnlyOnSuccess = new Set([
  'PERMISSION_TOKEN',
  'USER_DISABLED_BY_PERMANENT_LOCKOUT',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
])

const errorSuffix = '_ERROR'
const withErrors = (type: string) => [type, type + errorSuffix]

/** What `enabledEventTypes` stands for while it is empty. */
export const typesKeptByDefault: readonly string[] = keptTypes.flatMap((type) =>
  keptOnlyOnSuccess.has(type) ? [type] : withErrors(type),
)

const keptByDefault: ReadonlySet<string> = new Set(typesKeptByDefault)

/** Every type, sorted. */
export const eventTypes: readonly string[] = [...keptTypes, ...frequentTypes]
  .sort()
  .flatMap(withErrors)

const allTypes: ReadonlySet<string> = new Set(eventTypes)

/** @returns whether Keycloak knows a type of this name */
export function isEventType(type: string): boolean {
  return allTypes.has(type)
}

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
  return enabledTypes.length === 0 ? keptByDefault.has(type) : enabledTypes.includes(type)
}
