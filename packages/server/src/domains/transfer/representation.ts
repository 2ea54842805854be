import type { ClientRepresentation } from '../clients/client.ts'
import type {
  AuthenticationFlow,
  AuthenticatorConfig,
  JsonObject,
  ProtocolMapper,
  RequiredAction,
} from '../realms/realm.ts'
import type { ClientId, UserId } from '../typed-ids.ts'

/** Version of Keycloak whose export format this is: written into exports, so that Keycloak imports them. */
export const exportFormatVersion = '26.7.4'

export interface Composites {
  realm?: string[]
  client?: Record<string, string[]>
}

export interface RoleRepresentation {
  id?: string
  name: string
  description?: string
  composite?: boolean
  composites?: Composites
  clientRole?: boolean
  containerId?: string
  attributes?: Record<string, string[]>
}

export interface GroupRepresentation {
  id?: string
  name: string
  description?: string
  path?: string
  parentId?: string
  subGroups?: GroupRepresentation[]
  attributes?: Record<string, string[]>
  realmRoles?: string[]
  clientRoles?: Record<string, string[]>
}

/** A client with the members that are columns of their own. */
export interface ClientExport extends ClientRepresentation {
  id?: string
  clientId: ClientId
  enabled?: boolean
}

export interface ClientScopeExport {
  id?: string
  name: string
  description?: string
  protocol?: string
  attributes?: Record<string, string>
  protocolMappers?: ProtocolMapper[]
}

/** A component as exports nest it: grouped by provider type, sub-components inside. */
export interface ComponentExport {
  id?: string
  name?: string
  providerId: string
  subType?: string
  subComponents?: Record<string, ComponentExport[]>
  config?: Record<string, string[]>
}

export interface ScopeMappingRepresentation {
  client?: string
  clientScope?: string
  roles: string[]
}

export interface CredentialRepresentation {
  id?: string
  type?: string
  userLabel?: string
  createdDate?: number
  secretData?: string
  credentialData?: string
  priority?: number
  /** Plain text, with `type: password`: hashed on import. */
  value?: string
  temporary?: boolean
  hashedSaltedValue?: string
  salt?: string
  hashIterations?: number
  algorithm?: string
  digits?: number
  period?: number
  counter?: number
  [member: string]: unknown
}

export interface FederatedIdentityRepresentation {
  identityProvider: string
  userId: UserId
  userName?: string
}

export interface ConsentRepresentation {
  clientId: ClientId
  grantedClientScopes?: string[]
  createdDate?: number
  lastUpdatedDate?: number
}

export interface UserRepresentation {
  id?: string
  username?: string
  firstName?: string
  lastName?: string
  email?: string
  emailVerified?: boolean
  attributes?: Record<string, string[]>
  enabled?: boolean
  createdTimestamp?: number
  totp?: boolean
  serviceAccountClientId?: string
  credentials?: CredentialRepresentation[]
  disableableCredentialTypes?: string[]
  requiredActions?: string[]
  federatedIdentities?: FederatedIdentityRepresentation[]
  realmRoles?: string[]
  clientRoles?: Record<string, string[]>
  clientConsents?: ConsentRepresentation[]
  notBefore?: number
  groups?: string[]
  [member: string]: unknown
}

/** Keycloak's OrganizationRepresentation. Members of an organization travel by user name. */
export interface OrganizationExport {
  id: string
  name: string
  alias?: string
  enabled?: boolean
  description?: string
  redirectUrl?: string
  attributes?: Record<string, string[]>
  domains?: { name: string; verified?: boolean }[]
  /** Groups that members are in are told by their ids. */
  members?: { username: string; membershipType?: string; groups?: string[] }[]
  groups?: GroupRepresentation[]
  identityProviders?: { alias?: string; [member: string]: unknown }[]
  [member: string]: unknown
}

/** Keycloak's RealmRepresentation. Members without a type here are settings, kept as they are. */
export interface RealmRepresentation {
  id?: string
  realm: string
  enabled?: boolean
  roles?: { realm?: RoleRepresentation[]; client?: Record<string, RoleRepresentation[]> }
  defaultRole?: RoleRepresentation
  /** Before Keycloak 13: names of realm roles that new users get. */
  defaultRoles?: string[]
  groups?: GroupRepresentation[]
  defaultGroups?: string[]
  scopeMappings?: ScopeMappingRepresentation[]
  clientScopeMappings?: Record<string, ScopeMappingRepresentation[]>
  clients?: ClientExport[]
  clientScopes?: ClientScopeExport[]
  defaultDefaultClientScopes?: string[]
  defaultOptionalClientScopes?: string[]
  components?: Record<string, ComponentExport[]>
  authenticationFlows?: (Partial<AuthenticationFlow> & { alias: string })[]
  authenticatorConfig?: AuthenticatorConfig[]
  requiredActions?: RequiredAction[]
  identityProviders?: JsonObject[]
  identityProviderMappers?: JsonObject[]
  organizations?: OrganizationExport[]
  users?: UserRepresentation[]
  federatedUsers?: UserRepresentation[]
  attributes?: Record<string, string>
  keycloakVersion?: string
  [member: string]: unknown
}
