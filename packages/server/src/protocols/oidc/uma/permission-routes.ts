import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type {
  PermissionTicket,
  TicketFilter,
} from '../../../domains/authorization/permission-ticket.ts'
import { scopesOf } from '../../../domains/authorization/policy-evaluation.ts'
import type {
  ProtectedResource,
  ResourceServer,
} from '../../../domains/authorization/resource-server.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { flag, text, texts } from '../../../domains/realms/scalars.ts'
import { queryOf } from '../../../http/query.ts'
import type { PermissionTicketClaims } from './permission-request-tokens.ts'
import { protectionBody } from './protection-body.ts'
import {
  type ProtectionCall,
  type ProtectionDeps,
  protectionCall,
  protectionError,
} from './protection-call.ts'
import { claimLists } from './pushed-claims.ts'

const permissionShape = z.array(
  z.strictObject({
    resource_id: text,
    resource_scopes: texts,
    claims: z.record(z.string(), z.unknown()).nullish(),
    resource_server_id: text,
  }),
)
const ticketShape = z.strictObject({
  id: text,
  owner: text,
  resource: text,
  scope: text,
  granted: flag,
  scopeName: text,
  resourceName: text,
  requester: text,
  requesterName: text,
  ownerName: text,
})
type GivenTicket = z.output<typeof ticketShape>

const path = '/realms/:realm/authz/protection/permission'
const permissionsMax = 500
const ticketsPerPage = 100
const jsonType = 'application/json;charset=UTF-8'

/** What resource servers say is needed (UMA 2.0 Federated Authorization §4), and what owners are asked and grant. */
export function registerPermissions(app: FastifyInstance, deps: ProtectionDeps): void {
  app.post(path, async (request, reply) => {
    const call = await protectionCall(deps, request, false)
    const given = protectionBody(request, 'PermissionRequest', permissionShape)
    if (given.length === 0 || given.length > permissionsMax) {
      throw protectionError(400, 'invalid_permission_request', 'Invalid permission request.')
    }
    const permissions = given.flatMap((each) => permissionsOf(call, each))
    const claims = Object.assign({}, ...given.map(({ claims: some }) => claimLists(some ?? {})))
    const { realm, issuer, subject } = call
    const body: PermissionTicketClaims = {
      azp: subject.client.clientId,
      permissions,
      ...(Object.keys(claims).length > 0 ? { claims } : {}),
    }
    const ticket = await deps.permissionRequestTokens.sign(realm, issuer, subject.claims, body)
    return await reply.code(201).type(jsonType).send(JSON.stringify({ ticket }))
  })
  registerTickets(app, deps)
  registerTicketChanges(app, deps)
}

function registerTickets(app: FastifyInstance, deps: ProtectionDeps): void {
  app.get(`${path}/ticket`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const query = queryOf(request)
    const filter = await filterOf(deps, call, query)
    const first = wholeNumber(query.get('first')) ?? 0
    const max = wholeNumber(query.get('max')) ?? ticketsPerPage
    const tickets = await deps.permissionTickets.find(call.realm.id, filter, { first, max })
    const names = query.get('returnNames') === 'true'
    const list = await Promise.all(
      tickets.map(async (ticket) => ({
        ...representation(ticket),
        ...(names ? await namesOf(deps, call, ticket) : {}),
      })),
    )
    return await reply.type(jsonType).send(JSON.stringify(list))
  })
  app.get(`${path}/ticket/count`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const filter = await filterOf(deps, call, queryOf(request))
    const count = await deps.permissionTickets.count(call.realm.id, filter)
    return await reply.type(jsonType).send(JSON.stringify(count))
  })
}

function registerTicketChanges(app: FastifyInstance, deps: ProtectionDeps): void {
  app.post(`${path}/ticket`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const given = protectionBody(request, 'PermissionTicketRepresentation', ticketShape)
    const ticket = await createdTicket(deps, call, given)
    return await reply.type(jsonType).send(JSON.stringify(representation(ticket)))
  })
  app.put(`${path}/ticket`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const given = protectionBody(request, 'PermissionTicketRepresentation', ticketShape)
    const ticket = await requireTicket(deps, call, given.id)
    if (!call.isServer && ticket.owner !== call.ownerId) {
      const only = 'can be updated only by the owner or by the resource server'
      const description = `permissions for [${given.resource}] ${only}`
      throw protectionError(403, 'not_authorised', description)
    }
    if (given.granted) await deps.permissionTickets.grant([ticket])
    // As in Keycloak, what an owner does not grant is gone.
    else await deps.permissionTickets.remove([ticket])
    return await reply.code(204).send()
  })
  app.delete(`${path}/ticket/:id`, async (request, reply) => {
    const call = await protectionCall(deps, request, true)
    const { id } = request.params as { id: string }
    const ticket = await requireTicket(deps, call, id)
    if (!call.isServer && ![ticket.owner, ticket.requester].includes(call.ownerId)) {
      const only = 'can be deleted only by the owner, the requester, or the resource server'
      throw protectionError(403, 'not_authorised', `permissions for [${ticket.resourceId}] ${only}`)
    }
    await deps.permissionTickets.remove([ticket])
    return await reply.code(204).send()
  })
}

/** What one entry of a permission request asks for: a name may mean a user's resource and one of the server. */
function permissionsOf(
  { server, ownerId }: ProtectionCall,
  { resource_id: wanted, resource_scopes: names }: z.output<typeof permissionShape>[number],
): PermissionTicketClaims['permissions'] {
  if (wanted === undefined) {
    if (!names?.length) {
      throw protectionError(400, 'invalid_resource_id', 'Resource id or name not provided.')
    }
    return [{ scopes: checkedScopes(server, null, names) }]
  }
  const byId = server.resources.filter(({ id }) => id === wanted)
  const found =
    byId.length > 0
      ? byId
      : server.resources.filter(
          (each) => each.name === wanted && [ownerId, server.clientUuid].includes(each.ownerId),
        )
  if (found.length === 0) throw unknownResource(wanted)
  return found.map((resource) => ({
    rsid: resource.id,
    ...(names?.length ? { scopes: checkedScopes(server, resource, names) } : {}),
  }))
}

const unknownResource = (name: string) =>
  protectionError(
    400,
    'invalid_resource_id',
    `Resource set with id [${name.slice(0, 255)}] does not exists in this server.`,
  )

const invalidScope = (name: string) =>
  protectionError(400, 'invalid_scope', `Scope [${name.slice(0, 255)}] is invalid`)

function checkedScopes(
  server: ResourceServer,
  resource: ProtectedResource | null,
  names: readonly string[],
): string[] {
  const ids = resource === null ? null : new Set(scopesOf(server, resource))
  const known = server.scopes.filter(({ id }) => ids === null || ids.has(id))
  for (const name of names)
    if (!known.some((scope) => scope.name === name)) throw invalidScope(name)
  return [...new Set(names)]
}

async function createdTicket(
  deps: ProtectionDeps,
  { realm, server, isServer, ownerId }: ProtectionCall,
  given: GivenTicket,
): Promise<PermissionTicket> {
  const refused = (description: string) => protectionError(400, 'invalid_permission', description)
  const { resource: resourceId, scope, scopeName, requester, requesterName } = given
  if (given.id !== undefined) throw refused('created permissions should not have id')
  if (resourceId === undefined) throw refused('created permissions should have resource')
  const scopeAsked = scopeName ?? scope
  if (scopeAsked === undefined) {
    throw refused('created permissions should have scope or scopeName')
  }
  const requesterAsked = requester ?? requesterName
  if (requesterAsked === undefined) {
    throw refused('created permissions should have requester or requesterName')
  }
  const resource = server.resources.find(({ id }) => id === resourceId)
  if (!resource) throw unknownResource(resourceId)
  if (resource.ownerId !== ownerId && !isServer) {
    const only = 'can be only created by the owner or by the resource server itself'
    throw protectionError(403, 'not_authorised', `permissions for [${resourceId}] ${only}`)
  }
  const user =
    requester === undefined
      ? await deps.users.byUsername(realm.id, requesterAsked)
      : await deps.users.byId(realm.id, requester)
  if (!user) throw refused('Requester does not exists in this server as user.')
  const found = server.scopes.find(
    ({ id, name }) => (scopeName === undefined ? id : name) === scopeAsked,
  )
  if (!found) throw invalidScope(scopeAsked)
  if (!resource.scopeIds.includes(found.id)) {
    const description = `Resource set with id [${resourceId}] does not have Scope [${found.name}]`
    throw protectionError(400, 'invalid_resource_id', description)
  }
  const request = {
    clientUuid: server.clientUuid,
    resourceId,
    scopeId: found.id,
    owner: resource.ownerId,
    requester: user.id,
  }
  try {
    return await deps.permissionTickets.create(request, given.granted === true)
  } catch (error) {
    if (error instanceof ModelError) throw refused(error.message)
    throw error
  }
}

/** @throws OAuthError 400 */
async function requireTicket(
  { permissionTickets }: ProtectionDeps,
  { server }: ProtectionCall,
  id: string | undefined,
): Promise<PermissionTicket> {
  const ticket = id ? await permissionTickets.byId(server.clientUuid, id) : null
  if (ticket) return ticket
  throw protectionError(400, 'invalid_request', 'invalid_ticket')
}

/** What is looked for; users see what they own or ask for. */
async function filterOf(
  { users }: ProtectionDeps,
  { realm, server, isServer, ownerId }: ProtectionCall,
  query: URLSearchParams,
): Promise<TicketFilter> {
  const userId = async (given: string | null) => {
    if (given === null) return undefined
    const user = (await users.byId(realm.id, given)) ?? (await users.byUsername(realm.id, given))
    return user?.id ?? given
  }
  const scope = query.get('scopeId')
  const found = server.scopes.find(({ id, name }) => id === scope || name === scope)
  const granted = query.get('granted')
  return {
    clientUuid: server.clientUuid,
    resourceId: query.get('resourceId') ?? undefined,
    scopeId: found?.id ?? scope ?? undefined,
    owner: await userId(query.get('owner')),
    requester: await userId(query.get('requester')),
    granted: granted === null ? undefined : granted === 'true',
    party: isServer ? undefined : ownerId,
  }
}

function wholeNumber(given: string | null): number | undefined {
  return given !== null && /^\d{1,6}$/.test(given) ? Number(given) : undefined
}

/** Keycloak's PermissionTicketRepresentation. */
function representation(ticket: PermissionTicket) {
  const { id, owner, requester, resourceId: resource, scopeId, grantedAt } = ticket
  const scope = scopeId === null ? {} : { scope: scopeId }
  return { id, owner, resource, ...scope, granted: grantedAt !== null, requester }
}

async function namesOf(
  { users }: ProtectionDeps,
  { realm, server, subject }: ProtectionCall,
  ticket: PermissionTicket,
): Promise<Record<string, string>> {
  const nameOf = async (id: string) =>
    id === server.clientUuid ? subject.client.clientId : (await users.byId(realm.id, id))?.username
  const names = {
    resourceName: server.resources.find(({ id }) => id === ticket.resourceId)?.name,
    scopeName: server.scopes.find(({ id }) => id === ticket.scopeId)?.name,
    ownerName: await nameOf(ticket.owner),
    requesterName: await nameOf(ticket.requester),
  }
  const known = Object.entries(names).filter(([, name]) => name !== undefined)
  return Object.fromEntries(known) as Record<string, string>
}
