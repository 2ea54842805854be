import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { plainText } from '../representations/answer.ts'
import { requireClient } from './require-client.ts'

const audienceMapper = 'oidc-audience-mapper'

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

/** Members in the order in which Keycloak writes them (admin/endpoints/acme.client.web.installation.json). */
function adapterConfiguration(
  realm: Realm,
  client: Client,
  serverUrl: string,
  hasRoles: boolean,
): Record<string, unknown> {
  const { publicClient, bearerOnly, secret, clientAuthenticatorType } = client.representation
  const withSecret = !publicClient && !bearerOnly && clientAuthenticatorType === 'client-secret'
  return {
    realm: realm.name,
    ...(bearerOnly ? { 'bearer-only': true } : {}),
    'auth-server-url': serverUrl,
    'ssl-required': realm.settings.sslRequired,
    resource: client.clientId,
    ...(publicClient ? { 'public-client': true } : {}),
    ...(hasRoles || isOwnAudience(client) ? { 'verify-token-audience': true } : {}),
    ...(withSecret ? { credentials: { secret: secret ?? '' } } : {}),
    ...(hasRoles ? { 'use-resource-role-mappings': true } : {}),
    'confidential-port': 0,
  }
}

/** Whether the client's tokens name the client itself as an audience. */
function isOwnAudience({ clientId, representation }: Client): boolean {
  return (representation.protocolMappers ?? []).some(
    ({ protocolMapper, config }) =>
      protocolMapper === audienceMapper && config?.['included.client.audience'] === clientId,
  )
}

/** JSON with a blank on both sides of each colon. */
function asJavaWrites(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^(\s*"[^"]*"):/gm, '$1 :')
}
