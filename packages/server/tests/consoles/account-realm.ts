export const ada = { username: 'ada', password: 'Secret-1' }
/** Nobody listens there. */
export const appRedirectUri = 'http://127.0.0.1:3999/shop'

const person = (username: string, groups: readonly string[]) => ({
  username,
  enabled: true,
  email: `${username}@village.example`,
  emailVerified: true,
  firstName: username,
  lastName: 'Villager',
  groups,
  // Without them nobody may do anything with the own account.
  realmRoles: ['default-roles-village'],
  clientRoles: { account: ['view-groups', 'view-applications'] },
  credentials: [{ type: 'password', value: ada.password, temporary: false }],
})

/** A realm in which an account has something to show on every page of the account console. */
export const accountRealm = {
  realm: 'village',
  enabled: true,
  sslRequired: 'none',
  userManagedAccessAllowed: true,
  organizationsEnabled: true,
  groups: [{ name: 'bakers' }],
  users: [person('ada', ['/bakers']), person('ben', [])],
  identityProviders: [
    {
      alias: 'partner',
      displayName: 'Partner',
      providerId: 'oidc',
      enabled: true,
      config: {
        authorizationUrl: 'https://partner.example/auth',
        tokenUrl: 'https://partner.example/token',
        clientId: 'us',
        clientSecret: 'partner-secret',
      },
    },
  ],
  clients: [
    {
      clientId: 'shop',
      name: 'The shop',
      publicClient: true,
      consentRequired: true,
      redirectUris: [appRedirectUri],
    },
    {
      clientId: 'album',
      secret: 'secret-of-album',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: {
        resources: [
          {
            name: 'Holidays',
            owner: { name: 'ada' },
            ownerManagedAccess: true,
            scopes: [{ name: 'view' }],
          },
        ],
        scopes: [{ name: 'view' }],
      },
    },
  ],
}
