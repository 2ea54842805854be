import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'

/** Commands to a whole realm. */
export function registerRealmActions(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'POST',
    path: '/logout-all',
    anyOf: ['manage-users'],
    handle: async (call) => {
      await deps.sessions.endAllIn(call.realm)
      call.record('ACTION', 'REALM', 'logout-all')
      return {}
    },
  })
  // Caches follow the invalidation log and cannot be behind it, so these have nothing to do.
  for (const name of ['realm', 'user', 'keys', 'crl']) {
    adminRoute(app, deps, {
      method: 'POST',
      path: `/clear-${name}-cache`,
      anyOf: ['manage-realm'],
      handle: async (call) => {
        call.record('ACTION', 'REALM', `clear-${name}-cache`)
      },
    })
  }
}
