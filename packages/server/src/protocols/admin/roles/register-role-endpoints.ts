import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireClient } from '../clients/require-client.ts'
import { registerRole, registerRoleMembers } from './role-resource.ts'
import { type RoleContainer, registerRoles, requireRole } from './roles-resource.ts'

/** `/roles`, `/clients/{id}/roles` and `/roles-by-id`. */
export function registerRoleEndpoints(routes: AdminRoutes, deps: AdminDeps): void {
  const ofRealm: RoleContainer = {
    path: '/roles',
    view: ['view-realm', 'manage-realm'],
    manage: ['manage-realm'],
    resourceType: 'REALM_ROLE',
    ownerOf: async () => null,
  }
  const ofClient: RoleContainer = {
    path: '/clients/:clientUuid/roles',
    view: ['view-clients', 'manage-clients'],
    manage: ['manage-clients'],
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
    view: ['view-realm', 'manage-realm', 'view-clients', 'manage-clients'],
    manage: ['manage-realm', 'manage-clients'],
    roleOf: async ({ realm, params }) => {
      const role = await deps.roles.byId(realm.id, params['roleId'] ?? '')
      if (!role) throw notFound('Could not find role with id')
      return role
    },
  })
}
