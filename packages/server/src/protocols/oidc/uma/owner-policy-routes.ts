import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { OwnerPolicies } from '../../../domains/authorization/owner-policies.ts'
import type {
  OwnerPolicy,
  ProtectedResource,
} from '../../../domains/authorization/resource-server.ts'
import { put } from '../../../domains/authorization/resource-server-changes.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { text, texts } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import { queryOf } from '../../../http/query.ts'
import { newUuid } from '../../../shared/random.ts'
import { protectionBody } from './protection-body.ts'
import {
  changeProtected,
  type ProtectionCall,
  type ProtectionDeps,
  protectionCall,
  protectionError,
} from './protection-call.ts'

const policyShape = z.strictObject({
  id: text,
  name: text,
  description: text,
  type: text,
  policies: texts,
  resources: texts,
  scopes: texts,
  logic: z.enum(['POSITIVE', 'NEGATIVE']).nullish(),
  decisionStrategy: z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS']).nullish(),
  owner: text,
  roles: texts,
  groups: texts,
  clients: texts,
  users: texts,
  condition: text,
  resourceType: text,
})
type GivenPolicy = z.output<typeof policyShape>

const path = '/realms/:realm/authz/protection/uma-policy'
const policiesPerPage = 100
const jsonType = 'application/json;charset=UTF-8'
const refused = (description: string, status = 400) =>
  protectionError(status, 'invalid_request', description)

/** What owners of resources let others do (Keycloak's `uma-policy`); granted permission tickets stand in the list too. */
export function registerOwnerPolicies(app: FastifyInstance, deps: ProtectionDeps): void {
  const policies = new OwnerPolicies(deps)
  const send = async (call: ProtectionCall, policy: OwnerPolicy) =>
    JSON.stringify(await policies.represented(call.realm, call.server, policy))
  app.get(path, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const found = await asked(deps, call, queryOf(request))
    const list = await Promise.all(
      found.map((policy) => policies.represented(call.realm, call.server, policy)),
    )
    return await reply.header('cache-control', 'no-cache').type(jsonType).send(JSON.stringify(list))
  })
  app.get(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const { policy } = requirePolicy(call, (request.params as { id: string }).id)
    return await reply.type(jsonType).send(await send(call, policy))
  })
  app.post(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const given = protectionBody(request, 'UmaPermissionRepresentation', policyShape)
    if (given.id !== undefined) throw refused('Newly created uma policies should not have an id')
    const resource = requireOwn(call, (request.params as { id: string }).id)
    const policy = await created(policies, call, resource, given)
    await changeProtected(deps, call, (server) => {
      requireFree(server.ownerPolicies, policy)
      return { ...server, ownerPolicies: put(server.ownerPolicies, policy) }
    })
    return await reply.type(jsonType).send(await send(call, policy))
  })
  app.put(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const given = protectionBody(request, 'UmaPermissionRepresentation', policyShape)
    const { policy, resource } = requirePolicy(call, (request.params as { id: string }).id)
    if (given.resources?.some((id) => id !== resource.id)) {
      throw refused('Uma permission resource cannot be changed')
    }
    const next = await changed(policies, call, resource, { policy, given })
    await changeProtected(deps, call, (server) => {
      requireFree(server.ownerPolicies, next)
      return { ...server, ownerPolicies: put(server.ownerPolicies, next) }
    })
    return await reply.code(201).send()
  })
  app.delete(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const { policy } = requirePolicy(call, (request.params as { id: string }).id)
    await changeProtected(deps, call, (server) => ({
      ...server,
      ownerPolicies: server.ownerPolicies.filter(({ id }) => id !== policy.id),
    }))
    return await reply.code(204).send()
  })
}

/** The caller's policies, and what they have granted by tickets, one for each resource and person. */
async function asked(
  { permissionTickets }: ProtectionDeps,
  { realm, server, ownerId }: ProtectionCall,
  query: URLSearchParams,
): Promise<OwnerPolicy[]> {
  const filter = { clientUuid: server.clientUuid, owner: ownerId, granted: true }
  const tickets = await permissionTickets.find(realm.id, filter)
  const own = server.ownerPolicies.filter((policy) => policy.ownerId === ownerId)
  const byTickets = new Map<string, OwnerPolicy>()
  for (const { id, resourceId, requester, scopeId } of tickets) {
    const key = `${resourceId} ${requester}`
    const known = byTickets.get(key)
    const scopeIds = [...(known?.scopeIds ?? []), ...(scopeId === null ? [] : [scopeId])]
    byTickets.set(key, {
      id: known?.id ?? id,
      name: known?.name ?? id,
      ownerId,
      resourceId,
      scopeIds,
      logic: 'POSITIVE',
      decisionStrategy: 'UNANIMOUS',
      conditions: [{ type: 'user', ids: [requester] }],
    })
  }
  const name = query.get('name')?.toLowerCase() ?? ''
  const scope = server.scopes.find((each) =>
    [each.id, each.name].includes(query.get('scope') ?? ''),
  )
  const found = [...own, ...byTickets.values()].filter(
    (policy) =>
      policy.name.toLowerCase().includes(name) &&
      (query.get('resource') ?? policy.resourceId) === policy.resourceId &&
      (query.get('scope') === null || (scope !== undefined && policy.scopeIds.includes(scope.id))),
  )
  const first = Number(query.get('first') ?? 0) || 0
  const max = Math.trunc(Number(query.get('max') ?? policiesPerPage))
  return found.slice(Math.max(0, first), Math.max(0, first) + (max >= 0 ? max : policiesPerPage))
}

/** @throws OAuthError 400, 403 unless the caller owns the resource and may decide about it */
function requireOwn({ server, ownerId }: ProtectionCall, id: string): ProtectedResource {
  const resource = server.resources.find((each) => each.id === id)
  const shown = id.slice(0, 255)
  if (!resource) throw refused(`Resource [${shown}] cannot be found`)
  if (resource.ownerId !== ownerId) {
    throw refused(`Only resource owner can access policies for resource [${shown}]`)
  }
  if (!resource.ownerManagedAccess) {
    throw refused('Only resources with owner managed accessed can have policies')
  }
  if (server.settings.allowRemoteResourceManagement) return resource
  const off = `Remote Resource Management not enabled on resource server [${server.clientUuid}]`
  throw protectionError(403, 'request_not_supported', off)
}

function requirePolicy(call: ProtectionCall, id: string) {
  const policy = call.server.ownerPolicies.find((each) => each.id === id)
  if (!policy) throw refused(`Policy with [${id.slice(0, 255)}] does not exist`, 404)
  return { policy, resource: requireOwn(call, policy.resourceId) }
}

function requireFree(policies: readonly OwnerPolicy[], { id, name, ownerId }: OwnerPolicy): void {
  const taken = policies.some(
    (each) => each.id !== id && each.name === name && each.ownerId === ownerId,
  )
  if (!taken) return
  throw new HttpError(409, {
    error: `Policy with name [${name}] already exists`,
    error_description: 'Conflicting policy',
  })
}

/** @returns ids of the scopes that are given, of all where none is. @throws OAuthError for others than the resource's */
function scopeIdsOf({ server }: ProtectionCall, resource: ProtectedResource, given: GivenPolicy) {
  const own = server.scopes.filter(({ id }) => resource.scopeIds.includes(id))
  if (!given.scopes?.length) return resource.scopeIds
  const ids = given.scopes.map((name) => own.find((scope) => scope.name === name)?.id)
  if (ids.every((id) => id !== undefined)) return ids
  const shown = given.scopes.join(', ').slice(0, 500)
  throw refused(`Some of the scopes [[${shown}]] are not valid for resource [${resource.id}]`)
}

async function created(
  policies: OwnerPolicies,
  call: ProtectionCall,
  resource: ProtectedResource,
  given: GivenPolicy,
): Promise<OwnerPolicy> {
  const scopeIds = scopeIdsOf(call, resource, given)
  if (!given.name) throw protectionError(409, 'conflict', 'Duplicate resource error')
  return {
    id: newUuid(),
    name: given.name,
    description: given.description,
    ownerId: call.ownerId,
    resourceId: resource.id,
    scopeIds,
    logic: given.logic ?? 'POSITIVE',
    decisionStrategy: given.decisionStrategy ?? 'UNANIMOUS',
    conditions: await known(() => policies.conditionsOf(call.realm, requireNoScript(given))),
  }
}

async function changed(
  policies: OwnerPolicies,
  call: ProtectionCall,
  resource: ProtectedResource,
  { policy, given }: { readonly policy: OwnerPolicy; readonly given: GivenPolicy },
): Promise<OwnerPolicy> {
  const conditions = await known(() =>
    policies.changedConditions(call.realm, policy.conditions, requireNoScript(given)),
  )
  return {
    ...policy,
    name: given.name || policy.name,
    description: given.description,
    scopeIds: scopeIdsOf(call, resource, given),
    logic: given.logic ?? policy.logic,
    decisionStrategy: given.decisionStrategy ?? policy.decisionStrategy,
    conditions,
  }
}

/** Scripts that decide come from jars in Keycloak; here there are none. */
function requireNoScript(given: GivenPolicy): GivenPolicy {
  if (given.condition === undefined) return given
  throw refused('JavaScript conditions are not supported')
}

async function known<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof ModelError) throw refused(error.message)
    throw error
  }
}
