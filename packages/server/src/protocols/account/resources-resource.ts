import { z } from 'zod'
import type { PermissionTicket } from '../../domains/authorization/permission-ticket.ts'
import type {
  AuthorizationScope,
  ProtectedResource,
} from '../../domains/authorization/resource-server.ts'
import type { OwnedResource } from '../../domains/authorization/resource-servers.ts'
import { ModelError } from '../../domains/realms/model-error.ts'
import type { User } from '../../domains/users/user.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'

const path = '/resources'
const permissionsShape = z
  .array(
    z.looseObject({
      username: z.string().max(255),
      scopes: z.array(z.string().max(255)).max(500).nullish(),
    }),
  )
  .max(100)

const badRequest = (error: string) => new HttpError(400, { error })

/** What the caller owns at applications, and with whom it is shared (user-managed access). */
export function resourceRoutes(deps: AccountDeps): AccountRoute[] {
  const route = (
    method: AccountRoute['method'],
    below: string,
    handle: (call: AccountCall) => Promise<unknown>,
  ): AccountRoute => ({
    method,
    path: `${path}${below}`,
    anyOf: method === 'GET' ? ['manage-account', 'view-profile'] : ['manage-account'],
    handle: async (call) => {
      if (!call.realm.settings['userManagedAccessAllowed']) {
        throw new HttpError(403, { errorMessage: 'User-managed access not enabled' })
      }
      return await handle(call)
    },
  })
  const { resourceServers, permissionTickets } = deps
  const own = async ({ realm, user }: AccountCall) =>
    await resourceServers.ownedBy(realm.id, user.id)
  return [
    route('GET', '', async (call) => {
      const name = call.query['name']?.toLowerCase() ?? ''
      const found = (await own(call)).filter((each) =>
        each.resource.name.toLowerCase().includes(name),
      )
      return await paged(call, found, async (each) => await represented(deps, call, each))
    }),
    route('GET', '/shared-with-me', async (call) => {
      const { realm, user } = call
      const tickets = await permissionTickets.find(realm.id, { requester: user.id, granted: true })
      const name = call.query['name']?.toLowerCase() ?? ''
      const shared = (await resourcesOf(deps, call, tickets)).filter(({ owned }) =>
        owned.resource.name.toLowerCase().includes(name),
      )
      return await paged(call, shared, async (each) => await withScopes(deps, call, each))
    }),
    route('GET', '/shared-with-others', async (call) => {
      const { realm, user } = call
      const tickets = await permissionTickets.find(realm.id, { owner: user.id, granted: true })
      const shared = await resourcesOf(deps, call, tickets)
      return await paged(call, shared, async ({ owned, tickets: given }) => ({
        ...withoutScopes(await represented(deps, call, owned)),
        permissions: await peopleOf(deps, call, owned, given),
      }))
    }),
    route('GET', '/pending-requests', async (call) => {
      const { realm, user } = call
      const tickets = await permissionTickets.find(realm.id, { requester: user.id, granted: false })
      const asked = await resourcesOf(deps, call, tickets)
      return await Promise.all(asked.map(async (each) => await withScopes(deps, call, each)))
    }),
    route(
      'GET',
      '/:id',
      async (call) => await represented(deps, call, await requireOwn(deps, call)),
    ),
    route('GET', '/:id/permissions', async (call) => {
      const owned = await requireOwn(deps, call)
      return await peopleOf(deps, call, owned, await ticketsOf(deps, call, owned, true))
    }),
    route('GET', '/:id/permissions/requests', async (call) => {
      const owned = await requireOwn(deps, call)
      return await peopleOf(deps, call, owned, await ticketsOf(deps, call, owned, false))
    }),
    route('PUT', '/:id/permissions', async (call) => await share(deps, call)),
    route('GET', '/:id/user', async (call) => await otherUser(deps, call)),
  ]
}

/** @throws HttpError 404, or 400 for what is somebody else's */
async function requireOwn(
  { resourceServers }: AccountDeps,
  { realm, user, params }: AccountCall,
): Promise<OwnedResource> {
  const found = await resourceServers.resourceById(realm.id, params['id'] ?? '')
  if (!found) throw new HttpError(404, { error: 'resource_not_found' })
  if (found.resource.ownerId === user.id) return found
  throw badRequest('invalid_resource')
}

async function ticketsOf(
  { permissionTickets }: AccountDeps,
  { realm, user }: AccountCall,
  { resource }: OwnedResource,
  granted: boolean | undefined,
) {
  const filter = { owner: user.id, resourceId: resource.id, granted }
  return await permissionTickets.find(realm.id, filter)
}

/** Resources of tickets, each once, in the order in which they come. */
async function resourcesOf(
  { resourceServers }: AccountDeps,
  { realm }: AccountCall,
  tickets: readonly PermissionTicket[],
) {
  const found = new Map<string, { owned: OwnedResource; tickets: PermissionTicket[] }>()
  for (const ticket of tickets) {
    const known = found.get(ticket.resourceId)
    if (known) {
      known.tickets.push(ticket)
      continue
    }
    const server = await resourceServers.of(realm.id, ticket.clientUuid)
    const resource = server.resources.find(({ id }) => id === ticket.resourceId)
    if (resource) found.set(resource.id, { owned: { server, resource }, tickets: [ticket] })
  }
  return [...found.values()]
}

async function withScopes(
  deps: AccountDeps,
  call: AccountCall,
  {
    owned,
    tickets,
  }: { readonly owned: OwnedResource; readonly tickets: readonly PermissionTicket[] },
) {
  const ids = new Set(tickets.map(({ scopeId }) => scopeId))
  const scopes = owned.server.scopes.filter(({ id }) => ids.has(id))
  return await represented(deps, call, owned, scopes)
}

/** Who asks or may, with names of scopes. */
async function peopleOf(
  { users }: AccountDeps,
  { realm }: AccountCall,
  { server }: OwnedResource,
  tickets: readonly PermissionTicket[],
) {
  const people = new Map<string, string[]>()
  for (const { requester, scopeId } of tickets) {
    const scopes = people.get(requester) ?? []
    const name = server.scopes.find(({ id }) => id === scopeId)?.name
    people.set(requester, name === undefined ? scopes : [...scopes, name])
  }
  const list = await Promise.all(
    [...people].map(async ([id, scopes]) => {
      const user = await users.byId(realm.id, id)
      return user && { ...personOf(user), scopes }
    }),
  )
  return list.filter((each) => each !== null)
}

function personOf({ username, firstName, lastName, email }: User) {
  const members = { username, firstName, lastName, email }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
}

function withoutScopes({ scopes: _, ...members }: Readonly<Record<string, unknown>>) {
  return members
}

/** Keycloak's resource of the account API. */
async function represented(
  { clients }: AccountDeps,
  { realm }: AccountCall,
  { server, resource }: OwnedResource,
  scopes: readonly AuthorizationScope[] = ownScopes(server.scopes, resource),
) {
  const { id, name, displayName, uris, iconUri } = resource
  const client = await clients.byId(realm.id, server.clientUuid)
  const { name: clientName, baseUrl } = client?.representation ?? {}
  return withoutUndefined({
    name,
    displayName,
    _id: id,
    uris,
    icon_uri: iconUri,
    scopes: scopes.map((scope) =>
      withoutUndefined({
        name: scope.name,
        displayName: scope.displayName,
        iconUri: scope.iconUri,
      }),
    ),
    client: withoutUndefined({ clientId: client?.clientId, name: clientName, baseUrl }),
  })
}

function ownScopes(scopes: readonly AuthorizationScope[], { scopeIds }: ProtectedResource) {
  return scopes.filter(({ id }) => scopeIds.includes(id))
}

function withoutUndefined(members: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** Answers with a page; links lead to those before and behind it (RFC 8288). */
async function paged<T>(
  { query, reply, request }: AccountCall,
  entries: readonly T[],
  shown: (entry: T) => Promise<unknown>,
): Promise<unknown[]> {
  const first = numberIn(query['first'])
  const max = numberIn(query['max'])
  if (first === undefined || max === undefined) return await Promise.all(entries.map(shown))
  const [address = ''] = request.url.split('?')
  const link = (at: number, rel: string) =>
    `<${address}?${new URLSearchParams({ first: String(at), max: String(max) })}>; rel="${rel}"`
  const links = [
    ...(entries.length > first + max ? [link(first + max, 'next')] : []),
    ...(first > 0 && entries.length > first ? [link(Math.max(first - max, 0), 'prev')] : []),
  ]
  if (links.length > 0) reply.header('link', links.join(', '))
  return await Promise.all(entries.slice(first, first + max).map(shown))
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** What each named person may do from now on: what is not named is taken from them. */
async function share(deps: AccountDeps, call: AccountCall): Promise<undefined> {
  const owned = await requireOwn(deps, call)
  const parsed = permissionsShape.safeParse(call.request.body)
  if (!parsed.success || parsed.data.length === 0) throw badRequest('invalid_permissions')
  const people = await Promise.all(
    parsed.data.map(async ({ username, scopes }) => ({
      user: await personNamed(deps, call, username),
      scopes: (scopes ?? []).map((name) => scopeNamed(owned, name)),
    })),
  )
  const present = await ticketsOf(deps, call, owned, undefined)
  for (const { user, scopes } of people) {
    const theirs = present.filter(({ requester }) => requester === user.id)
    const wanted = new Set<string | null>(scopes.map(({ id }) => id))
    await deps.permissionTickets.grant(theirs.filter(({ scopeId }) => wanted.has(scopeId)))
    for (const { id: scopeId } of scopes) {
      if (theirs.some((ticket) => ticket.scopeId === scopeId)) continue
      await grant(deps, call, owned, { user, scopeId })
    }
    await deps.permissionTickets.remove(theirs.filter(({ scopeId }) => !wanted.has(scopeId)))
  }
  return undefined
}

async function grant(
  { permissionTickets }: AccountDeps,
  { user: owner }: AccountCall,
  { server, resource }: OwnedResource,
  { user, scopeId }: { readonly user: User; readonly scopeId: string },
): Promise<void> {
  const request = {
    clientUuid: server.clientUuid,
    resourceId: resource.id,
    scopeId,
    owner: owner.id,
    requester: user.id,
  }
  try {
    await permissionTickets.create(request, true)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
  }
}

/** @throws HttpError 400 for a scope that the resource has not */
function scopeNamed({ server, resource }: OwnedResource, name: string): AuthorizationScope {
  const own = ownScopes(server.scopes, resource)
  const scope = own.find((each) => each.name === name) ?? own.find(({ id }) => id === name)
  if (!scope) throw badRequest('invalid_permissions')
  return scope
}

/** @throws HttpError 404, or 400 where the name is one's username and another's address */
async function personNamed({ users }: AccountDeps, { realm }: AccountCall, name: string) {
  const byName = await users.byUsername(realm.id, name)
  const byEmail = await users.byEmail(realm.id, name)
  if (byName && byEmail && byName.id !== byEmail.id) throw badRequest('ambiguous_user')
  const user = byName ?? byEmail
  if (!user) throw new HttpError(404, { error: name })
  return user
}

/** Somebody who has asked, or oneself; whether there are others is not told. */
async function otherUser(deps: AccountDeps, call: AccountCall): Promise<unknown> {
  const owned = await requireOwn(deps, call)
  const value = call.query['value'] ?? ''
  let user: User
  try {
    user = await personNamed(deps, call, value)
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined
    throw error
  }
  const asked = await ticketsOf(deps, call, owned, undefined)
  if (user.id !== call.user.id && !asked.some(({ requester }) => requester === user.id)) {
    throw new HttpError(403, undefined)
  }
  return { id: user.id, ...personOf(user) }
}
