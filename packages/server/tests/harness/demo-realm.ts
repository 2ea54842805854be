/** People of the demo realm: `person-0` … with the password `password-of-<name>`. */
export const demoPeople = 20

/** Where the demo clients expect their users back; nobody needs to listen there. */
export const demoRedirectUri = 'http://127.0.0.1:3999/cb'

/** The password of a person of the demo realm. */
export function demoPassword(username: string): string {
  return `password-of-${username}`
}

/** The secret of a confidential client of the demo realm. */
export function demoSecret(clientId: string): string {
  return `secret-of-${clientId}`
}

/**
 * A small realm with Keycloak's defaults and what client tests, the kill test and the benchmarks need:
 * a confidential client, a public one with PKCE, one for service accounts, a bearer-only API and some people.
 * @param people how many people it has
 */
export function demoRealm(people: number = demoPeople): Record<string, unknown> {
  return {
    realm: 'demo',
    enabled: true,
    sslRequired: 'none',
    loginTheme: null,
    clients: [
      confidentialClient('app', {
        redirectUris: [demoRedirectUri, 'http://127.0.0.1:*', 'http://localhost:*'],
        webOrigins: ['+'],
        directAccessGrantsEnabled: true,
        attributes: { 'post.logout.redirect.uris': '+' },
        protocolMappers: [audienceMapper('api')],
      }),
      {
        clientId: 'spa',
        enabled: true,
        publicClient: true,
        standardFlowEnabled: true,
        redirectUris: ['http://127.0.0.1:*', 'http://localhost:*'],
        webOrigins: ['*'],
        attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': '+' },
      },
      confidentialClient('service', { serviceAccountsEnabled: true, standardFlowEnabled: false }),
      confidentialClient('api', { bearerOnly: true }),
    ],
    users: Array.from({ length: people }, (_, index) => person(`person-${index}`)),
  }
}

function confidentialClient(clientId: string, extra: object): object {
  return { clientId, enabled: true, publicClient: false, secret: demoSecret(clientId), ...extra }
}

function audienceMapper(clientId: string): object {
  return {
    name: `audience ${clientId}`,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.client.audience': clientId, 'access.token.claim': 'true' },
  }
}

function person(username: string): object {
  return {
    username,
    enabled: true,
    emailVerified: true,
    email: `${username}@demo.test`,
    firstName: 'Demo',
    lastName: username,
    credentials: [{ type: 'password', value: demoPassword(username), temporary: false }],
    realmRoles: ['default-roles-demo'],
  }
}
