import type { AdminRoute } from './admin-routes.ts'
import type { Asked } from './permission.ts'
import type { ResourceKind, Scope } from './permissions.ts'

/** What has to be permitted, with the path parameter that names the thing; without one it is for all of the kind. */
type Need = readonly [kind: ResourceKind, scope: Scope, parameter?: string]

const user = (scope: Scope): Need => ['user', scope, 'userId']
const group = (scope: Scope): Need => ['group', scope, 'groupId']
const client = (scope: Scope, parameter = 'clientUuid'): Need => ['client', scope, parameter]
const organization = (scope: Scope): Need => ['organization', scope, 'organizationId']

const users = [
  ['POST /users', ['user', 'manage']],
  ['GET /users/:userId', user('view')],
  ['GET /users/:userId/unmanagedAttributes', user('view')],
  ['GET /users/:userId/credentials', user('view')],
  ['GET /users/:userId/configured-user-storage-credential-types', user('view')],
  ['GET /users/:userId/groups', user('view')],
  ['GET /users/:userId/groups/count', user('view')],
  ['GET /users/:userId/sessions', user('view')],
  ['GET /users/:userId/offline-sessions/:clientUuid', user('view')],
  ['GET /users/:userId/consents', user('view')],
  ['GET /users/:userId/federated-identity', user('view')],
  ['GET /users/:userId/role-mappings', user('view')],
  ['GET /users/:userId/role-mappings/realm', user('view')],
  ['GET /users/:userId/role-mappings/realm/composite', user('view')],
  ['GET /users/:userId/role-mappings/clients/:clientUuid', user('view')],
  ['GET /users/:userId/role-mappings/clients/:clientUuid/composite', user('view')],
  ['GET /attack-detection/brute-force/users/:userId', user('view')],
  ['PUT /users/:userId', user('manage')],
  ['DELETE /users/:userId', user('manage')],
  ['DELETE /users/:userId/credentials/:credentialId', user('manage')],
  ['PUT /users/:userId/credentials/:credentialId/userLabel', user('manage')],
  ['POST /users/:userId/credentials/:credentialId/moveToFirst', user('manage')],
  ['PUT /users/:userId/disable-credential-types', user('manage')],
  ['POST /users/:userId/logout', user('manage')],
  ['DELETE /users/:userId/consents/:clientId', user('manage')],
  ['DELETE /attack-detection/brute-force/users/:userId', user('manage')],
  ['PUT /users/:userId/reset-password', user('reset-password')],
  ['POST /users/:userId/impersonation', user('impersonate')],
  ['POST /users/:userId/role-mappings/realm', user('map-roles')],
  ['DELETE /users/:userId/role-mappings/realm', user('map-roles')],
  ['POST /users/:userId/role-mappings/clients/:clientUuid', user('map-roles')],
  ['DELETE /users/:userId/role-mappings/clients/:clientUuid', user('map-roles')],
  [
    'PUT /users/:userId/groups/:groupId',
    user('manage-group-membership'),
    group('manage-membership'),
  ],
  [
    'DELETE /users/:userId/groups/:groupId',
    user('manage-group-membership'),
    group('manage-membership'),
  ],
] as const

const groups = [
  ['POST /groups', ['group', 'manage']],
  ['GET /groups/:groupId', group('view')],
  ['GET /groups/:groupId/children', group('view')],
  ['GET /groups/:groupId/members', group('view-members')],
  ['PUT /groups/:groupId', group('manage')],
  ['DELETE /groups/:groupId', group('manage')],
  ['POST /groups/:groupId/children', group('manage')],
] as const

const clients = [
  ['POST /clients', ['client', 'manage']],
  ['GET /clients/:clientUuid', client('view')],
  ['GET /clients/:clientUuid/client-secret', client('view')],
  ['GET /clients/:clientUuid/default-client-scopes', client('view')],
  ['GET /clients/:clientUuid/optional-client-scopes', client('view')],
  ['GET /clients/:clientUuid/session-count', client('view')],
  ['GET /clients/:clientUuid/offline-session-count', client('view')],
  ['GET /clients/:clientUuid/protocol-mappers/models', client('view')],
  ['GET /clients/:clientUuid/roles', client('view')],
  ['GET /clients/:clientUuid/roles/:roleName', client('view')],
  ['PUT /clients/:clientUuid', client('manage')],
  ['DELETE /clients/:clientUuid', client('manage')],
  ['POST /clients/:clientUuid/client-secret', client('manage')],
  ['POST /clients/:clientUuid/roles', client('manage')],
  ['PUT /clients/:clientUuid/roles/:roleName', client('manage')],
  ['DELETE /clients/:clientUuid/roles/:roleName', client('manage')],
  ['POST /clients/:clientUuid/protocol-mappers/models', client('manage')],
  ['POST /clients/:containerUuid/scope-mappings/realm', client('manage', 'containerUuid')],
  ['DELETE /clients/:containerUuid/scope-mappings/realm', client('manage', 'containerUuid')],
] as const

const organizations = [
  ['POST /organizations', ['organization', 'manage']],
  ['GET /organizations/:organizationId', organization('view')],
  ['GET /organizations/:organizationId/members', organization('view')],
  ['GET /organizations/:organizationId/members/count', organization('view')],
  ['GET /organizations/:organizationId/identity-providers', organization('view')],
  ['PUT /organizations/:organizationId', organization('view'), organization('manage')],
  ['DELETE /organizations/:organizationId', organization('view'), organization('manage')],
  ['POST /organizations/:organizationId/members', organization('view'), organization('manage')],
] as const

const needs = new Map(
  [...users, ...groups, ...clients, ...organizations].map(
    ([route, ...rest]) => [route as string, rest as readonly Need[]] as const,
  ),
)

/** Routes with an entry here, for the test that each of them exists. */
export const fineGrainedRoutes: readonly string[] = [...needs.keys()]

/**
 * Who has no role for an endpoint may still use it for single things that the realm's admin permissions allow. What is not
 * listed here is for roles alone.
 */
export async function mayByFineGrained(
  { method, path }: Pick<AdminRoute<unknown>, 'method' | 'path'>,
  { permissions, params }: Asked,
): Promise<boolean> {
  const needed = needs.get(`${method} ${path}`)
  if (!needed) return false
  for (const [kind, scope, parameter] of needed) {
    const id = parameter === undefined ? undefined : (params[parameter] ?? '')
    if (!(await permissions.may(scope, kind, id))) return false
  }
  return true
}
