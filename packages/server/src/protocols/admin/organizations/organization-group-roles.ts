import type { AdminDeps } from '../admin-deps.ts'
import { forbidden } from '../admin-error.ts'
import { requireMayMapRoles } from '../mapping-permission.ts'
import type { RoleMappingKind } from '../roles/register-role-mappings.ts'
import {
  managesOrganizations,
  requireOrganizationGroup,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<
  AdminDeps,
  'administration' | 'groups' | 'organizationGroups' | 'organizations' | 'roles'
>

/** The roles of groups of organizations. Members hold them in no token but where a mapper shows them. */
export function organizationGroupRoles(deps: Deps): RoleMappingKind<Deps> {
  return {
    path: '/organizations/:organizationId/groups/:groupId/role-mappings',
    view: viewsOrganizations,
    manage: managesOrganizations,
    requireMayChange: async (call, roles) => {
      for (const role of roles) if (!(await call.permissions.mayMapRole(role))) throw forbidden()
      await requireMayMapRoles(call, roles)
    },
    resourceTypes: { realm: 'REALM_ROLE_MAPPING', client: 'CLIENT_ROLE_MAPPING' },
    holder: async (call) => {
      const { organization, group } = await requireOrganizationGroup(call)
      const { organizationGroups } = deps
      return {
        direct: () => organizationGroups.rolesOf([group.id]),
        effective: async () => {
          const around = await organizationGroups.withAncestors(call.realm.id, [group.id])
          const roles = await organizationGroups.rolesOf(around.map(({ id }) => id))
          return await deps.roles.expand(
            call.realm.id,
            roles.map(({ id }) => id),
          )
        },
        add: (ids, trace) => organizationGroups.mapRoles(organization, group.id, ids, trace),
        remove: (ids, trace) => organizationGroups.removeRoles(organization, group.id, ids, trace),
      }
    },
  }
}
