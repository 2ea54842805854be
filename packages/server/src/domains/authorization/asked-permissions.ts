import type { PermissionTicket } from './permission-ticket.ts'
import type { Identity } from './policy-conditions.ts'
import { scopesOf } from './policy-evaluation.ts'
import type { ProtectedResource, ResourceServer } from './resource-server.ts'
import { resourceMatching, resourcesAt } from './resource-uris.ts'

/** A resource by id, name or type, and names of scopes; one of both may be empty. */
export interface PermissionQuery {
  readonly resource: string
  readonly scopes: readonly string[]
}

/** What is to be decided: a resource with scopes (none = all), or a scope that no resource has. */
export interface AskedPermission {
  readonly resource: ProtectedResource | null
  readonly scopeIds: readonly string[]
}

/** Why a query asks for nothing that there is; the message is Keycloak's. */
export class PermissionQueryProblem extends Error {
  readonly error: 'invalid_resource' | 'invalid_scope' | 'invalid_request'

  constructor(error: PermissionQueryProblem['error'], message: string) {
    super(message)
    this.error = error
  }
}

export interface AskedPermissionsDeps {
  readonly server: ResourceServer
  readonly identity: Pick<Identity, 'id'>
  /** Granted to who asks, at this client. */
  readonly tickets: readonly PermissionTicket[]
}

const noResource = (kind: 'id' | 'uri', name: string) =>
  new PermissionQueryProblem(
    'invalid_resource',
    `Resource with ${kind} [${name.slice(0, 255)}] does not exist.`,
  )

/** `resource#scope,scope` (Keycloak's `permission` parameter). */
export function parsePermission(text: string): PermissionQuery {
  const [resource = '', scopes = ''] = text.split('#')
  return { resource, scopes: scopes.split(',').filter((name) => name !== '') }
}

/**
 * Addresses become ids.
 * @param matching whether patterns in the addresses of resources count where none is exactly this one
 * @throws PermissionQueryProblem for an address that no resource has
 */
export function permissionsByUri(
  server: ResourceServer,
  queries: readonly PermissionQuery[],
  matching: boolean,
): PermissionQuery[] {
  return queries.flatMap(({ resource: uri, scopes }) => {
    if (uri === '') {
      if (scopes.length > 0) return [{ resource: '', scopes }]
      throw new PermissionQueryProblem('invalid_request', 'You must provide the uri')
    }
    const exact = resourcesAt(server.resources, uri)
    const found =
      exact.length === 0 && matching
        ? [resourceMatching(server.resources, server.clientUuid, uri) ?? []].flat()
        : exact
    if (found.length === 0) throw noResource('uri', uri)
    return found.map(({ id }) => ({ resource: id, scopes }))
  })
}

/** Gathers what is to be decided; the same resource twice is one with both scopes. */
export class AskedPermissions {
  readonly #deps: AskedPermissionsDeps
  readonly #resources = new Map<string, { resource: ProtectedResource; scopeIds: Set<string> }>()
  readonly #scopes = new Set<string>()
  readonly #limit: number

  /** @param limit most resources and scopes that are gathered */
  constructor(deps: AskedPermissionsDeps, limit: number) {
    this.#deps = deps
    this.#limit = limit
  }

  get all(): AskedPermission[] {
    const resources = [...this.#resources.values()].map(({ resource, scopeIds }) => ({
      resource,
      scopeIds: [...scopeIds],
    }))
    const scopes = [...this.#scopes].map((id) => ({ resource: null, scopeIds: [id] }))
    return [...resources, ...scopes].slice(0, this.#limit)
  }

  /** Everything of the resource server, everything that who asks owns, and what was shared with them. */
  addEverything(): void {
    const { server, identity, tickets } = this.#deps
    const shared = new Set(tickets.map(({ resourceId }) => resourceId))
    const owned = (ownerId: string) => server.resources.filter((each) => each.ownerId === ownerId)
    const own = identity.id === server.clientUuid ? [] : owned(identity.id)
    for (const resource of [...owned(server.clientUuid), ...own])
      this.#add(resource, resource.scopeIds)
    for (const resource of server.resources) {
      if (!shared.has(resource.id)) continue
      const given = tickets.filter(({ resourceId }) => resourceId === resource.id)
      this.#add(
        resource,
        given.flatMap(({ scopeId }) => scopeId ?? []),
      )
    }
  }

  /**
   * @param more names of scopes that the request adds to each query
   * @throws PermissionQueryProblem for a resource or scopes that are not there
   */
  add({ resource, scopes }: PermissionQuery, more: readonly string[]): void {
    const { server } = this.#deps
    const names = [...new Set([...scopes, ...more])]
    const scopeIds = server.scopes.filter(({ name }) => names.includes(name)).map(({ id }) => id)
    if (names.length > 0 && scopeIds.length === 0) {
      const given = names.join(', ').slice(0, 1_000)
      throw new PermissionQueryProblem(
        'invalid_scope',
        `One of the given scopes [${given}] is invalid`,
      )
    }
    if (resource !== '') this.#addNamed(resource, scopeIds)
    else this.#addScopes(scopeIds)
  }

  /** What an earlier token holds; what is gone meanwhile is left out. */
  addGranted(rsid: string, scopes: readonly string[]): void {
    const { server } = this.#deps
    const resource = server.resources.find(({ id }) => id === rsid)
    if (!resource) return
    const scopeIds = server.scopes.filter(({ name }) => scopes.includes(name)).map(({ id }) => id)
    this.#add(resource, scopeIds)
  }

  #addNamed(name: string, scopeIds: readonly string[]): void {
    const { server, identity, tickets } = this.#deps
    const byId = server.resources.find(({ id }) => id === name)
    if (byId) {
      this.#addWith(byId, scopeIds)
      return
    }
    const byType = resourcesOfType(server, identity.id, name)
    if (byType) {
      for (const resource of byType) this.#addWith(resource, scopeIds)
      return
    }
    const shared = new Set(tickets.map(({ resourceId }) => resourceId))
    const found = server.resources.filter(
      ({ id, ownerId, name: each }) =>
        each === name &&
        (ownerId === identity.id || ownerId === server.clientUuid || shared.has(id)),
    )
    for (const resource of found) this.#addWith(resource, scopeIds)
    // As in Keycloak, one that has none of the scopes is not there.
    if (this.#resources.size === 0) throw noResource('id', name)
  }

  #addScopes(scopeIds: readonly string[]): void {
    const { server } = this.#deps
    const found = server.resources.filter((each) =>
      each.scopeIds.some((id) => scopeIds.includes(id)),
    )
    for (const resource of found) this.#addWith(resource, scopeIds)
    if (found.length === 0) for (const id of scopeIds) this.#scopes.add(id)
  }

  /** Adds a resource with those of the scopes that it has; where it has none of them, it is not asked for. */
  #addWith(resource: ProtectedResource, scopeIds: readonly string[]): void {
    const own = scopesOf(this.#deps.server, resource)
    const asked = own.filter((id) => scopeIds.includes(id))
    if (scopeIds.length > 0 && asked.length === 0) return
    this.#add(resource, scopeIds.length > 0 ? asked : own)
  }

  #add(resource: ProtectedResource, scopeIds: readonly string[]): void {
    const known = this.#resources.get(resource.id)
    if (known) for (const id of scopeIds) known.scopeIds.add(id)
    else this.#resources.set(resource.id, { resource, scopeIds: new Set(scopeIds) })
  }
}

/** @returns what `resource-type:…` and its kin ask for; undefined for any other name */
function resourcesOfType(
  server: ResourceServer,
  identityId: string,
  name: string,
): ProtectedResource[] | undefined {
  const kinds: readonly (readonly [string, (resource: ProtectedResource) => boolean])[] = [
    ['resource-type:', ({ ownerId }) => ownerId === server.clientUuid],
    ['resource-type-any:', () => true],
    ['resource-type-instance:', ({ ownerId }) => ownerId !== server.clientUuid],
    ['resource-type-owner:', ({ ownerId }) => ownerId === identityId],
  ]
  for (const [prefix, counts] of kinds) {
    if (!name.startsWith(prefix)) continue
    const type = name.slice(prefix.length)
    return server.resources.filter((each) => each.type === type && counts(each))
  }
  return undefined
}
