import type { AdminDeps } from '../admin-deps.ts'
import { forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayMapRoles } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { type RoleMappingKind, registerRoleMappings } from '../roles/register-role-mappings.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<
  AdminDeps,
  'administration' | 'clients' | 'groups' | 'roles' | 'userMemberships' | 'users'
>

/** Everything below `/users/{id}/role-mappings`. */
export function registerUserRoleMappings(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerRoleMappings(routes, deps, userRoleMappings(deps))
}

/** The roles of users. */
export function userRoleMappings(deps: Deps): RoleMappingKind<Deps> {
  return {
    path: '/users/:userId/role-mappings',
    view: anyOf(['view-users', 'manage-users']),
    manage: anyOf(['manage-users']),
    requireMayChange: async (call, roles) => {
      for (const role of roles) if (!(await call.permissions.mayMapRole(role))) throw forbidden()
      await requireMayMapRoles(call, roles)
    },
    resourceTypes: { realm: 'REALM_ROLE_MAPPING', client: 'CLIENT_ROLE_MAPPING' },
    holder: async (call) => {
      const user = await requireUser(call)
      return {
        direct: () => deps.userMemberships.directRolesOf(user.id),
        effective: async () => (await deps.users.memberships(user)).roles,
        add: (roleIds, trace) => deps.userMemberships.addRoles(user, roleIds, trace),
        remove: (roleIds, trace) => deps.userMemberships.removeRoles(user, roleIds, trace),
      }
    },
  }
}
