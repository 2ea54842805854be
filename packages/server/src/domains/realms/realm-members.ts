/*
 * Every member of Keycloak's RealmRepresentation, once, with its type and by where it lives. Values of another JSON type are
 * converted, as Keycloak's parser does. Members that are objects of their own are `anything` here: whoever takes them apart
 * says what they are. The types are names (`realm-schema.ts` has the schemas), so that starts do without the schema library.
 */

/** Columns of the realm's row. */
const columns = {
  id: 'text',
  realm: 'text',
  enabled: 'flag',
} as const

/** Tables of their own. */
const tables = {
  roles: 'anything',
  defaultRole: 'anything',
  defaultRoles: 'texts',
  groups: 'anything',
  users: 'anything',
  federatedUsers: 'anything',
  clients: 'anything',
  clientScopes: 'anything',
  scopeMappings: 'anything',
  clientScopeMappings: 'anything',
  components: 'anything',
  identityProviders: 'anything',
  identityProviderMappers: 'anything',
  organizations: 'anything',
} as const

/** In the realm's settings, but written at endpoints of their own; the realm does not show them. */
const endpoints = {
  authenticationFlows: 'anything',
  authenticatorConfig: 'anything',
  requiredActions: 'anything',
  localizationTexts: 'anything',
  defaultDefaultClientScopes: 'texts',
  defaultOptionalClientScopes: 'texts',
} as const

/** As `endpoints`; the realm shows it too. */
const shownEndpoints = {
  defaultGroups: 'texts',
} as const

/** What Keycloak had once, computes, or takes without effect. */
const former = {
  keycloakVersion: 'text',
  privateKey: 'text',
  publicKey: 'text',
  certificate: 'text',
  codeSecret: 'text',
  social: 'flag',
  updateProfileOnInitialSocialLogin: 'flag',
  passwordCredentialGrantAllowed: 'flag',
  socialProviders: 'textMap',
  applications: 'anything',
  oauthClients: 'anything',
  applicationScopeMappings: 'anything',
  clientTemplates: 'anything',
  userFederationProviders: 'anything',
  userFederationMappers: 'anything',
  protocolMappers: 'anything',
  userCacheEnabled: 'flag',
  realmCacheEnabled: 'flag',
  requiredCredentials: 'texts',
  adminPermissionsClient: 'anything',
  otpSupportedApplications: 'texts',
} as const

/** What a change of the realm writes. */
const settings = {
  displayName: 'text',
  displayNameHtml: 'text',
  notBefore: 'integer',
  defaultSignatureAlgorithm: 'text',
  revokeRefreshToken: 'flag',
  refreshTokenMaxReuse: 'integer',
  accessTokenLifespan: 'integer',
  accessTokenLifespanForImplicitFlow: 'integer',
  ssoSessionIdleTimeout: 'integer',
  ssoSessionMaxLifespan: 'integer',
  ssoSessionIdleTimeoutRememberMe: 'integer',
  ssoSessionMaxLifespanRememberMe: 'integer',
  offlineSessionIdleTimeout: 'integer',
  offlineSessionMaxLifespanEnabled: 'flag',
  offlineSessionMaxLifespan: 'integer',
  clientSessionIdleTimeout: 'integer',
  clientSessionMaxLifespan: 'integer',
  clientOfflineSessionIdleTimeout: 'integer',
  clientOfflineSessionMaxLifespan: 'integer',
  accessCodeLifespan: 'integer',
  accessCodeLifespanUserAction: 'integer',
  accessCodeLifespanLogin: 'integer',
  actionTokenGeneratedByAdminLifespan: 'integer',
  actionTokenGeneratedByUserLifespan: 'integer',
  oauth2DeviceCodeLifespan: 'integer',
  oauth2DevicePollingInterval: 'integer',
  sslRequired: 'text',
  registrationAllowed: 'flag',
  registrationEmailAsUsername: 'flag',
  rememberMe: 'flag',
  verifyEmail: 'flag',
  loginWithEmailAllowed: 'flag',
  duplicateEmailsAllowed: 'flag',
  resetPasswordAllowed: 'flag',
  editUsernameAllowed: 'flag',
  bruteForceProtected: 'flag',
  permanentLockout: 'flag',
  maxTemporaryLockouts: 'integer',
  bruteForceStrategy: 'strategy',
  maxFailureWaitSeconds: 'integer',
  minimumQuickLoginWaitSeconds: 'integer',
  waitIncrementSeconds: 'integer',
  quickLoginCheckMilliSeconds: 'long',
  maxDeltaTimeSeconds: 'integer',
  failureFactor: 'integer',
  maxSecondaryAuthFailures: 'integer',
  passwordPolicy: 'text',
  otpPolicyType: 'text',
  otpPolicyAlgorithm: 'text',
  otpPolicyInitialCounter: 'integer',
  otpPolicyDigits: 'integer',
  otpPolicyLookAheadWindow: 'integer',
  otpPolicyPeriod: 'integer',
  otpPolicyCodeReusable: 'flag',
  webAuthnPolicyRpEntityName: 'text',
  webAuthnPolicySignatureAlgorithms: 'texts',
  webAuthnPolicyRpId: 'text',
  webAuthnPolicyAttestationConveyancePreference: 'text',
  webAuthnPolicyAuthenticatorAttachment: 'text',
  webAuthnPolicyRequireResidentKey: 'text',
  webAuthnPolicyResidentKey: 'text',
  webAuthnPolicyUserVerificationRequirement: 'text',
  webAuthnPolicyCreateTimeout: 'integer',
  webAuthnPolicyAvoidSameAuthenticatorRegister: 'flag',
  webAuthnPolicyAcceptableAaguids: 'texts',
  webAuthnPolicyExtraOrigins: 'texts',
  webAuthnPolicyPasswordlessRpEntityName: 'text',
  webAuthnPolicyPasswordlessSignatureAlgorithms: 'texts',
  webAuthnPolicyPasswordlessRpId: 'text',
  webAuthnPolicyPasswordlessAttestationConveyancePreference: 'text',
  webAuthnPolicyPasswordlessAuthenticatorAttachment: 'text',
  webAuthnPolicyPasswordlessRequireResidentKey: 'text',
  webAuthnPolicyPasswordlessResidentKey: 'text',
  webAuthnPolicyPasswordlessUserVerificationRequirement: 'text',
  webAuthnPolicyPasswordlessCreateTimeout: 'integer',
  webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister: 'flag',
  webAuthnPolicyPasswordlessAcceptableAaguids: 'texts',
  webAuthnPolicyPasswordlessExtraOrigins: 'texts',
  webAuthnPolicyPasswordlessPasskeysEnabled: 'flag',
  webAuthnPolicyPasswordlessMediation: 'text',
  clientProfiles: 'anything',
  clientPolicies: 'anything',
  browserSecurityHeaders: 'textMap',
  smtpServer: 'textMap',
  loginTheme: 'text',
  accountTheme: 'text',
  adminTheme: 'text',
  emailTheme: 'text',
  eventsEnabled: 'flag',
  eventsExpiration: 'long',
  eventsListeners: 'texts',
  enabledEventTypes: 'texts',
  adminEventsEnabled: 'flag',
  adminEventsDetailsEnabled: 'flag',
  internationalizationEnabled: 'flag',
  supportedLocales: 'texts',
  defaultLocale: 'text',
  browserFlow: 'text',
  registrationFlow: 'text',
  directGrantFlow: 'text',
  resetCredentialsFlow: 'text',
  clientAuthenticationFlow: 'text',
  dockerAuthenticationFlow: 'text',
  firstBrokerLoginFlow: 'text',
  attributes: 'textMap',
  userManagedAccessAllowed: 'flag',
  organizationsEnabled: 'flag',
  verifiableCredentialsEnabled: 'flag',
  adminPermissionsEnabled: 'flag',
  scimApiEnabled: 'flag',
} as const

/** All of them, with the names of their types. */
export const realmMemberTypes = {
  ...columns,
  ...settings,
  ...tables,
  ...endpoints,
  ...shownEndpoints,
  ...former,
}

const namesOf = (...groups: readonly object[]): ReadonlySet<string> =>
  new Set(groups.flatMap((group) => Object.keys(group)))

const notWritten = namesOf(columns, tables, endpoints, shownEndpoints, former)
/** Beside them, what an import computes, and the version that wrote an export. */
const notKept = new Set([
  ...namesOf(columns, tables),
  'adminPermissionsClient',
  'componentList',
  'keycloakVersion',
])
const notShown = namesOf(endpoints)

/** @returns whether a change of the realm itself writes this member */
export function isRealmSetting(name: string): boolean {
  return !notWritten.has(name)
}

/** @returns whether an import keeps this member in the realm's row, though nothing may act on it */
export function isKeptWithRealm(name: string): boolean {
  return !notKept.has(name)
}

/** @returns whether the realm shows this member of its row */
export function isShownWithRealm(name: string): boolean {
  return !notShown.has(name)
}
