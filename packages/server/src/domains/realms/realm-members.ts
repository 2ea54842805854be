/**
 * Members of Keycloak's RealmRepresentation that are no settings which a change of the realm writes: the realm's own columns,
 * what lives in tables of its own, and what has endpoints of its own.
 */
const elsewhere = {
  column: ['id', 'realm', 'enabled'],
  table: [
    'roles',
    'defaultRole',
    'defaultRoles',
    'groups',
    'users',
    'federatedUsers',
    'clients',
    'clientScopes',
    'scopeMappings',
    'clientScopeMappings',
    'components',
    'identityProviders',
    'identityProviderMappers',
    'organizations',
  ],
  endpoint: [
    'defaultGroups',
    'authenticationFlows',
    'authenticatorConfig',
    'requiredActions',
    'localizationTexts',
    'defaultDefaultClientScopes',
    'defaultOptionalClientScopes',
  ],
  former: [
    'keycloakVersion',
    'privateKey',
    'publicKey',
    'certificate',
    'codeSecret',
    'social',
    'updateProfileOnInitialSocialLogin',
    'passwordCredentialGrantAllowed',
    'socialProviders',
    'applications',
    'oauthClients',
    'applicationScopeMappings',
    'clientTemplates',
    'userFederationProviders',
    'userFederationMappers',
    'protocolMappers',
    'userCacheEnabled',
    'realmCacheEnabled',
    'requiredCredentials',
    'adminPermissionsClient',
    'otpSupportedApplications',
  ],
} as const satisfies Record<string, readonly string[]>

const names: ReadonlySet<string> = new Set(Object.values(elsewhere).flat())

/** @returns whether a change of the realm itself writes this member */
export function isRealmSetting(name: string): boolean {
  return !names.has(name)
}
