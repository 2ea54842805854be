import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import type {
  AuthorizationScope,
  Policy,
  ProtectedResource,
  ResourceServer,
} from './resource-server.ts'

/** Finds entries by id or name. @throws ModelError `invalid` for what is not there */
export function idsOf(
  entries: readonly { readonly id: string; readonly name: string }[],
  given: readonly string[],
  what: string,
): string[] {
  const ids = given.map((text) => {
    const found = entries.find(({ id }) => id === text) ?? entries.find(({ name }) => name === text)
    if (!found) throw new ModelError('invalid', `${what} [${text.slice(0, 255)}] does not exist`)
    return found.id
  })
  return [...new Set(ids)]
}

/** @returns the server with scopes of these names; those that are there stay as they are */
export function withScopeNames(server: ResourceServer, names: readonly string[]): ResourceServer {
  const known = new Set(server.scopes.flatMap(({ id, name }) => [id, name]))
  const missing = [...new Set(names)].filter((name) => !known.has(name))
  const added = missing.map((name): AuthorizationScope => ({ id: newUuid(), name }))
  return { ...server, scopes: [...server.scopes, ...added] }
}

/** @throws ModelError `duplicate` for an id that something of the server has: what is made under it would take its place */
export function requireFreeId(server: ResourceServer, id: string): void {
  const { scopes, resources, policies, ownerPolicies } = server
  const present = [...scopes, ...resources, ...policies, ...ownerPolicies]
  if (present.some((entry) => entry.id === id)) {
    throw new ModelError('duplicate', 'Duplicate resource error')
  }
}

/** Puts an entry in the place of that with its id, or behind the others. */
export function put<T extends { readonly id: string }>(entries: readonly T[], entry: T): T[] {
  return entries.some(({ id }) => id === entry.id)
    ? entries.map((each) => (each.id === entry.id ? entry : each))
    : [...entries, entry]
}

/** @throws ModelError `invalid` while a resource has the scope */
export function withoutScope(server: ResourceServer, id: string): ResourceServer {
  if (server.resources.some(({ scopeIds }) => scopeIds.includes(id))) {
    throw new ModelError('invalid', 'Scopes can not be removed while associated with resources.')
  }
  // A permission for this scope alone goes with it: without a scope it would be one for every scope.
  const withoutIt = <P extends { readonly scopeIds: readonly string[] }>(policy: P): P[] => {
    if (!policy.scopeIds.includes(id)) return [policy]
    const scopeIds = policy.scopeIds.filter((each) => each !== id)
    return scopeIds.length === 0 ? [] : [{ ...policy, scopeIds }]
  }
  const policies = server.policies.flatMap(withoutIt)
  const left = {
    ...server,
    scopes: server.scopes.filter((scope) => scope.id !== id),
    policies,
    ownerPolicies: server.ownerPolicies.flatMap(withoutIt),
  }
  return withoutPolicies(left, server.policies, policies)
}

/** A permission for nothing but this resource goes with it, and so do its owner's policies. */
export function withoutResource(server: ResourceServer, id: string): ResourceServer {
  const rest = server.policies.flatMap((policy): Policy[] => {
    if (!policy.resourceIds.includes(id)) return [policy]
    const resourceIds = policy.resourceIds.filter((each) => each !== id)
    // A permission by scope without a resource is one for every resource: it must not become that.
    return resourceIds.length === 0 ? [] : [{ ...policy, resourceIds }]
  })
  const resources = server.resources.filter((each) => each.id !== id)
  const ownerPolicies = server.ownerPolicies.filter(({ resourceId }) => resourceId !== id)
  const left: ResourceServer = { ...server, resources, policies: rest, ownerPolicies }
  return withoutPolicies(left, server.policies, rest)
}

/** @returns the server in which nothing applies a policy that was there before and is no longer */
function withoutPolicies(
  server: ResourceServer,
  before: readonly Policy[],
  after: readonly Policy[],
): ResourceServer {
  const kept = new Set(after.map(({ id }) => id))
  return before
    .filter(({ id }) => !kept.has(id))
    .reduce((left, { id }) => withoutPolicy(left, id), server)
}

/** Policies and permissions that apply it no longer do. */
export function withoutPolicy(server: ResourceServer, id: string): ResourceServer {
  const policies = server.policies
    .filter((policy) => policy.id !== id)
    .map((policy) => ({
      ...policy,
      policyIds: policy.policyIds.filter((each) => each !== id),
    }))
  return { ...server, policies }
}

/** @returns permissions that apply to a resource: by name, or by a scope of it where no resource is named */
export function permissionsOf(server: ResourceServer, resource: ProtectedResource): Policy[] {
  return server.policies.filter(
    ({ type, resourceIds, scopeIds }) =>
      (type === 'resource' || type === 'scope') &&
      (resourceIds.includes(resource.id) ||
        (resourceIds.length === 0 && scopeIds.some((id) => resource.scopeIds.includes(id)))),
  )
}
