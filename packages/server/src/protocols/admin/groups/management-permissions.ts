import { HttpError } from '../../../http/http-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { requireGroup } from './require-group.ts'

/** The first form of fine-grained permissions (Keycloak's feature `admin-fine-grained-authz:v1`), off as it is there. */
export function registerManagementPermissions(routes: AdminRoutes): void {
  for (const method of ['GET', 'PUT'] as const) {
    routes.add({
      method,
      path: '/users-management-permissions',
      may: anyOf(['view-users', 'manage-users']),
      handle: async () => {
        throw notEnabled()
      },
    })
    routes.add({
      method,
      path: '/groups/:groupId/management/permissions',
      may: anyOf(['view-users', 'manage-users']),
      handle: async (call) => {
        await requireGroup(call)
        throw notEnabled()
      },
    })
  }
}

function notEnabled(): HttpError {
  return new HttpError(501, {
    error: 'Feature not enabled',
    error_description: 'For more on this error consult the server log.',
  })
}
