import { z } from 'zod'
import { eventListeners } from '../../domains/events/event-listeners.ts'
import { typesKeptByDefault } from '../../domains/events/event-types.ts'
import type { RealmSettings } from '../../domains/realms/realm.ts'
import { flag, long, texts } from '../../domains/realms/scalars.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { anyOf } from './permission.ts'
import { answerOf } from './representations/answer.ts'
import { adminEvent } from './route-event.ts'

type Deps = Pick<AdminDeps, 'events' | 'realms' | 'urls'>

const eventsConfigShape = {
  name: 'RealmEventsConfigRepresentation',
  schema: z.strictObject({
    eventsEnabled: flag,
    eventsExpiration: long,
    eventsListeners: texts,
    enabledEventTypes: texts,
    adminEventsEnabled: flag,
    adminEventsDetailsEnabled: flag,
  }),
}
type Body = z.output<typeof eventsConfigShape.schema> | undefined

const members = [
  'eventsEnabled',
  'eventsExpiration',
  'eventsListeners',
  'enabledEventTypes',
  'adminEventsEnabled',
  'adminEventsDetailsEnabled',
] as const satisfies readonly (keyof RealmSettings)[]

const knownListeners: ReadonlySet<string> = new Set(eventListeners)

/** `/events/config`. */
export function registerEventsConfig(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/events/config',
    may: anyOf(['view-events', 'manage-events']),
    answer: answerOf(eventsConfigShape),
    handle: async ({ realm: { settings } }) => ({
      ...Object.fromEntries(members.map((name) => [name, settings[name]])),
      ...(settings.enabledEventTypes.length > 0 ? {} : { enabledEventTypes: typesKeptByDefault }),
    }),
  })
  routes.add<Body>({
    method: 'PUT',
    path: '/events/config',
    may: anyOf(['manage-events']),
    body: eventsConfigShape,
    handle: async (call) => {
      if (call.body?.eventsListeners?.some((name) => !knownListeners.has(name))) {
        throw badRequest('Unknown event listener')
      }
      const given = Object.entries(call.body ?? {}).filter(([, value]) => value !== undefined)
      const changed: Partial<RealmSettings> = Object.fromEntries(given)
      const event = adminEvent(deps.urls, call, {
        operationType: 'UPDATE',
        resourceType: 'REALM',
        resourcePath: 'events/config',
        representation: call.body,
      })
      await deps.realms.changeSettings(
        call.realm.id,
        (settings) => ({ ...settings, ...changed }),
        await deps.events.trace(event, { ...call.realm.settings, ...changed }),
      )
    },
  })
}
