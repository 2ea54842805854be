import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RealmSettings } from '../../domains/realms/realm.ts'
import type { AdminDeps } from './admin-deps.ts'
import { adminRoute } from './admin-route.ts'
import { flag, integer, texts } from './representations/scalars.ts'
import { defaultEventTypeNames } from './server-info/event-enums.ts'

const eventsConfigShape = {
  name: 'RealmEventsConfigRepresentation',
  schema: z.strictObject({
    eventsEnabled: flag,
    eventsExpiration: integer,
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

/** `/events/config`. */
export function registerEventsConfig(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: '/events/config',
    anyOf: ['view-events', 'manage-events'],
    handle: async ({ realm: { settings } }) => ({
      ...Object.fromEntries(members.map((name) => [name, settings[name]])),
      ...(settings.enabledEventTypes.length > 0
        ? {}
        : { enabledEventTypes: defaultEventTypeNames }),
    }),
  })
  adminRoute<Body>(app, deps, {
    method: 'PUT',
    path: '/events/config',
    anyOf: ['manage-events'],
    body: eventsConfigShape,
    handle: async (call) => {
      const given = Object.entries(call.body ?? {}).filter(([, value]) => value !== undefined)
      await deps.realms.changeSettings(call.realm.id, (settings) => ({
        ...settings,
        ...Object.fromEntries(given),
      }))
      call.record('UPDATE', 'REALM', 'events/config', call.body)
    },
  })
}
