import { isEventType } from '../../../domains/events/event-types.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { eventParameters } from '../events/event-range.ts'
import { anyOf } from '../permission.ts'
import type { QueryParameters } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { eventAnswer } from '../representations/event.ts'
import { eventRange } from './event-range.ts'

type Deps = Pick<AdminDeps, 'events'>

/** `/events`: what users did, as far as the realm keeps it. */
export function registerLoginEvents(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/events',
    may: anyOf(['view-events', 'manage-events']),
    query: { ...eventParameters, type: 'texts', client: 'text', user: 'text', ipAddress: 'text' },
    answer: listOf(eventAnswer),
    handle: ({ realm, query }) =>
      deps.events.find(realm.id, {
        types: eventTypes(query),
        client: query.text('client'),
        user: query.text('user'),
        ipAddress: query.text('ipAddress'),
        ...eventRange(query),
      }),
  })
  routes.add({
    method: 'DELETE',
    path: '/events',
    may: anyOf(['manage-events']),
    handle: async ({ realm }) => {
      await deps.events.clear(realm.id)
    },
  })
}

/** @throws HttpError 400 for a type that does not exist (Keycloak fails with 500) */
function eventTypes(query: QueryParameters): string[] {
  const types = query.all('type')
  const unknown = types.find((type) => !isEventType(type))
  if (unknown !== undefined) throw new HttpError(400, { error: `Unknown event type: ${unknown}` })
  return types
}
