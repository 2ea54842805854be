import type { Realm } from '../realms/realm.ts'
import type { Client } from './client.ts'

const audienceMapper = 'oidc-audience-mapper'

/**
 * The `keycloak.json` that an application is configured with, its members in the order in which Keycloak writes them.
 * @param serverUrl with a slash at its end
 * @param hasRoles whether the client has roles of its own
 */
export function adapterConfiguration(
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
