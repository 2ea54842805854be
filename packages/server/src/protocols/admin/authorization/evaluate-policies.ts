import { z } from 'zod'
import type { Identity } from '../../../domains/authorization/policy-conditions.ts'
import {
  PolicyEvaluation,
  type ResourceResult,
} from '../../../domains/authorization/policy-evaluation.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import { anything, flag, text, texts } from '../../../domains/realms/scalars.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { evaluationAnswer } from '../representations/authorization.ts'
import { evaluatedAdminPermissions } from './evaluated-admin-permissions.ts'
import { permissionRepresentation } from './permission-result.ts'
import {
  authorizationPath,
  holdsAdminPermissions,
  requireResourceServer,
  viewsAuthorization,
} from './resource-server-call.ts'

type Deps = Pick<
  AdminDeps,
  | 'clients'
  | 'clock'
  | 'groups'
  | 'organizations'
  | 'patterns'
  | 'resourceServers'
  | 'roles'
  | 'users'
>

const named = z.looseObject({ id: text, name: text })
const evaluationShape = {
  name: 'PolicyEvaluationRequest',
  schema: z.looseObject({
    userId: text,
    clientId: text,
    roleIds: texts,
    resources: z
      .array(z.looseObject({ _id: text, name: text, type: text, scopes: z.array(named).nullish() }))
      .nullish(),
    context: z
      .looseObject({ attributes: z.record(z.string(), z.string().nullable()).nullish() })
      .nullish(),
    resourceType: text,
    entitlements: flag,
    scopes: anything,
  }),
}
export type EvaluationBody = z.output<typeof evaluationShape.schema>

/** Resources that one evaluation looks at. */
const resourcesMax = 1_000

/** `POST …/policy/evaluate`: what somebody could do, for the administrator who writes policies. */
export function registerPolicyEvaluation(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<EvaluationBody | undefined>({
    method: 'POST',
    path: `${authorizationPath}/policy/evaluate`,
    may: viewsAuthorization,
    answer: evaluationAnswer,
    body: evaluationShape,
    handle: async (call) => {
      const { client, server } = await requireResourceServer(call)
      const body = call.body ?? ({} as EvaluationBody)
      const evaluation = new PolicyEvaluation(server, await identityOf(call, deps, body), {
        verdict: async (pattern, value) =>
          await deps.patterns.verdict(pattern, value, {
            realm: call.realm.name,
            setting: 'policy regex',
          }),
        groupPath: async (id) => (await deps.groups.byId(call.realm.id, id))?.path,
      })
      if (holdsAdminPermissions(client)) {
        return await evaluatedAdminPermissions(call, server, evaluation, body)
      }
      const results: ResourceResult[] = []
      for (const { resource, scopeIds } of wanted(server, body)) {
        results.push(await evaluation.of(resource, scopeIds))
      }
      return {
        results: results.map((result) => resultRepresentation(server, result)),
        entitlements: body.entitlements ?? false,
        status: results.some(({ effect }) => effect === 'PERMIT') ? 'PERMIT' : 'DENY',
      }
    },
  })
}

async function identityOf(
  { realm, params }: AdminCall<unknown, Deps>,
  deps: Deps,
  { userId, clientId, roleIds, context }: EvaluationBody,
): Promise<Identity> {
  const user = userId ? await deps.users.byId(realm.id, userId) : null
  if (!user) throw badRequest('invalid_request', 'User not found')
  const { roles, groups } = await deps.users.memberships(user)
  const held = new Set(roles.map(({ id }) => id))
  for (const given of roleIds ?? []) {
    const role =
      (await deps.roles.byName(realm.id, null, given)) ?? (await deps.roles.byId(realm.id, given))
    for (const { id } of role ? await deps.roles.expand(realm.id, [role.id]) : []) held.add(id)
  }
  const clientUuid = clientId ?? params['clientUuid'] ?? ''
  const client = await deps.clients.byId(realm.id, clientUuid)
  const scopeNames = new Set(client?.representation.defaultClientScopes ?? [])
  const scopes = realm.clientScopes.filter(({ name }) => scopeNames.has(name))
  const attributes = Object.entries(context?.attributes ?? {})
  return {
    id: user.id,
    userId: user.id,
    clientUuid,
    roleIds: held,
    heldRoleIds: held,
    groups,
    clientScopeIds: new Set(scopes.map(({ id }) => id)),
    claims: {
      ...user.attributes,
      preferred_username: [user.username],
      ...(user.email === null ? {} : { email: [user.email] }),
      ...(user.firstName === null ? {} : { given_name: [user.firstName] }),
      ...(user.lastName === null ? {} : { family_name: [user.lastName] }),
    },
    context: Object.fromEntries(attributes.map(([name, value]) => [name, [value ?? '']])),
    now: new Date(deps.clock.now()),
  }
}

/** The resources of a request with the scopes that are asked for; all of them where it names none. */
function wanted(server: ResourceServer, { resources }: EvaluationBody) {
  const asked = resources?.length ? resources : [{}]
  const found = asked.flatMap((each: Partial<NonNullable<EvaluationBody['resources']>[number]>) => {
    const { _id, name, type, scopes } = each
    const names = (scopes ?? []).flatMap((scope) => scope.name ?? scope.id ?? [])
    const scopeIds = server.scopes
      .filter((scope) => names.includes(scope.name) || names.includes(scope.id))
      .map(({ id }) => id)
    const exact = _id !== undefined || name !== undefined
    return server.resources
      .filter((resource) =>
        exact
          ? resource.id === _id || resource.name === name
          : (type === undefined || resource.type === type) &&
            (names.length === 0 || resource.scopeIds.some((id) => scopeIds.includes(id))),
      )
      .map((resource) => ({ resource, scopeIds }))
  })
  return found.slice(0, resourcesMax)
}

function resultRepresentation(server: ResourceServer, result: ResourceResult) {
  const { resource, effect, permissions, allowedScopeIds } = result
  const allowed = server.scopes.filter(({ id }) => allowedScopeIds.includes(id))
  const scopes = allowed.map(({ id, name }) => ({ id, name }))
  const names = scopes.map(({ name }) => name).join(', ')
  return {
    resource: {
      name: names === '' ? resource.name : `${resource.name} with scopes [${names}]`,
      _id: resource.id,
    },
    scopes,
    policies: permissions.map((each) => permissionRepresentation(server, each)),
    status: effect,
    allowedScopes: scopes,
    deniedScopes: [],
  }
}
