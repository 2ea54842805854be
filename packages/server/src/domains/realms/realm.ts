import type { RealmId, RoleId } from '../typed-ids.ts'

/** A JSON object of Keycloak's representation that is stored and exported even where nothing acts on a member yet. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }
export type JsonObject = { [member: string]: Json }

export interface AuthenticationExecution {
  /** Id that Admin REST shows; absent until an administrator changes the execution. Exports leave it out. */
  id?: string
  authenticator?: string
  authenticatorConfig?: string
  authenticatorFlow: boolean
  flowAlias?: string
  requirement: 'REQUIRED' | 'ALTERNATIVE' | 'CONDITIONAL' | 'DISABLED'
  priority: number
  userSetupAllowed?: boolean
}

export interface AuthenticationFlow {
  id: string
  alias: string
  description?: string
  providerId: string
  topLevel: boolean
  builtIn: boolean
  authenticationExecutions: AuthenticationExecution[]
}

export interface AuthenticatorConfig {
  id: string
  alias: string
  config: Record<string, string>
}

export interface RequiredAction {
  alias: string
  name: string
  providerId: string
  enabled: boolean
  defaultAction: boolean
  priority: number
  config: Record<string, string>
}

export interface Component {
  id: string
  parentId: string
  providerType: string
  providerId: string
  subType?: string
  name?: string
  /** Secret members (`privateKey`, `secret`, …) are plain here; the store seals them at rest. */
  config: Record<string, string[]>
}

export interface ProtocolMapper {
  id: string
  name: string
  protocol: string
  protocolMapper: string
  consentRequired?: boolean
  config: Record<string, string>
}

export interface ClientScope {
  id: string
  realmId: RealmId
  name: string
  description?: string
  protocol: string
  attributes: Record<string, string>
  protocolMappers: ProtocolMapper[]
  ver: number
}

/**
 * The members of Keycloak's RealmRepresentation (same names, same units: seconds) that have no table of their own.
 * Those which nothing reads yet are kept in the index signature, so that an export gives them back.
 */
export interface RealmSettings {
  displayName?: string
  displayNameHtml?: string
  notBefore: number
  defaultSignatureAlgorithm: string
  revokeRefreshToken: boolean
  refreshTokenMaxReuse: number
  accessTokenLifespan: number
  accessTokenLifespanForImplicitFlow: number
  ssoSessionIdleTimeout: number
  ssoSessionMaxLifespan: number
  ssoSessionIdleTimeoutRememberMe: number
  ssoSessionMaxLifespanRememberMe: number
  offlineSessionIdleTimeout: number
  offlineSessionMaxLifespanEnabled: boolean
  offlineSessionMaxLifespan: number
  clientSessionIdleTimeout: number
  clientSessionMaxLifespan: number
  clientOfflineSessionIdleTimeout: number
  clientOfflineSessionMaxLifespan: number
  accessCodeLifespan: number
  accessCodeLifespanUserAction: number
  accessCodeLifespanLogin: number
  actionTokenGeneratedByAdminLifespan: number
  actionTokenGeneratedByUserLifespan: number
  sslRequired: 'all' | 'external' | 'none'
  registrationAllowed: boolean
  registrationEmailAsUsername: boolean
  rememberMe: boolean
  verifyEmail: boolean
  loginWithEmailAllowed: boolean
  duplicateEmailsAllowed: boolean
  resetPasswordAllowed: boolean
  editUsernameAllowed: boolean
  bruteForceProtected: boolean
  permanentLockout: boolean
  maxTemporaryLockouts: number
  bruteForceStrategy: 'LINEAR' | 'MULTIPLE'
  maxFailureWaitSeconds: number
  minimumQuickLoginWaitSeconds: number
  waitIncrementSeconds: number
  quickLoginCheckMilliSeconds: number
  maxDeltaTimeSeconds: number
  failureFactor: number
  maxSecondaryAuthFailures: number
  passwordPolicy?: string
  otpPolicyType: 'totp' | 'hotp'
  otpPolicyAlgorithm: string
  otpPolicyInitialCounter: number
  otpPolicyDigits: number
  otpPolicyLookAheadWindow: number
  otpPolicyPeriod: number
  otpPolicyCodeReusable: boolean
  browserSecurityHeaders: Record<string, string>
  localizationTexts?: Record<string, Record<string, string>>
  internationalizationEnabled: boolean
  supportedLocales?: string[]
  defaultLocale?: string
  loginTheme?: string
  browserFlow: string
  registrationFlow: string
  directGrantFlow: string
  resetCredentialsFlow: string
  firstBrokerLoginFlow?: string
  dockerAuthenticationFlow?: string
  clientAuthenticationFlow: string
  organizationsEnabled: boolean
  eventsEnabled: boolean
  eventsExpiration?: number
  eventsListeners: string[]
  enabledEventTypes: string[]
  adminEventsEnabled: boolean
  adminEventsDetailsEnabled: boolean
  defaultDefaultClientScopes: string[]
  defaultOptionalClientScopes: string[]
  /** Paths of the groups that a new user joins. */
  defaultGroups?: string[]
  attributes: Record<string, string>
  authenticationFlows: AuthenticationFlow[]
  authenticatorConfig: AuthenticatorConfig[]
  requiredActions: RequiredAction[]
  /** Without members (table organization_member). */
  [member: string]: unknown
}

/** A realm as one immutable snapshot: what almost every request needs, loaded and cached together. */
export interface Realm {
  readonly id: RealmId
  readonly name: string
  readonly enabled: boolean
  readonly ver: number
  readonly settings: Readonly<RealmSettings>
  readonly components: readonly Component[]
  readonly clientScopes: readonly ClientScope[]
  /** Features that are off in this server (see `hasFeature`); absent where all are on. */
  readonly switchedOff?: ReadonlySet<string>
  /** Id of the composite role `default-roles-{realm}`. */
  readonly defaultRoleId: RoleId
  readonly adminClients: AdminClients
}

/** The clients through whose roles a realm is administered, by their ids: names can be given to others. */
export interface AdminClients {
  /** In the realm itself: Keycloak's `realm-management`, in master `master-realm`. */
  readonly own: string | null
  /** In master: Keycloak's `{realm}-realm`. */
  readonly inMaster: string | null
}

/** A realm as lists show it. */
export interface BriefRealm {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly displayName: string | null
  readonly displayNameHtml: string | null
  readonly adminClients: AdminClients
}
