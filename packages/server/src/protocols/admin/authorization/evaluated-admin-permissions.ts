import {
  type AdminResourceType,
  adminResourceTypes,
  isAdminResourceType,
} from '../../../domains/administration/admin-permissions-schema.ts'
import type {
  PermissionResult,
  PolicyEvaluation,
} from '../../../domains/authorization/policy-evaluation.ts'
import type { Policy, ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import { displayNameOf, thingOf } from './admin-permission-objects.ts'
import { permissionRepresentation } from './permission-result.ts'

type Deps = Pick<AdminDeps, 'clients' | 'groups' | 'organizations' | 'roles' | 'users'>

/** Things that one evaluation looks at. */
const thingsMax = 100

interface Asked {
  readonly resourceType?: string | null | undefined
  readonly entitlements?: boolean | null | undefined
  readonly resources?: readonly Wanted[] | null | undefined
}

interface Wanted {
  readonly _id?: string | null | undefined
  readonly name?: string | null | undefined
  readonly scopes?: readonly { readonly name?: string | null | undefined }[] | null | undefined
}

/**
 * What an administrator could do with things of a kind: those permissions count that count when it is tried, the ones for the
 * thing itself before the ones for its kind (Keycloak's tab Evaluate of Permissions).
 * @throws HttpError 400 for a kind that is none, and where no thing is named (a 500 of Keycloak)
 */
export async function evaluatedAdminPermissions(
  call: AdminCall<unknown, Deps>,
  server: ResourceServer,
  evaluation: PolicyEvaluation,
  { resourceType, resources, entitlements }: Asked,
) {
  const type = resourceType ?? ''
  if (!isAdminResourceType(type) || !resources?.length) {
    throw badRequest('server_error', 'Error while evaluating permissions.')
  }
  const results = []
  for (const wanted of resources.slice(0, thingsMax)) {
    const result = await resultOf(call, server, evaluation, type, wanted)
    if (result !== null) results.push(result)
  }
  return {
    results,
    entitlements: entitlements ?? false,
    status: results.some(({ status }) => status === 'PERMIT') ? 'PERMIT' : 'DENY',
  }
}

async function resultOf(
  call: AdminCall<unknown, Deps>,
  server: ResourceServer,
  evaluation: PolicyEvaluation,
  type: AdminResourceType,
  wanted: Wanted,
) {
  const given = wanted.name ?? wanted._id ?? type
  const id = (await thingOf(call, type, given)) ?? (await idByName(call, type, given))
  const own = server.resources.find(({ name }) => name === given)
  const kind = server.resources.find(({ name }) => name === type)
  const names = scopesAsked(type, wanted)
  const about = (resourceId: string | undefined) => permissionsFor(server, type, resourceId, names)
  const ofThing = await saidBy(evaluation, own === kind ? [] : about(own?.id))
  const ofKind = await saidBy(evaluation, about(kind?.id))
  const permissions = [...ofThing, ...ofKind]
  if (permissions.length === 0) return null
  const scopes = server.scopes.filter(
    ({ id: scopeId, name }) =>
      names.includes(name) && permissions.some(({ permission }) => covers(permission, scopeId)),
  )
  const said = scopes.map((scope) => ({ scope, allowed: isAllowed(scope.id, ofThing, ofKind) }))
  const shown = ({ id: scopeId, name }: { readonly id: string; readonly name: string }) => ({
    id: scopeId,
    name,
  })
  const allowedScopes = said.filter(({ allowed }) => allowed).map(({ scope }) => shown(scope))
  const covered = new Set(scopes.map(({ name }) => name))
  const list = [...covered].sort().join(', ')
  return {
    resource: {
      name: `${id === null ? type : await displayNameOf(call, id)} with scopes [${list}]`,
      ...(own === undefined || own === kind ? {} : { _id: own.id }),
    },
    scopes: scopes.map(shown),
    policies: permissions.map((each) => representation(server, type, each)),
    status: allowedScopes.length > 0 ? 'PERMIT' : 'DENY',
    allowedScopes,
    deniedScopes: [
      ...said.filter(({ allowed }) => !allowed).map(({ scope }) => shown(scope)),
      ...names.filter((name) => !covered.has(name)).map((name) => ({ name })),
    ],
  }
}

/** Consoles name users by their names, too. */
async function idByName(
  { deps, realm }: AdminCall<unknown, Deps>,
  type: AdminResourceType,
  name: string,
) {
  return type === 'Users' ? ((await deps.users.byUsername(realm.id, name))?.id ?? null) : null
}

/** All of the kind, where none is named. */
function scopesAsked(type: AdminResourceType, { scopes }: Wanted): string[] {
  const known: readonly string[] = adminResourceTypes[type]
  const named = (scopes ?? []).flatMap(({ name }) => name ?? [])
  return named.length === 0 ? [...known] : named.filter((name) => known.includes(name))
}

function permissionsFor(
  server: ResourceServer,
  type: AdminResourceType,
  resourceId: string | undefined,
  names: readonly string[],
): Policy[] {
  if (resourceId === undefined) return []
  const ids = server.scopes.filter(({ name }) => names.includes(name)).map(({ id }) => id)
  return server.policies.filter(
    (policy) =>
      policy.type === 'scope' &&
      policy.config['defaultResourceType'] === type &&
      policy.resourceIds.includes(resourceId) &&
      ids.some((id) => covers(policy, id)),
  )
}

async function saidBy(evaluation: PolicyEvaluation, permissions: readonly Policy[]) {
  return await Promise.all(permissions.map((permission) => evaluation.resultOf(permission)))
}

function isAllowed(
  scopeId: string,
  ofThing: readonly PermissionResult[],
  ofKind: readonly PermissionResult[],
): boolean {
  const about = (results: readonly PermissionResult[]) =>
    results.filter(({ permission }) => covers(permission, scopeId))
  const counted = about(ofThing).length > 0 ? about(ofThing) : about(ofKind)
  return counted.length > 0 && counted.every(({ effect }) => effect === 'PERMIT')
}

function covers({ scopeIds }: Policy, scopeId: string): boolean {
  return scopeIds.includes(scopeId)
}

function representation(
  server: ResourceServer,
  resourceType: AdminResourceType,
  result: PermissionResult,
) {
  const { permission } = result
  const told = permissionRepresentation(server, result)
  const resources = server.resources.filter(({ id }) => permission.resourceIds.includes(id))
  return {
    ...told,
    policy: { ...told.policy, resources: resources.map(({ name }) => name) },
    scopes: told.policy.scopes,
    resourceType,
  }
}
