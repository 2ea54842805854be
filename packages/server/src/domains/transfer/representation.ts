import type { z } from 'zod'
import type { ClientRepresentation } from '../clients/client.ts'
import type { importedGroup } from '../groups/group-schema.ts'
import type { importedOrganization } from '../organizations/organization-schema.ts'
import type { importedClientScope } from '../realms/client-scope-schema.ts'
import type { importedComponent } from '../realms/component-schema.ts'
import type {
  AuthenticationFlow,
  AuthenticatorConfig,
  JsonObject,
  ProtocolMapper,
  RequiredAction,
} from '../realms/realm.ts'
import type { importedRole } from '../roles/role-schema.ts'
import type { ClientId } from '../typed-ids.ts'
import type { importedUser } from '../users/user-schema.ts'
import type { importedScopeMapping } from './scope-mapping-schema.ts'

/** Version of Keycloak whose export format this is: written into exports, so that Keycloak imports them. */
export const exportFormatVersion = '26.7.4'

/** What a schema reads, with whatever is null or undefined left out, at every depth. */
type Present<T> = unknown extends T
  ? T
  : T extends null | undefined
    ? never
    : T extends readonly (infer Element)[]
      ? Present<NonNullable<Element>>[]
      : T extends object
        ? Flat<
            { [K in keyof T as IsOptional<T, K> extends true ? never : K]: Present<T[K]> } & {
              [K in keyof T as IsOptional<T, K> extends true ? K : never]?: Present<T[K]>
            }
          >
        : T

/** Whether a member may be left out; index signatures are not members. */
type IsOptional<T, K extends keyof T> = string extends K
  ? false
  : undefined extends T[K]
    ? true
    : null extends T[K]
      ? true
      : false

type Flat<T> = { [K in keyof T]: T[K] }

type Read<S extends z.ZodType> = Present<z.output<S>>

export type RoleRepresentation = Read<typeof importedRole>
export type Composites = NonNullable<RoleRepresentation['composites']>
export type GroupRepresentation = Read<typeof importedGroup> & {
  subGroups?: GroupRepresentation[]
}

/** A client with the members that are columns of their own. */
export interface ClientExport extends ClientRepresentation {
  id?: string
  clientId: ClientId
  enabled?: boolean
}

export type ClientScopeExport = Read<typeof importedClientScope> & {
  protocolMappers?: ProtocolMapper[]
}
/** A component as exports nest it: grouped by provider type, sub-components inside. */
export type ComponentExport = Read<typeof importedComponent> & {
  subComponents?: Record<string, ComponentExport[]>
}
export type ScopeMappingRepresentation = Read<typeof importedScopeMapping>
export type UserRepresentation = Read<typeof importedUser>
export type CredentialRepresentation = NonNullable<UserRepresentation['credentials']>[number]
export type FederatedIdentityRepresentation = NonNullable<
  UserRepresentation['federatedIdentities']
>[number]
export type ConsentRepresentation = NonNullable<UserRepresentation['clientConsents']>[number]
/** Keycloak's OrganizationRepresentation, with an id by now. Members of an organization travel by user name. */
export type OrganizationExport = Read<typeof importedOrganization> & {
  id: string
  groups?: GroupRepresentation[]
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
