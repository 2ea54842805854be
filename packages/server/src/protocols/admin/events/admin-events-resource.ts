import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'
import { eventRange } from './event-range.ts'

/** `/admin-events`: what administrators changed, as far as the realm keeps it. */
export function registerAdminEvents(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: '/admin-events',
    anyOf: ['view-events', 'manage-events'],
    handle: ({ realm, query }) =>
      deps.events.findAdmin(realm.id, {
        operationTypes: query.all('operationTypes'),
        resourceTypes: query.all('resourceTypes'),
        resourcePath: query.text('resourcePath'),
        authRealm: query.text('authRealm'),
        authClient: query.text('authClient'),
        authUser: query.text('authUser'),
        authIpAddress: query.text('authIpAddress'),
        ...eventRange(query),
      }),
  })
  adminRoute(app, deps, {
    method: 'DELETE',
    path: '/admin-events',
    anyOf: ['manage-events'],
    handle: async ({ realm }) => {
      await deps.events.clearAdmin(realm.id)
    },
  })
}
