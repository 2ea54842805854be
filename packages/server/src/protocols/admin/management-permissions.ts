import type { AdminDeps } from './admin-deps.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { requireClient } from './clients/require-client.ts'
import { featureNotEnabled } from './feature-not-enabled.ts'
import { requireGroup } from './groups/require-group.ts'
import { anyOf, viewsClients, viewsRealm } from './permission.ts'
import { nothingInside } from './representations/answer.ts'

type Deps = Pick<AdminDeps, 'clients' | 'groups' | 'organizationGroups'>

/** The first form of fine-grained permissions (Keycloak's feature `admin-fine-grained-authz:v1`), off as it is there. */
export function registerManagementPermissions(routes: AdminRoutes<Deps>): void {
  for (const method of ['GET', 'PUT'] as const) {
    routes.add({
      method,
      path: '/users-management-permissions',
      may: anyOf(['view-users', 'manage-users']),
      answer: nothingInside,
      handle: async () => {
        throw featureNotEnabled()
      },
    })
    routes.add({
      method,
      path: '/groups/:groupId/management/permissions',
      may: anyOf(['view-users', 'manage-users']),
      answer: nothingInside,
      handle: async (call) => {
        await requireGroup(call)
        throw featureNotEnabled()
      },
    })
    routes.add({
      method,
      path: '/clients/:clientUuid/management/permissions',
      may: viewsClients,
      answer: nothingInside,
      handle: async (call) => {
        await requireClient(call)
        throw featureNotEnabled()
      },
    })
    routes.add({
      method,
      path: '/identity-provider/instances/:alias/management/permissions',
      may: anyOf(['view-identity-providers', 'manage-identity-providers']),
      answer: nothingInside,
      handle: async () => {
        throw featureNotEnabled()
      },
    })
    for (const path of [
      '/roles/:roleName',
      '/clients/:clientUuid/roles/:roleName',
      '/roles-by-id/:roleId',
    ]) {
      routes.add({
        method,
        path: `${path}/management/permissions`,
        may: path.startsWith('/clients') ? viewsClients : viewsRealm,
        answer: nothingInside,
        handle: async () => {
          throw featureNotEnabled()
        },
      })
    }
    // Keycloak's feature `client-types`.
    routes.add({
      method,
      path: '/client-types',
      may: viewsRealm,
      answer: nothingInside,
      handle: async () => {
        throw featureNotEnabled()
      },
    })
  }
}
