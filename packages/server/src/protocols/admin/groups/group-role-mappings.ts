import type { AdminDeps } from '../admin-deps.ts'
import { requireMayMapRoles } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import type { RoleMappingKind } from '../roles/register-role-mappings.ts'
import { requireGroup } from './require-group.ts'

type Deps = Pick<AdminDeps, 'administration' | 'groups' | 'organizationGroups' | 'roles'>

/** The roles of groups, and of the groups around them. */
export function groupRoleMappings(deps: Deps): RoleMappingKind<Deps> {
  return {
    path: '/groups/:groupId/role-mappings',
    view: anyOf(['view-users', 'manage-users']),
    manage: anyOf(['manage-users']),
    requireMayChange: requireMayMapRoles,
    resourceTypes: { realm: 'REALM_ROLE_MAPPING', client: 'CLIENT_ROLE_MAPPING' },
    holder: async (call) => {
      const group = await requireGroup(call)
      const realmId = call.realm.id
      return {
        direct: () => deps.groups.rolesOf([group.id]),
        effective: async () => {
          const around = await deps.groups.withAncestors(realmId, [group.id])
          const roles = await deps.groups.rolesOf(around.map(({ id }) => id))
          return await deps.roles.expand(
            realmId,
            roles.map(({ id }) => id),
          )
        },
        add: (roleIds, trace) => deps.groups.mapRoles(realmId, group.id, roleIds, trace),
        remove: (roleIds, trace) => deps.groups.removeRoles(realmId, group.id, roleIds, trace),
      }
    },
  }
}
