import type { FastifyInstance } from 'fastify'
import { eventsPerPage } from '../../../domains/events/event-filters.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'
import { eventDate, eventDirection } from './event-date.ts'

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
        dateFrom: eventDate(query, 'dateFrom', 'start'),
        dateTo: eventDate(query, 'dateTo', 'end'),
        direction: eventDirection(query),
        first: query.first,
        max: query.max(eventsPerPage) ?? -1,
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
