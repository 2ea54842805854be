import { adapterConfiguration } from '../../../domains/clients/adapter-configuration.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { plainText } from '../representations/answer.ts'
import { requireClient } from './require-client.ts'

/**
 * `GET /clients/{id}/installation/providers/keycloak-oidc-keycloak-json`: the `keycloak.json` that an application is
 * configured with.
 */
export function registerClientInstallation(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid/installation/providers/:provider',
    may: anyOf(['view-clients', 'manage-clients']),
    answer: plainText,
    handle: async (call) => {
      const client = await requireClient(call)
      if (call.params['provider'] !== 'keycloak-oidc-keycloak-json') {
        throw notFound('Unknown Provider')
      }
      const hasRoles = (await deps.roles.ofClient(call.realm.id, client.id)).length > 0
      const serverUrl = `${deps.urls.frontend(call.request)}/`
      const text = asJavaWrites(adapterConfiguration(call.realm, client, serverUrl, hasRoles))
      return call.reply.header('cache-control', 'no-cache').type('text/plain').send(text)
    },
  })
}

/** JSON with a blank on both sides of each colon. */
function asJavaWrites(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^(\s*"[^"]*"):/gm, '$1 :')
}
