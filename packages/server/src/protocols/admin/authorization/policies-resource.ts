import { z } from 'zod'
import {
  configOf,
  isPolicyType,
  policyProviders,
  policyTypes,
} from '../../../domains/authorization/policy-config.ts'
import { PolicyReferences } from '../../../domains/authorization/policy-references.ts'
import {
  type Policy,
  permissionTypes,
  type ResourceServer,
} from '../../../domains/authorization/resource-server.ts'
import {
  idsOf,
  put,
  requireFreeId,
  withoutPolicy,
} from '../../../domains/authorization/resource-server-changes.ts'
import { identifier, text, textMap, texts } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import { patternProblem } from '../../../patterns/patterns.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { type Answer, listOf } from '../representations/answer.ts'
import {
  authorizationScopeAnswer,
  policyAnswer,
  policyKindAnswer,
  resourceAnswer,
} from '../representations/authorization.ts'
import { placeOf } from '../route-event.ts'
import {
  adminPermissionObjects,
  displayNameOf,
  withObjects,
  withoutUnnamed,
} from './admin-permission-objects.ts'
import { getsOf, page } from './authorization-scopes.ts'
import { matchesPolicyQuery } from './policy-query.ts'
import {
  authorizationPolicyRepresentation,
  typedPolicyRepresentation,
} from './policy-representation.ts'
import {
  authorizationPath,
  changeResourceServer,
  holdsAdminPermissions,
  managesAuthorization,
  requireResourceServer,
} from './resource-server-call.ts'

type Deps = Pick<
  AdminDeps,
  'clients' | 'groups' | 'organizations' | 'resourceServers' | 'roles' | 'users'
>

const policyShape = {
  name: 'PolicyRepresentation',
  schema: z.looseObject({
    id: identifier,
    name: text,
    description: text,
    type: text,
    logic: z.enum(['POSITIVE', 'NEGATIVE']).nullish(),
    decisionStrategy: z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS']).nullish(),
    policies: texts,
    resources: texts,
    scopes: texts,
    config: textMap,
  }),
}
type PolicyBody = z.output<typeof policyShape.schema>

const entriesPerPage = 100
const places = ['policy', 'permission'] as const
type Place = (typeof places)[number]

/** Policies and permissions of a resource server: the same endpoints at two places. */
export function registerAuthorizationPolicies(routes: AdminRoutes<Deps>, deps: Deps): void {
  const references = new PolicyReferences(deps)
  for (const place of places) {
    const path = `${authorizationPath}/${place}`
    registerLists(routes, path, place)
    for (const suffix of ['/:policyId', '/:type/:policyId'])
      registerOne(routes, `${path}${suffix}`, place)
    for (const suffix of ['', '/:type']) registerCreate(routes, references, `${path}${suffix}`)
    for (const suffix of ['/:policyId', '/:type/:policyId']) {
      registerChanges(routes, references, `${path}${suffix}`)
    }
  }
}

function registerLists(routes: AdminRoutes<Deps>, path: string, place: Place): void {
  const get = getsOf(routes, path)
  get('', listOf(policyAnswer), async (call) => await listedPolicies(call, place))
  for (const type of policyTypes) {
    const list = async (call: AdminCall<unknown, Deps>) => await listedPolicies(call, place, type)
    get(`/${type}`, listOf(policyAnswer), list)
  }
  get('/providers', listOf(policyKindAnswer), async (call) => {
    await requireResourceServer(call)
    return policyProviders
  })
  for (const below of ['/search', '/:type/search']) {
    get(below, policyAnswer, async (call) => {
      const { server } = await requireResourceServer(call)
      const name = call.query.text('name')
      if (name === undefined) throw badRequest('HTTP 400 Bad Request')
      const { type } = call.params
      const found = server.policies.find((policy) => policy.name === name)
      if (!found || (type !== undefined && found.type !== type)) return undefined
      return type === undefined
        ? authorizationPolicyRepresentation(found)
        : typedPolicyRepresentation(found)
    })
  }
}

async function listedPolicies(call: AdminCall<unknown, Deps>, place: Place, type?: string) {
  const { server } = await requireResourceServer(call)
  const wanted = place === 'permission' ? true : call.query.flag('permission')
  const found = server.policies.filter(
    (policy) =>
      (wanted === undefined || permissionTypes.has(policy.type) === wanted) &&
      (type === undefined || policy.type === type) &&
      matchesPolicyQuery(call, server, policy),
  )
  const shown = page(found, call.query.first, call.query.max(entriesPerPage))
  return shown.map((policy) =>
    place === 'permission' || type !== undefined
      ? typedPolicyRepresentation(policy)
      : authorizationPolicyRepresentation(policy),
  )
}

function registerOne(routes: AdminRoutes<Deps>, path: string, place: Place): void {
  const gets = getsOf(routes, path)
  const get = (
    below: string,
    answer: Answer,
    of: (server: ResourceServer, policy: Policy, call: AdminCall<unknown, Deps>) => unknown,
  ) =>
    gets(below, answer, async (call) => {
      const { server, policy } = await requirePolicy(call)
      return of(server, policy, call)
    })
  get('', policyAnswer, (_, policy, { params }) =>
    place === 'policy' && params['type'] === undefined
      ? authorizationPolicyRepresentation(policy)
      : typedPolicyRepresentation(policy),
  )
  const briefly = (policies: readonly Policy[]) =>
    policies.map((policy) => authorizationPolicyRepresentation({ ...policy, config: {} }))
  get('/associatedPolicies', listOf(policyAnswer), (server, { policyIds }) =>
    briefly(server.policies.filter(({ id }) => policyIds.includes(id))),
  )
  get('/dependentPolicies', listOf(policyAnswer), (server, { id }) =>
    briefly(server.policies.filter(({ policyIds }) => policyIds.includes(id))),
  )
  get('/resources', listOf(resourceAnswer), async (server, { resourceIds }, call) => {
    const { client } = await requireResourceServer(call)
    const found = server.resources.filter(({ id }) => resourceIds.includes(id))
    if (!holdsAdminPermissions(client)) return found.map(({ id, name }) => ({ name, _id: id }))
    return await Promise.all(
      found.map(async ({ id, name }) => ({
        name,
        displayName: await displayNameOf(call, name),
        _id: id,
      })),
    )
  })
  get('/scopes', listOf(authorizationScopeAnswer), (server, { scopeIds }) =>
    server.scopes.filter(({ id }) => scopeIds.includes(id)).map(({ id, name }) => ({ id, name })),
  )
}

function registerCreate(
  routes: AdminRoutes<Deps>,
  references: PolicyReferences,
  path: string,
): void {
  routes.add<PolicyBody | undefined>({
    method: 'POST',
    path,
    may: managesAuthorization,
    answer: policyAnswer,
    body: policyShape,
    event: { operation: 'CREATE' },
    handle: async (call) => {
      const body = call.body ?? ({} as PolicyBody)
      const type = call.params['type'] ?? body.type ?? ''
      if (!isPolicyType(type)) throw notFound()
      if (!body.name) throw duplicateResource()
      const { client, server } = await requireResourceServer(call)
      if (type === 'resource' && holdsAdminPermissions(client)) {
        throw badRequest('Policy type not supported by feature admin-fine-grained-authz:v2')
      }
      requireFree(server, body.name)
      const empty: Policy = {
        id: body.id ?? newUuid(),
        name: body.name,
        type,
        logic: 'POSITIVE',
        decisionStrategy: 'UNANIMOUS',
        config: {},
        policyIds: [],
        resourceIds: [],
        scopeIds: [],
      }
      const kept = await changed(call, references, empty, body)
      const created = await write(call, kept, body, `${path}/:id`, requireFreeId)
      call.reply.code(201)
      const given = call.params['type'] === undefined ? {} : referencesOf(created, body)
      return call.params['type'] === undefined
        ? authorizationPolicyRepresentation(created)
        : { ...typedPolicyRepresentation(created), ...given }
    },
  })
}

function registerChanges(
  routes: AdminRoutes<Deps>,
  references: PolicyReferences,
  path: string,
): void {
  routes.add<PolicyBody | undefined>({
    method: 'PUT',
    path,
    may: managesAuthorization,
    body: policyShape,
    event: { operation: 'UPDATE' },
    handle: async (call) => {
      const body = call.body ?? ({} as PolicyBody)
      const { server, policy } = await requirePolicy(call)
      if (body.name !== undefined && body.name !== policy.name) requireFree(server, body.name)
      const next = await changed(call, references, policy, body)
      await write(call, next, body, path)
      // Keycloak answers a change of a policy as if it had made one.
      call.reply.code(201)
      return call.reply.send()
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: managesAuthorization,
    event: { operation: 'DELETE' },
    handle: async (call) => {
      const { client, policy } = await requirePolicy(call)
      const ofAdministrators = holdsAdminPermissions(client)
      const { config, ...shown } = authorizationPolicyRepresentation(policy)
      const representation = Object.keys(config).length > 0 ? { ...shown, config } : shown
      call.describe({ resourceType, representation })
      await changeResourceServer(
        call,
        (server) => {
          const left = withoutPolicy(server, policy.id)
          return ofAdministrators ? withoutUnnamed(left) : left
        },
        'policies',
      )
    },
  })
}

/** Of permissions, too. */
const resourceType = 'AUTHORIZATION_POLICY'

/** The policy with what a body says, but for what it refers to in the same resource server. */
async function changed(
  { realm, params }: AdminCall<unknown, Deps>,
  references: PolicyReferences,
  policy: Policy,
  body: PolicyBody,
): Promise<Policy> {
  const typed = params['type'] === undefined ? {} : configOf(policy.type, body)
  const given = Object.entries(body.config ?? {}).filter(([, value]) => value !== null)
  const { defaultResourceType: _, ...others } = policy.config
  // A permission that is given by its type and names no type of resources is for none.
  const isTyped = params['type'] !== undefined && permissionTypes.has(policy.type)
  const kept = isTyped ? others : policy.config
  const config = { ...kept, ...(Object.fromEntries(given) as object), ...typed }
  requireOnce(config)
  const problem = policy.type === 'regex' ? patternProblem(config['pattern'] ?? '') : null
  if (problem !== null) throw badRequest('invalid_request', problem)
  return {
    ...policy,
    name: body.name ?? policy.name,
    description: body.description ?? policy.description,
    logic: body.logic ?? policy.logic,
    decisionStrategy: body.decisionStrategy ?? policy.decisionStrategy,
    config: await references.toIds(realm, policy.type, config),
  }
}

/**
 * Writes a policy with what its body refers to, by id or name.
 * @param place path of the policy's endpoint, for the event
 * @param check refuses what must not be there yet
 * @returns it as written
 */
async function write(
  call: AdminCall<unknown, Deps>,
  policy: Policy,
  body: PolicyBody,
  place: string,
  check: (server: ResourceServer, id: string) => void = () => undefined,
): Promise<Policy> {
  let kept = policy
  const { client, server: present } = await requireResourceServer(call)
  const objects =
    holdsAdminPermissions(client) && policy.type === 'scope'
      ? await adminPermissionObjects(call, present, {
          ...body,
          resourceType: body['resourceType'] ?? policy.config['defaultResourceType'],
        })
      : null
  const { id, type } = policy
  const at = placeOf(place, { ...call.params, id })
  call.describe({ resourceType, resourcePath: at, representation: { ...body, id, type } })
  const change = (before: ResourceServer): ResourceServer => {
    check(before, policy.id)
    const server = objects ? withObjects(before, objects) : before
    const { policies, scopes } = body
    const resources = objects?.names ?? body.resources
    kept = {
      ...policy,
      ...(policies ? { policyIds: idsOf(server.policies, policies, 'Policy') } : {}),
      ...(resources ? { resourceIds: idsOf(server.resources, resources, 'Resource') } : {}),
      ...(scopes ? { scopeIds: idsOf(server.scopes, scopes, 'Scope') } : {}),
    }
    if (kept.policyIds.includes(kept.id)) throw badRequest('A policy cannot apply itself')
    const next = { ...server, policies: put(server.policies, kept) }
    return objects ? withoutUnnamed(next) : next
  }
  await changeResourceServer(call, change, 'policies')
  return kept
}

function referencesOf({ policyIds, resourceIds, scopeIds }: Policy, body: PolicyBody) {
  return {
    ...(body.policies ? { policies: policyIds } : {}),
    ...(body.resources ? { resources: resourceIds } : {}),
    ...(body.scopes ? { scopes: scopeIds } : {}),
  }
}

/** @throws HttpError 400 for a role that a policy names twice */
function requireOnce({ roles }: Readonly<Record<string, string>>): void {
  if (roles === undefined) return
  const ids = (JSON.parse(roles) as { id?: string }[]).map(({ id }) => id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) throw badRequest(`Role can't be specified multiple times - ${twice}`)
}

function requireFree({ policies }: ResourceServer, name: string): void {
  if (!policies.some((policy) => policy.name === name)) return
  throw new HttpError(409, {
    error: `Policy with name [${name}] already exists`,
    error_description: 'Conflicting policy',
  })
}

async function requirePolicy(call: AdminCall<unknown, Deps>) {
  const { client, server } = await requireResourceServer(call)
  const { policyId, type } = call.params
  const policy = server.policies.find(({ id }) => id === policyId)
  if (!policy || (type !== undefined && policy.type !== type)) throw notFound()
  return { client, server, policy }
}
