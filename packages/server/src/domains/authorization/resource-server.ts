import type { ClientUuid, RealmId } from '../typed-ids.ts'

export type PolicyEnforcementMode = 'ENFORCING' | 'PERMISSIVE' | 'DISABLED'
export type DecisionStrategy = 'AFFIRMATIVE' | 'UNANIMOUS' | 'CONSENSUS'

/** Something that can be done with resources. */
export interface AuthorizationScope {
  readonly id: string
  readonly name: string
  readonly iconUri?: string | undefined
  readonly displayName?: string | undefined
}

/** Something that is protected. */
export interface ProtectedResource {
  readonly id: string
  readonly name: string
  readonly displayName?: string | undefined
  readonly type?: string | undefined
  readonly iconUri?: string | undefined
  readonly uris: readonly string[]
  readonly scopeIds: readonly string[]
  /** Internal id of the client, or of a user. */
  readonly ownerId: string
  readonly ownerManagedAccess: boolean
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** A condition under which something is permitted, or a permission, which applies conditions to resources and scopes. */
export interface Policy {
  readonly id: string
  readonly name: string
  readonly description?: string | undefined
  /** `user`, `role`, … for conditions; `resource` and `scope` for permissions. */
  readonly type: string
  readonly logic: 'POSITIVE' | 'NEGATIVE'
  readonly decisionStrategy: DecisionStrategy
  /** What its type knows of it, as Keycloak keeps it: lists are JSON. */
  readonly config: Readonly<Record<string, string>>
  readonly policyIds: readonly string[]
  readonly resourceIds: readonly string[]
  readonly scopeIds: readonly string[]
}

/** Who an owner's policy is about: one of each kind's list, by internal id. */
export interface OwnerCondition {
  readonly type: 'role' | 'group' | 'client' | 'user'
  readonly ids: readonly string[]
}

/** What the owner of a resource lets others do with it (Keycloak's type `uma`). */
export interface OwnerPolicy {
  readonly id: string
  readonly name: string
  readonly description?: string | undefined
  readonly ownerId: string
  readonly resourceId: string
  readonly scopeIds: readonly string[]
  readonly logic: Policy['logic']
  /** Over its conditions. */
  readonly decisionStrategy: DecisionStrategy
  readonly conditions: readonly OwnerCondition[]
}

/** Settings of a resource server. */
export interface ResourceServerSettings {
  readonly allowRemoteResourceManagement: boolean
  readonly policyEnforcementMode: PolicyEnforcementMode
  readonly decisionStrategy: DecisionStrategy
}

/** A client with everything that it protects. */
export interface ResourceServer {
  /** Internal id of the client, and so of the resource server. */
  readonly clientUuid: ClientUuid
  readonly realmId: RealmId
  readonly settings: ResourceServerSettings
  readonly scopes: readonly AuthorizationScope[]
  readonly resources: readonly ProtectedResource[]
  readonly policies: readonly Policy[]
  readonly ownerPolicies: readonly OwnerPolicy[]
  readonly ver: number
}

/** Kinds of permissions; every other type is a condition. */
export const permissionTypes: ReadonlySet<string> = new Set(['resource', 'scope'])

/** @returns a resource server that protects nothing yet, with Keycloak's settings */
export function emptyResourceServer(realmId: RealmId, clientUuid: ClientUuid): ResourceServer {
  const settings: ResourceServerSettings = {
    allowRemoteResourceManagement: true,
    policyEnforcementMode: 'ENFORCING',
    decisionStrategy: 'UNANIMOUS',
  }
  const nothing = { scopes: [], resources: [], policies: [], ownerPolicies: [] }
  return { clientUuid, realmId, settings, ...nothing, ver: 0 }
}
