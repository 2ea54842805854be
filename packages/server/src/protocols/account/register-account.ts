import type { FastifyInstance } from 'fastify'
import type { AccountDeps } from './account-deps.ts'
import {
  accountRoute,
  registerAccountPreflight,
  type SendConsole,
  wantsJson,
} from './account-routes.ts'
import { applicationRoutes } from './applications-resource.ts'
import { credentialRoutes } from './credentials-resource.ts'
import { membershipRoutes } from './memberships-resource.ts'
import { profileRoutes } from './profile-resource.ts'
import { resourceRoutes } from './resources-resource.ts'
import { sessionRoutes } from './sessions-resource.ts'

/**
 * The account API below `/realms/{realm}/account`, with which users look after themselves. Its addresses are also the
 * account console's pages: who wants no JSON gets the console.
 */
export function registerAccount(
  app: FastifyInstance,
  deps: AccountDeps,
  sendConsole: SendConsole,
): void {
  registerAccountPreflight(app)
  const routes = [
    ...profileRoutes(deps),
    ...sessionRoutes(deps),
    ...credentialRoutes(deps),
    ...applicationRoutes(deps),
    ...membershipRoutes(deps),
    ...resourceRoutes(deps),
  ]
  for (const route of routes) accountRoute(app, deps, sendConsole, route)
  app.get('/realms/:realm/account/*', async (request, reply) => {
    if (wantsJson(request)) return reply.code(404).send({ error: 'HTTP 404 Not Found' })
    return await sendConsole(request, reply)
  })
}
