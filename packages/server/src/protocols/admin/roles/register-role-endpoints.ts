import type { Realm } from '../../../domains/realms/realm.ts'
import type { Role } from '../../../domains/roles/role.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireClient } from '../clients/require-client.ts'
import {
  type Asked,
  managesClient,
  managesRealmRole,
  type Permission,
  viewsClients,
  viewsRealm,
} from '../permission.ts'
import { registerRole, registerRoleMembers } from './role-resource.ts'
import { type RoleContainer, registerRoles, requireRole } from './roles-resource.ts'

type Deps = Pick<AdminDeps, 'administration' | 'clients' | 'groups' | 'roles' | 'users'>

const manageRoles = ['manage-realm', 'manage-clients'] as const
const viewRoles = [...manageRoles, 'view-realm', 'view-clients'] as const

/** `/roles`, `/clients/{id}/roles` and `/roles-by-id`. */
export function registerRoleEndpoints(routes: AdminRoutes<Deps>, deps: Deps): void {
  const ofRealm: RoleContainer = {
    path: '/roles',
    view: viewsRealm,
    manage: managesRealmRole,
    resourceType: 'REALM_ROLE',
    ownerOf: async () => null,
  }
  const ofClient: RoleContainer = {
    path: '/clients/:clientUuid/roles',
    view: viewsClients,
    manage: managesClient,
    resourceType: 'CLIENT_ROLE',
    ownerOf: async (call) => (await requireClient(call)).id,
  }
  for (const container of [ofRealm, ofClient]) {
    registerRoles(routes, deps, container)
    const place = {
      ...container,
      path: `${container.path}/:roleName`,
      roleOf: (call: Parameters<RoleContainer['ownerOf']>[0]) => requireRole(call, container),
    }
    registerRole(routes, deps, place)
    registerRoleMembers(routes, deps, place)
  }
  registerRole(routes, deps, {
    path: '/roles-by-id/:roleId',
    view: ofRoleById(deps, 'view'),
    manage: ofRoleById(deps, 'manage'),
    roleOf: async ({ realm, params }) => await roleById(deps, realm, params),
  })
}

/** What may be done with a role depends on what kind of role it is, and only the role itself says so. */
export function ofRoleById(deps: Deps, scope: 'manage' | 'view'): Permission {
  const ask = async ({ realm, params, permissions }: Asked) =>
    permissions.held.size > 0 && permissions.mayRole(scope, await roleById(deps, realm, params))
  return Object.assign(ask, { roles: scope === 'view' ? viewRoles : manageRoles })
}

/** @throws HttpError 404 */
async function roleById(
  { roles }: Deps,
  realm: Realm,
  params: Readonly<Record<string, string>>,
): Promise<Role> {
  const role = await roles.byId(realm.id, params['roleId'] ?? '')
  if (!role) throw notFound('Could not find role with id')
  return role
}
