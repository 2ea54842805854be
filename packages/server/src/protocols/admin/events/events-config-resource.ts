import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { typesKeptByDefault } from '../../../domains/events/event-types.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'

const shape = {
  name: 'RealmEventsConfigRepresentation',
  schema: z.strictObject({
    eventsEnabled: z.boolean().optional(),
    eventsExpiration: z.int().optional(),
    eventsListeners: z.array(z.string()).optional(),
    enabledEventTypes: z.array(z.string()).optional(),
    adminEventsEnabled: z.boolean().optional(),
    adminEventsDetailsEnabled: z.boolean().optional(),
  }),
}

/** Listeners that a realm may name; `email` is accepted, since imported realms name it, and sends nothing yet. */
const knownListeners = new Set(['jboss-logging', 'email'])

/** `/events/config`: which events a realm keeps. */
export function registerEventsConfig(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: '/events/config',
    anyOf: ['view-events', 'manage-events'],
    handle: async ({ realm: { settings } }) => ({
      eventsEnabled: settings.eventsEnabled,
      ...(settings.eventsExpiration ? { eventsExpiration: settings.eventsExpiration } : {}),
      eventsListeners: settings.eventsListeners,
      enabledEventTypes:
        settings.enabledEventTypes.length > 0 ? settings.enabledEventTypes : typesKeptByDefault,
      adminEventsEnabled: settings.adminEventsEnabled,
      adminEventsDetailsEnabled: settings.adminEventsDetailsEnabled,
    }),
  })
  adminRoute(app, deps, {
    method: 'PUT',
    path: '/events/config',
    anyOf: ['manage-events'],
    body: shape,
    handle: async (call) => {
      const given = call.body ?? {}
      if (given.eventsListeners?.some((listener) => !knownListeners.has(listener))) {
        throw new HttpError(400, { error: 'Unknown event listener' })
      }
      const change = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      )
      await deps.realms.changeSettings(call.realm.id, (settings) => ({ ...settings, ...change }))
      call.record('UPDATE', 'REALM', 'events/config', given)
    },
  })
}
