import { z } from 'zod'
import type { AuthorizationScope } from '../../../domains/authorization/resource-server.ts'
import { put, withoutScope } from '../../../domains/authorization/resource-server-changes.ts'
import { anything, text } from '../../../domains/realms/scalars.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, nothingThere } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { paged } from '../query-parameters.ts'
import type { Answer } from '../representations/answer.ts'
import { listOf } from '../representations/answer.ts'
import {
  authorizationScopeAnswer,
  policyAnswer,
  resourceAnswer,
} from '../representations/authorization.ts'
import { placeOf } from '../route-event.ts'
import { authorizationPolicyRepresentation } from './policy-representation.ts'
import {
  authorizationPath,
  changeResourceServer,
  managesAuthorization,
  requireResourceServer,
  viewsAuthorization,
} from './resource-server-call.ts'

type Deps = Pick<AdminDeps, 'clients' | 'resourceServers'>

const scopeShape = {
  name: 'ScopeRepresentation',
  schema: z.strictObject({
    id: text,
    name: text,
    iconUri: text,
    displayName: text,
    policies: anything,
    resources: anything,
  }),
}
type ScopeBody = z.output<typeof scopeShape.schema>

const path = `${authorizationPath}/scope`
const entriesPerPage = 100

/** Scopes of a resource server. */
export function registerAuthorizationScopes(routes: AdminRoutes<Deps>): void {
  const get = getsOf(routes, path)
  get('', listOf(authorizationScopeAnswer), async (call) => {
    const { server } = await requireResourceServer(call)
    const name = call.query.text('name')?.toLowerCase() ?? ''
    const found = server.scopes.filter((scope) => scope.name.toLowerCase().includes(name))
    return page(found, call.query.first, call.query.max(entriesPerPage)).map(scopeRepresentation)
  })
  get('/search', authorizationScopeAnswer, async (call) => {
    const { server } = await requireResourceServer(call)
    const name = call.query.text('name')
    if (name === undefined) throw badRequest('HTTP 400 Bad Request')
    const found = server.scopes.find((scope) => scope.name === name)
    return found && scopeRepresentation(found)
  })
  get('/:scopeId', authorizationScopeAnswer, async (call) =>
    scopeRepresentation((await requireScope(call)).scope),
  )
  get('/:scopeId/permissions', listOf(policyAnswer), async (call) => {
    const { server, scope } = await requireScope(call)
    const found = server.policies.filter(({ scopeIds }) => scopeIds.includes(scope.id))
    return found.map((policy) => authorizationPolicyRepresentation({ ...policy, config: {} }))
  })
  get('/:scopeId/resources', listOf(resourceAnswer), async (call) => {
    const { server, scope } = await requireScope(call)
    const found = server.resources.filter(({ scopeIds }) => scopeIds.includes(scope.id))
    return found.map(({ id, name }) => ({ name, _id: id }))
  })
  registerChanges(routes)
}

function registerChanges(routes: AdminRoutes<Deps>): void {
  const event = { resourceType: 'AUTHORIZATION_SCOPE' }
  routes.add<ScopeBody | undefined>({
    method: 'POST',
    path,
    may: managesAuthorization,
    answer: authorizationScopeAnswer,
    body: scopeShape,
    event: { operation: 'CREATE', ...event },
    handle: async (call) => {
      const { name, iconUri, displayName } = call.body ?? {}
      if (!name) throw duplicateResource()
      let kept: AuthorizationScope = { id: newUuid(), name, iconUri, displayName }
      call.describe({
        resourcePath: placeOf(`${path}/:id`, { ...call.params, id: kept.id }),
        representation: { ...call.body, id: kept.id },
      })
      await changeResourceServer(call, (server) => {
        // One of that name is given back, as Keycloak does.
        const present = server.scopes.find((scope) => scope.name === name)
        kept = { ...(present ?? kept), iconUri, displayName }
        return { ...server, scopes: put(server.scopes, kept) }
      })
      call.reply.code(201)
      return scopeRepresentation(kept)
    },
  })
  routes.add<ScopeBody | undefined>({
    method: 'PUT',
    path: `${path}/:scopeId`,
    may: managesAuthorization,
    body: scopeShape,
    event: { operation: 'UPDATE', ...event },
    handle: async (call) => {
      const { scope } = await requireScope(call)
      const { name = scope.name, iconUri, displayName } = call.body ?? {}
      await changeResourceServer(call, (server) => ({
        ...server,
        scopes: put(server.scopes, { id: scope.id, name, iconUri, displayName }),
      }))
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:scopeId`,
    may: managesAuthorization,
    event: { operation: 'DELETE', ...event },
    handle: async (call) => {
      const { scope } = await requireScope(call)
      call.describe({ representation: { id: scope.id, name: scope.name } })
      await changeResourceServer(call, (server) => withoutScope(server, scope.id))
    },
  })
}

/** Query parameters of every list of a resource server; a list reads those that concern it. */
const parameters = {
  resourceType: 'text',
  ...paged,
  name: 'text',
  type: 'text',
  scope: 'text',
  resource: 'text',
  policyId: 'text',
  owner: 'text',
  uri: 'text',
  _id: 'text',
  exactName: 'flag',
  deep: 'flag',
  permission: 'flag',
} as const

/** @returns what registers a GET below a path of the resource server */
export function getsOf<Own>(routes: AdminRoutes<Own>, path: string) {
  return (
    below: string,
    answer: Answer,
    handle: (call: AdminCall<unknown, Own>) => Promise<unknown>,
  ) =>
    routes.add({
      method: 'GET',
      path: `${path}${below}`,
      may: viewsAuthorization,
      query: parameters,
      answer,
      handle,
    })
}

async function requireScope(call: Parameters<typeof requireResourceServer>[0]) {
  const { server } = await requireResourceServer(call)
  const scope = server.scopes.find(({ id }) => id === call.params['scopeId'])
  if (!scope) throw nothingThere()
  return { server, scope }
}

/** @returns Keycloak's ScopeRepresentation */
export function scopeRepresentation({ id, name, iconUri, displayName }: AuthorizationScope) {
  return {
    id,
    name,
    ...(iconUri === undefined ? {} : { iconUri }),
    ...(displayName === undefined ? {} : { displayName }),
  }
}

/** @returns the entries of a page; all from the first on where `max` is undefined */
export function page<T>(entries: readonly T[], first: number, max: number | undefined): T[] {
  return entries.slice(first, max === undefined ? undefined : first + max)
}
