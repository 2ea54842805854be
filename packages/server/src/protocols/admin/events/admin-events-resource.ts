import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { eventParameters } from '../events/event-range.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { adminEventAnswer } from '../representations/event.ts'
import { eventRange } from './event-range.ts'

type Deps = Pick<AdminDeps, 'events'>

/** `/admin-events`: what administrators changed, as far as the realm keeps it. */
export function registerAdminEvents(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/admin-events',
    may: anyOf(['view-events', 'manage-events']),
    query: {
      ...eventParameters,
      operationTypes: 'texts',
      resourceTypes: 'texts',
      resourcePath: 'text',
      authRealm: 'text',
      authClient: 'text',
      authUser: 'text',
      authIpAddress: 'text',
    },
    answer: listOf(adminEventAnswer),
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
  routes.add({
    method: 'DELETE',
    path: '/admin-events',
    may: anyOf(['manage-events']),
    handle: async ({ realm }) => {
      await deps.events.clearAdmin(realm.id)
    },
  })
}
