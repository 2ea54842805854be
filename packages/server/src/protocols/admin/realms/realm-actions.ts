import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'

/** Commands to a whole realm. */
export function registerRealmActions(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'POST',
    path: '/logout-all',
    may: anyOf(['manage-users']),
    handle: async (call) => {
      await deps.sessions.endAllIn(call.realm)
      call.record('ACTION', 'REALM', 'logout-all')
      return {}
    },
  })
  // Caches follow the invalidation log and cannot be behind it, so these have nothing to do.
  for (const name of ['realm', 'user', 'keys', 'crl']) {
    routes.add({
      method: 'POST',
      path: `/clear-${name}-cache`,
      may: anyOf(['manage-realm']),
      handle: async (call) => {
        call.record('ACTION', 'REALM', `clear-${name}-cache`)
      },
    })
  }
}
