import type { Realm } from '../realms/realm.ts'
import { type AdapterCredential, adapterCredentials } from './adapter-credentials.ts'
import type { Client } from './client.ts'

const audienceMapper = 'oidc-audience-mapper'

/** Members of `keycloak.json`. */
export type AdapterConfiguration = Readonly<Record<string, unknown>> & {
  readonly credentials?: Readonly<Record<string, AdapterCredential>>
}

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
): AdapterConfiguration {
  const { publicClient, bearerOnly } = client.representation
  const credentials = adapterCredentials(client)
  return {
    realm: realm.name,
    ...(bearerOnly ? { 'bearer-only': true } : {}),
    'auth-server-url': serverUrl,
    'ssl-required': realm.settings.sslRequired,
    resource: client.clientId,
    ...(publicClient ? { 'public-client': true } : {}),
    ...(hasRoles || isAudienceOfScope(realm, client) ? { 'verify-token-audience': true } : {}),
    ...(credentials ? { credentials } : {}),
    ...(hasRoles ? { 'use-resource-role-mappings': true } : {}),
    'confidential-port': 0,
  }
}

/** Whether a client scope of the realm names the client as an audience; its own mappers do not count in Keycloak either. */
function isAudienceOfScope({ clientScopes }: Realm, { clientId }: Client): boolean {
  return clientScopes.some(({ protocolMappers }) =>
    protocolMappers.some(
      ({ protocolMapper, config }) =>
        protocolMapper === audienceMapper && config['included.client.audience'] === clientId,
    ),
  )
}
