import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  resourceMembers,
  withChangedResource,
  withNewResource,
} from '../../../domains/authorization/given-resource.ts'
import type {
  ProtectedResource,
  ResourceServer,
} from '../../../domains/authorization/resource-server.ts'
import { withoutResource } from '../../../domains/authorization/resource-server-changes.ts'
import { resourceMatching, resourcesAt } from '../../../domains/authorization/resource-uris.ts'
import { anything } from '../../../domains/realms/scalars.ts'
import type { ClientId, RealmId } from '../../../domains/typed-ids.ts'
import { HttpError } from '../../../http/http-error.ts'
import { queryOf } from '../../../http/query.ts'
import { protectionBody } from './protection-body.ts'
import {
  changeProtected,
  type ProtectionCall,
  type ProtectionDeps,
  protectionCall,
  protectionError,
  requireRemoteManagement,
} from './protection-call.ts'

const resourceShape = z.strictObject({
  ...resourceMembers,
  // Who owns a resource is whose token it is made with.
  owner: anything,
})
const path = '/realms/:realm/authz/protection/resource_set'
const resourcesPerPage = 100
const jsonType = 'application/json;charset=UTF-8'
const notFound = () => new HttpError(404, { error: 'HTTP 404 Not Found' })

/** Resources, as resource servers and their users register them (UMA 2.0 Federated Authorization §3). */
export function registerResourceSet(app: FastifyInstance, deps: ProtectionDeps): void {
  app.get(path, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const found = await resourcesAsked(deps, call, queryOf(request))
    const deep = queryOf(request).get('deep') === 'true'
    const list = deep
      ? await Promise.all(found.map((each) => adminRepresentation(deps, call, each)))
      : found.map(({ id }) => id)
    reply.header('cache-control', 'no-cache')
    return await reply.type(jsonType).send(JSON.stringify(list))
  })
  app.get(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const resource = requireResource(call, request)
    const body = JSON.stringify(umaRepresentation(call.server, resource))
    return await reply.type(jsonType).send(body)
  })
  registerChanges(app, deps)
}

function registerChanges(app: FastifyInstance, deps: ProtectionDeps): void {
  app.post(path, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    requireRemoteManagement(call)
    const given = protectionBody(request, 'UmaResourceRepresentation', resourceShape)
    if (!given.name) throw protectionError(409, 'conflict', 'Duplicate resource error')
    let made: ReturnType<typeof withNewResource> | undefined
    await changeProtected(deps, call, (server) => {
      made = withNewResource(server, given, call.ownerId)
      return made.server
    })
    if (!made) throw notFound()
    const body = JSON.stringify(await createdRepresentation(deps, call, made))
    return await reply.code(201).type(jsonType).send(body)
  })
  app.put(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    requireRemoteManagement(call)
    const resource = requireResource(call, request)
    const given = protectionBody(request, 'UmaResourceRepresentation', resourceShape)
    await changeProtected(
      deps,
      call,
      (server) => withChangedResource(server, given, resource).server,
    )
    return await reply.code(204).send()
  })
  app.delete(`${path}/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    requireRemoteManagement(call)
    const resource = requireResource(call, request)
    await changeProtected(deps, call, (server) => withoutResource(server, resource.id))
    return await reply.code(204).send()
  })
}

/** @throws HttpError 404; OAuthError 403 for what is somebody else's, unless the resource server itself asks */
function requireResource(
  { server, isServer, ownerId }: ProtectionCall,
  request: FastifyRequest,
): ProtectedResource {
  const { id: wanted } = request.params as { id: string }
  const resource = server.resources.find(({ id }) => id === wanted)
  if (!resource) throw notFound()
  if (isServer || resource.ownerId === ownerId) return resource
  throw protectionError(403, 'forbidden', "You don't have permission to manage this resource")
}

/** What a query asks for; users see what is theirs. */
async function resourcesAsked(
  deps: ProtectionDeps,
  { realm, server, isServer, ownerId, subject }: ProtectionCall,
  query: URLSearchParams,
): Promise<ProtectedResource[]> {
  const owner = query.get('owner')
  const owners = isServer
    ? owner === null
      ? null
      : [owner, await ownerNamed(deps, realm.id, owner, subject.client)]
    : [ownerId]
  const uri = query.get('uri')
  const scope = server.scopes.find(({ id, name }) => [id, name].includes(query.get('scope') ?? ''))
  const fitting = server.resources.filter(
    (each) =>
      (owners === null || owners.includes(each.ownerId)) &&
      (query.get('_id') ?? each.id) === each.id &&
      (query.get('type') ?? each.type) === each.type &&
      isNamed(each, query) &&
      (query.get('scope') === null || (scope !== undefined && each.scopeIds.includes(scope.id))),
  )
  const exact = uri === null ? fitting : resourcesAt(fitting, uri)
  const found =
    uri !== null && exact.length === 0 && query.get('matchingUri') === 'true'
      ? [resourceMatching(fitting, server.clientUuid, uri) ?? []].flat()
      : exact
  const first = wholeNumber(query.get('first')) ?? 0
  const max = wholeNumber(query.get('max')) ?? resourcesPerPage
  return found.slice(first, first + max)
}

function isNamed({ name }: ProtectedResource, query: URLSearchParams): boolean {
  const wanted = query.get('name')
  if (wanted === null) return true
  if (query.get('exactName') === 'true') return name === wanted
  return name.toLowerCase().includes(wanted.toLowerCase())
}

/** @returns undefined for what is no number, or a negative one: then the default counts */
function wholeNumber(given: string | null): number | undefined {
  return given !== null && /^\d{1,6}$/.test(given) ? Number(given) : undefined
}

async function ownerNamed(
  { users }: ProtectionDeps,
  realmId: RealmId,
  name: string,
  client: { readonly id: string; readonly clientId: ClientId },
): Promise<string | undefined> {
  if (name === client.clientId) return client.id
  return (await users.byUsername(realmId, name))?.id
}

function scopesIn({ scopes }: ResourceServer, { scopeIds }: ProtectedResource) {
  return scopes.filter(({ id }) => scopeIds.includes(id))
}

function members(resource: ProtectedResource) {
  const { name, type, ownerManagedAccess, displayName, iconUri, id, uris } = resource
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ownerManagedAccess,
    ...(displayName === undefined ? {} : { displayName }),
    _id: id,
    uris,
    ...(iconUri === undefined ? {} : { icon_uri: iconUri }),
  }
}

/** Keycloak's UmaResourceRepresentation. */
function umaRepresentation(server: ResourceServer, resource: ProtectedResource) {
  const scopes = scopesIn(server, resource).map(({ name }) => ({ name }))
  const { ownerId, attributes } = resource
  const both = { resource_scopes: scopes, scopes }
  return { ...members(resource), owner: { id: ownerId }, attributes, ...both }
}

async function createdRepresentation(
  deps: ProtectionDeps,
  call: ProtectionCall,
  { server, resource }: ReturnType<typeof withNewResource>,
) {
  const scopes = scopesIn(server, resource).map(({ id, name, iconUri }) => ({
    id,
    name,
    ...(iconUri === undefined ? {} : { iconUri }),
  }))
  const owner = await ownerOf(deps, call, resource)
  const listed = scopes.length > 0 ? { scopes } : {}
  return { ...members(resource), owner, resource_scopes: scopes, ...listed }
}

/** Keycloak's ResourceRepresentation, which lists in full have. */
async function adminRepresentation(
  deps: ProtectionDeps,
  call: ProtectionCall,
  resource: ProtectedResource,
) {
  const scopes = scopesIn(call.server, resource).map(({ id, name, iconUri }) => ({
    id,
    name,
    ...(iconUri === undefined ? {} : { iconUri }),
  }))
  const owner = await ownerOf(deps, call, resource)
  const listed = scopes.length > 0 ? { scopes } : {}
  return { ...members(resource), owner, attributes: resource.attributes, ...listed }
}

async function ownerOf(
  { users }: ProtectionDeps,
  { realm, server, subject }: ProtectionCall,
  { ownerId: id }: ProtectedResource,
) {
  const name =
    id === server.clientUuid ? subject.client.clientId : (await users.byId(realm.id, id))?.username
  return { id, ...(name === undefined ? {} : { name }) }
}
