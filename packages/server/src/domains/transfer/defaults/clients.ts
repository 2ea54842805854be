import { newUuid } from '../../../shared/random.ts'
import {
  adminPermissionsClientId,
  adminResourceTypes,
} from '../../administration/admin-permissions-schema.ts'
import type { ClientId } from '../../typed-ids.ts'
import type { ClientExport } from '../representation.ts'

/** Members that all clients have, with the values of a client that may do nothing. */
const inert = {
  surrogateAuthRequired: false,
  enabled: true,
  alwaysDisplayInConsole: false,
  clientAuthenticatorType: 'client-secret',
  notBefore: 0,
  bearerOnly: false,
  consentRequired: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  publicClient: false,
  frontchannelLogout: false,
  fullScopeAllowed: false,
  nodeReRegistrationTimeout: 0,
} as const

const builtInScopes = {
  defaultClientScopes: ['web-origins', 'acr', 'profile', 'roles', 'basic', 'email'],
  optionalClientScopes: ['address', 'phone', 'offline_access', 'organization', 'microprofile-jwt'],
} as const

type Special = Partial<ClientExport> & { attributes: Record<string, string> }

function builtIn(clientId: ClientId, special: Special): ClientExport {
  return {
    id: newUuid(),
    clientId,
    name: `\${client_${clientId}}`,
    ...inert,
    redirectUris: [],
    webOrigins: [],
    protocol: 'openid-connect',
    authenticationFlowBindingOverrides: {},
    defaultClientScopes: [...builtInScopes.defaultClientScopes],
    optionalClientScopes: [...builtInScopes.optionalClientScopes],
    ...special,
  }
}

/** A bearer-only client that only owns roles. */
function roleOwner(clientId: ClientId): ClientExport {
  return builtIn(clientId, { bearerOnly: true, attributes: { realm_client: 'true' } })
}

function accountClient(realm: string, clientId: ClientId, attributes: Record<string, string>) {
  return builtIn(clientId, {
    rootUrl: '${authBaseUrl}',
    baseUrl: `/realms/${realm}/account/`,
    redirectUris: [`/realms/${realm}/account/*`],
    publicClient: true,
    attributes: { realm_client: 'false', 'post.logout.redirect.uris': '+', ...attributes },
  })
}

function accountConsole(realm: string): ClientExport {
  return {
    ...accountClient(realm, 'account-console', { 'pkce.code.challenge.method': 'S256' }),
    protocolMappers: [
      {
        id: newUuid(),
        name: 'audience resolve',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-audience-resolve-mapper',
        consentRequired: false,
        config: {},
      },
    ],
  }
}

function adminConsole(realm: string): ClientExport {
  return builtIn('security-admin-console', {
    rootUrl: '${authAdminUrl}',
    baseUrl: `/admin/${realm}/console/`,
    redirectUris: [`/admin/${realm}/console/*`],
    webOrigins: ['+'],
    publicClient: true,
    fullScopeAllowed: true,
    attributes: {
      realm_client: 'false',
      'client.use.lightweight.access.token.enabled': 'true',
      'post.logout.redirect.uris': '+',
      'pkce.code.challenge.method': 'S256',
    },
    protocolMappers: [
      {
        id: newUuid(),
        name: 'locale',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-usermodel-attribute-mapper',
        consentRequired: false,
        config: {
          'introspection.token.claim': 'true',
          'userinfo.token.claim': 'true',
          'user.attribute': 'locale',
          'id.token.claim': 'true',
          'access.token.claim': 'true',
          'claim.name': 'locale',
          'jsonType.label': 'String',
        },
      },
    ],
  })
}

function adminCli(): ClientExport {
  return builtIn('admin-cli', {
    standardFlowEnabled: false,
    directAccessGrantsEnabled: true,
    publicClient: true,
    fullScopeAllowed: true,
    attributes: {
      realm_client: 'false',
      'client.use.lightweight.access.token.enabled': 'true',
    },
  })
}

/**
 * The client in the master realm whose roles administer `realm`.
 * @param scoped whether it lists the realm's client scopes, as master's own does
 */
export function realmAdministrationClient(realm: string, scoped: boolean): ClientExport {
  const { protocol: _protocol, ...client } = roleOwner(`${realm}-realm`)
  const scopes = scoped ? {} : { defaultClientScopes: [], optionalClientScopes: [] }
  return { ...client, name: `${realm} Realm`, ...scopes }
}

/** The built-in clients of a new realm (Keycloak 26.7). */
export function defaultClients(realm: string, isMaster: boolean): ClientExport[] {
  return [
    accountClient(realm, 'account', {}),
    accountConsole(realm),
    adminCli(),
    roleOwner('broker'),
    isMaster ? realmAdministrationClient(realm, true) : roleOwner('realm-management'),
    adminConsole(realm),
  ]
}

/** The client that holds the fine-grained permissions of a realm's administrators. */
export function adminPermissionsClient(): ClientExport {
  const {
    name: _,
    clientAuthenticatorType: __,
    ...client
  } = builtIn(adminPermissionsClientId, {
    standardFlowEnabled: false,
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
    attributes: { realm_client: 'false' },
  })
  return client
}

/** What it protects before anybody gives a permission: everything of each kind. */
export function adminPermissionsSettings() {
  const scopes = new Set(Object.values(adminResourceTypes).flat())
  return {
    scopes: [...scopes].map((name) => ({ name })),
    resources: Object.entries(adminResourceTypes).map(([type, names]) => ({
      name: type,
      type,
      scopes: names.map((name) => ({ name })),
    })),
    policies: [],
  }
}
