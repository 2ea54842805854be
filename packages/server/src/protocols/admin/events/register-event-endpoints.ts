import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { registerAdminEvents } from './admin-events-resource.ts'
import { registerEventsConfig } from './events-config-resource.ts'
import { registerLoginEvents } from './login-events-resource.ts'

/** Everything about events below `/admin/realms/{realm}`. */
export function registerEventEndpoints(app: FastifyInstance, deps: AdminDeps): void {
  registerLoginEvents(app, deps)
  registerAdminEvents(app, deps)
  registerEventsConfig(app, deps)
}
