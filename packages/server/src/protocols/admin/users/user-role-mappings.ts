import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayMapRoles } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { registerRoleMappings } from '../roles/register-role-mappings.ts'
import { requireUser } from './require-user.ts'

/** Everything below `/users/{id}/role-mappings`. */
export function registerUserRoleMappings(routes: AdminRoutes, deps: AdminDeps): void {
  registerRoleMappings(routes, deps, {
    path: '/users/:userId/role-mappings',
    view: anyOf(['view-users', 'manage-users']),
    manage: anyOf(['manage-users']),
    requireMayChange: requireMayMapRoles,
    resourceTypes: { realm: 'REALM_ROLE_MAPPING', client: 'CLIENT_ROLE_MAPPING' },
    holder: async (call) => {
      const user = await requireUser(call)
      return {
        direct: () => deps.userMemberships.directRolesOf(user.id),
        effective: async (clientUuid) => {
          const { roles } = await deps.users.memberships(user)
          return roles.filter((role) => role.clientUuid === clientUuid).map(({ id }) => id)
        },
        add: (roleIds, trace) => deps.userMemberships.addRoles(user.id, roleIds, trace),
        remove: (roleIds, trace) => deps.userMemberships.removeRoles(user.id, roleIds, trace),
      }
    },
  })
}
