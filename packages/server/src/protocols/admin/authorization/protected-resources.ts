import { z } from 'zod'
import {
  named,
  resourceMembers,
  withChangedResource,
  withNewResource,
} from '../../../domains/authorization/given-resource.ts'
import type {
  ProtectedResource,
  ResourceServer,
} from '../../../domains/authorization/resource-server.ts'
import {
  permissionsOf,
  withoutResource,
} from '../../../domains/authorization/resource-server-changes.ts'
import { HttpError } from '../../../http/http-error.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, notFound, nothingThere } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { listOf, stringLists } from '../representations/answer.ts'
import {
  authorizationScopeAnswer,
  policyAnswer,
  resourceAnswer,
} from '../representations/authorization.ts'
import { placeOf } from '../route-event.ts'
import { getsOf, page, scopeRepresentation } from './authorization-scopes.ts'
import { authorizationPolicyRepresentation } from './policy-representation.ts'
import {
  authorizationPath,
  changeResourceServer,
  managesAuthorization,
  requireResourceServer,
} from './resource-server-call.ts'

type Deps = Pick<AdminDeps, 'clients' | 'resourceServers' | 'users'>

const resourceShape = {
  name: 'ResourceRepresentation',
  schema: z.strictObject({ ...resourceMembers, owner: named.nullish() }),
}
type ResourceBody = Partial<z.output<typeof resourceShape.schema>>

const path = `${authorizationPath}/resource`
const entriesPerPage = 100

/** Resources of a resource server. */
export function registerProtectedResources(routes: AdminRoutes<Deps>): void {
  const get = getsOf(routes, path)
  get('', listOf(resourceAnswer), async (call) => {
    const { server } = await requireResourceServer(call)
    const owners = await ownersOf(call, server.resources)
    const found = server.resources.filter((resource) => matches(call, server, owners, resource))
    const deep = call.query.flag('deep') ?? true
    const shown = page(found, call.query.first, call.query.max(entriesPerPage))
    return shown.map((resource) => resourceRepresentation(server, resource, owners, deep))
  })
  get('/search', resourceAnswer, async (call) => {
    const { server } = await requireResourceServer(call)
    const name = call.query.text('name')
    if (name === undefined) throw badRequest('HTTP 400 Bad Request')
    const found = server.resources.find((each) => each.name === name)
    return found && (await represented(call, server, found))
  })
  get('/:resourceId', resourceAnswer, async (call) => {
    const { server, resource } = await requireResource(call)
    return await represented(call, server, resource)
  })
  get(
    '/:resourceId/attributes',
    stringLists,
    async (call) => (await requireResource(call, nothingThere)).resource.attributes,
  )
  get('/:resourceId/scopes', listOf(authorizationScopeAnswer), async (call) => {
    const { server, resource } = await requireResource(call, nothingThere)
    const found = server.scopes.filter(({ id }) => resource.scopeIds.includes(id))
    return found.map(({ id, name }) => ({ id, name }))
  })
  get('/:resourceId/permissions', listOf(policyAnswer), async (call) => {
    const { server, resource } = await requireResource(call, nothingThere)
    const found = permissionsOf(server, resource)
    return found.map((policy) => authorizationPolicyRepresentation({ ...policy, config: {} }))
  })
  registerChanges(routes)
}

function registerChanges(routes: AdminRoutes<Deps>): void {
  const event = { resourceType: 'AUTHORIZATION_RESOURCE' }
  routes.add<ResourceBody | undefined>({
    method: 'POST',
    path,
    may: managesAuthorization,
    answer: resourceAnswer,
    body: resourceShape,
    event: { operation: 'CREATE', ...event },
    handle: async (call) => {
      const { body = {} } = call
      if (!body.name) throw duplicateResource()
      const { client, server } = await requireResourceServer(call)
      const ownerId = (await ownerIdOf(call, body)) ?? client.id
      if (server.resources.some((each) => each.name === body.name && each.ownerId === ownerId)) {
        throw nameTaken(body.name)
      }
      let kept: ProtectedResource | undefined
      const id = body._id ?? body.id ?? newUuid()
      call.describe({
        resourcePath: placeOf(`${path}/:id`, { ...call.params, id }),
        representation: { owner: { id: ownerId }, ...body, _id: id },
      })
      await changeResourceServer(call, (now) => {
        const made = withNewResource(now, { ...body, _id: id }, ownerId)
        kept = made.resource
        return made.server
      })
      call.reply.code(201)
      const after = (await requireResourceServer(call)).server
      return kept && (await represented(call, after, kept))
    },
  })
  routes.add<ResourceBody | undefined>({
    method: 'PUT',
    path: `${path}/:resourceId`,
    may: managesAuthorization,
    body: resourceShape,
    event: { operation: 'UPDATE', ...event },
    handle: async (call) => {
      const { resource } = await requireResource(call)
      const { body = {} } = call
      const ownerId = (await ownerIdOf(call, body)) ?? resource.ownerId
      await changeResourceServer(
        call,
        (now) => withChangedResource(now, body, resource, ownerId).server,
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:resourceId`,
    may: managesAuthorization,
    event: { operation: 'DELETE', ...event },
    handle: async (call) => {
      const { resource } = await requireResource(call)
      const { id: _id, name, ownerManagedAccess, attributes, uris, ownerId } = resource
      const { client } = await requireResourceServer(call)
      const owner = { id: ownerId, ...(ownerId === client.id ? { name: client.clientId } : {}) }
      call.describe({
        representation: { _id, name, ownerManagedAccess, attributes, uris, owner },
      })
      await changeResourceServer(call, (server) => withoutResource(server, resource.id))
    },
  })
}

const nameTaken = (name: string) =>
  new HttpError(409, {
    error: 'invalid_request',
    error_description: `Resource with name [${name}] already exists.`,
  })

/** @returns the id of the user or client that a body names as owner; undefined when it names none */
async function ownerIdOf(
  call: AdminCall<unknown, Deps>,
  { owner }: ResourceBody,
): Promise<string | undefined> {
  const given = typeof owner === 'string' ? owner : (owner?.id ?? owner?.name)
  if (!given) return undefined
  const { deps, realm } = call
  const client =
    (await deps.clients.byId(realm.id, given)) ?? (await deps.clients.byClientId(realm.id, given))
  if (client && client.id === call.params['clientUuid']) return client.id
  const user =
    (await deps.users.byId(realm.id, given)) ?? (await deps.users.byUsername(realm.id, given))
  if (!user)
    throw badRequest('invalid_request', 'Owner must be a valid username or user identifier.')
  return user.id
}

/** @returns names of owners by id */
async function ownersOf(call: AdminCall<unknown, Deps>, resources: readonly ProtectedResource[]) {
  const { deps, realm, params } = call
  const owners = new Map<string, string>()
  for (const id of new Set(resources.map(({ ownerId }) => ownerId))) {
    const client = id === params['clientUuid'] ? await deps.clients.byId(realm.id, id) : null
    const name = client ? client.clientId : (await deps.users.byId(realm.id, id))?.username
    if (name !== undefined) owners.set(id, name)
  }
  return owners
}

function matches(
  { query }: AdminCall<unknown, Deps>,
  server: ResourceServer,
  owners: ReadonlyMap<string, string>,
  resource: ProtectedResource,
): boolean {
  const name = query.text('name')
  const exact = query.flag('exactName') ?? false
  const scope = server.scopes.find((each) =>
    [each.id, each.name].includes(query.text('scope') ?? ''),
  )
  const is = (parameter: string, ...values: (string | undefined)[]) => {
    const wanted = query.text(parameter)
    return wanted === undefined || values.includes(wanted)
  }
  return (
    (name === undefined ||
      (exact
        ? resource.name === name
        : resource.name.toLowerCase().includes(name.toLowerCase()))) &&
    is('_id', resource.id) &&
    is('type', resource.type) &&
    is('uri', ...resource.uris) &&
    is('owner', resource.ownerId, owners.get(resource.ownerId)) &&
    (query.text('scope') === undefined || (!!scope && resource.scopeIds.includes(scope.id)))
  )
}

async function requireResource(call: AdminCall<unknown, Deps>, missing = notFound) {
  const { server } = await requireResourceServer(call)
  const wanted = call.params['resourceId'] ?? ''
  const resource = server.resources.find(({ id }) => id === wanted)
  if (!resource) throw missing()
  return { server, resource }
}

async function represented(
  call: AdminCall<unknown, Deps>,
  server: ResourceServer,
  resource: ProtectedResource,
) {
  return resourceRepresentation(server, resource, await ownersOf(call, [resource]), true)
}

/** Keycloak's ResourceRepresentation; `deep` with attributes and scopes. */
function resourceRepresentation(
  server: ResourceServer,
  resource: ProtectedResource,
  owners: ReadonlyMap<string, string>,
  deep: boolean,
) {
  const { id, name, type, ownerId, displayName, attributes, uris, iconUri, scopeIds } = resource
  const scopes = server.scopes.filter((scope) => scopeIds.includes(scope.id))
  const brief = scopes.map(scopeRepresentation).map(({ displayName: _, ...scope }) => scope)
  return {
    name,
    ...(type === undefined ? {} : { type }),
    owner: { id: ownerId, ...(owners.has(ownerId) ? { name: owners.get(ownerId) } : {}) },
    ownerManagedAccess: resource.ownerManagedAccess,
    ...(displayName === undefined ? {} : { displayName }),
    ...(deep ? { attributes } : {}),
    _id: id,
    uris,
    ...(deep && brief.length > 0 ? { scopes: brief } : {}),
    ...(iconUri === undefined ? {} : { icon_uri: iconUri }),
  }
}
