import { newUuid } from '../../shared/random.ts'
import type { Realm } from '../realms/realm.ts'
import { isPolicyType, listOf } from './policy-config.ts'
import type { PolicyReferences } from './policy-references.ts'
import { type PolicySubjects, withSubjectIds } from './policy-subjects.ts'
import type {
  AuthorizationScope,
  Policy,
  ProtectedResource,
  ResourceServer,
  ResourceServerSettings,
} from './resource-server.ts'
import { idsOf, put, withScopeNames } from './resource-server-changes.ts'

/** A policy as an export has it: everything by name, lists as JSON. */
export interface ExportedPolicy {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly type?: string | undefined
  readonly logic?: Policy['logic'] | undefined
  readonly decisionStrategy?: Policy['decisionStrategy'] | undefined
  readonly config?: Readonly<Record<string, string>> | undefined
  /** What it applies where `config` does not say so under `applyPolicies`; so with `resources` and `scopes`. */
  readonly policies?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
}

export interface ExportedResource {
  readonly name?: string | undefined
  readonly displayName?: string | undefined
  readonly type?: string | undefined
  readonly icon_uri?: string | undefined
  readonly uris?: readonly string[] | undefined
  readonly scopes?: readonly { readonly name?: string | undefined }[] | undefined
  /** Name of a user; absent for the client itself. */
  readonly owner?: { readonly name?: string | undefined } | undefined
  readonly ownerManagedAccess?: boolean | undefined
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined
}

/** Keycloak's ResourceServerRepresentation as it travels (`authorizationSettings` of a client). */
export interface ExportedServer extends Partial<ResourceServerSettings> {
  readonly scopes?: readonly Partial<AuthorizationScope>[] | undefined
  readonly resources?: readonly ExportedResource[] | undefined
  readonly policies?: readonly ExportedPolicy[] | undefined
}

/** Who owns resources: ids of users by name, and the other way round. */
type Owners = ReadonlyMap<string, string>

/**
 * @param names of the users who own resources, by id
 * @returns everything that a client protects, by names
 */
export async function exportedServer(
  realm: Realm,
  server: ResourceServer,
  references: PolicyReferences,
  names: Owners,
): Promise<ExportedServer> {
  const { scopes, resources, policies, settings } = server
  const nameOf = (entries: readonly { id: string; name: string }[], ids: readonly string[]) =>
    ids.flatMap((id) => entries.find((entry) => entry.id === id)?.name ?? [])
  const exportedPolicies = await Promise.all(
    policies.map(async ({ id: _, policyIds, resourceIds, scopeIds, ...policy }) => {
      const lists = [
        ['resources', nameOf(resources, resourceIds)],
        ['scopes', nameOf(scopes, scopeIds)],
        ['applyPolicies', nameOf(policies, policyIds)],
      ] as const
      const config = await references.toNames(realm, policy.type, policy.config)
      const named = lists.filter(([, list]) => list.length > 0)
      const added = Object.fromEntries(named.map(([key, list]) => [key, JSON.stringify(list)]))
      return { ...policy, config: { ...config, ...added } }
    }),
  )
  return {
    ...settings,
    resources: resources.map((resource) => exportedResource(server, resource, names)),
    // Conditions first: what applies them is read after them.
    policies: exportedPolicies.toSorted(
      (a, b) => Number(isComposed(a.type)) - Number(isComposed(b.type)),
    ),
    scopes: scopes.map(({ id: _, ...scope }) => scope),
  }
}

const isComposed = (type: string) => ['aggregate', 'resource', 'scope'].includes(type)

function exportedResource(
  { clientUuid, scopes }: ResourceServer,
  { id: _, scopeIds, ownerId, iconUri, ...resource }: ProtectedResource,
  names: Owners,
): ExportedResource {
  const name = names.get(ownerId)
  return {
    ...resource,
    ...(ownerId === clientUuid || name === undefined ? {} : { owner: { name } }),
    scopes: scopes
      .filter(({ id }) => scopeIds.includes(id))
      .map(({ name: scope }) => ({ name: scope })),
    ...(iconUri === undefined ? {} : { icon_uri: iconUri }),
  }
}

/** Resolves what policies of an import refer to. @throws ModelError `invalid` */
export async function resolvedPolicies(
  { policies = [] }: ExportedServer,
  subjects: PolicySubjects,
): Promise<ExportedPolicy[]> {
  return await Promise.all(
    policies
      .filter(({ type }) => isPolicyType(type ?? ''))
      .map(async (policy) => ({
        ...policy,
        config: await withSubjectIds(subjects, policy.type ?? '', policy.config ?? {}),
      })),
  )
}

/**
 * Puts what an export has into a resource server: entries of the same name are changed, others added.
 * @param policies with references resolved (`resolvedPolicies`)
 * @param owners ids of users by name
 * @throws ModelError `invalid` when something refers to what is not there
 */
export function importedServer(
  server: ResourceServer,
  given: ExportedServer,
  policies: readonly ExportedPolicy[],
  owners: Owners,
): ResourceServer {
  const { allowRemoteResourceManagement, policyEnforcementMode, decisionStrategy } = given
  const settings = {
    ...server.settings,
    ...(allowRemoteResourceManagement === undefined ? {} : { allowRemoteResourceManagement }),
    ...(policyEnforcementMode === undefined ? {} : { policyEnforcementMode }),
    ...(decisionStrategy === undefined ? {} : { decisionStrategy }),
  }
  let next: ResourceServer = { ...server, settings }
  for (const { name, iconUri, displayName } of given.scopes ?? []) {
    if (!name) continue
    const id = next.scopes.find((each) => each.name === name)?.id ?? newUuid()
    next = { ...next, scopes: put(next.scopes, { id, name, iconUri, displayName }) }
  }
  for (const resource of given.resources ?? []) next = withImportedResource(next, resource, owners)
  // First all names, then what refers to them.
  for (const policy of policies) next = withImportedPolicy(next, policy, false)
  for (const policy of policies) next = withImportedPolicy(next, policy, true)
  return next
}

function withImportedResource(
  server: ResourceServer,
  given: ExportedResource,
  owners: Owners,
): ResourceServer {
  if (!given.name) return server
  const { name, owner, icon_uri: iconUri, type, displayName } = given
  const ownerId = owners.get(owner?.name ?? '') ?? server.clientUuid
  const present = server.resources.find((each) => each.name === name && each.ownerId === ownerId)
  const names = (given.scopes ?? []).flatMap((scope) => scope.name ?? [])
  const withScopes = withScopeNames(server, names)
  const resource: ProtectedResource = {
    id: present?.id ?? newUuid(),
    name,
    displayName,
    type,
    iconUri,
    uris: given.uris ?? [],
    scopeIds: idsOf(withScopes.scopes, names, 'Scope'),
    ownerId,
    ownerManagedAccess: given.ownerManagedAccess ?? false,
    attributes: given.attributes ?? {},
  }
  return { ...withScopes, resources: put(server.resources, resource) }
}

function withImportedPolicy(
  server: ResourceServer,
  given: ExportedPolicy,
  withReferences: boolean,
): ResourceServer {
  const { name, description, type, logic = 'POSITIVE', decisionStrategy = 'UNANIMOUS' } = given
  if (!name || !type) return server
  const { applyPolicies, resources, scopes, ...config } = given.config ?? {}
  const ids = (
    entries: readonly { id: string; name: string }[],
    list: string | undefined,
    beside: readonly string[] | undefined,
    what: string,
  ) => {
    const names = list === undefined ? (beside ?? []) : listOf(list).map(String)
    return withReferences ? idsOf(entries, names, what) : []
  }
  const policy: Policy = {
    id: server.policies.find((each) => each.name === name)?.id ?? newUuid(),
    name,
    description,
    type,
    logic,
    decisionStrategy,
    config,
    policyIds: ids(server.policies, applyPolicies, given.policies, 'Policy'),
    resourceIds: ids(server.resources, resources, given.resources, 'Resource'),
    scopeIds: ids(server.scopes, scopes, given.scopes, 'Scope'),
  }
  return { ...server, policies: put(server.policies, policy) }
}
