import { type Provider, property, provider } from '../provider.ts'

const isNegativeLogic = property('is-negative-logic', 'Negative Logic', 'boolean', {
  default: false,
})

/** When a client policy applies. */
export const clientPolicyConditions: readonly Provider[] = [
  provider('acr-condition', 'acr-condition', [property('acr-property', 'ACR', 'String')]),
  provider('any-client', 'any-client', [isNegativeLogic]),
  provider('client-access-type', 'client-access-type', [
    isNegativeLogic,
    property('type', 'client-accesstype.label', 'MultivaluedList', {
      default: 'confidential',
      options: ['confidential', 'public', 'bearer-only'],
    }),
  ]),
  provider('client-attributes', 'client-attributes', [
    isNegativeLogic,
    property('attributes', 'client-attributes.label', 'Map', {
      help: 'client-attributes-condition.tooltip',
    }),
  ]),
  provider('client-roles', 'client-roles', [
    isNegativeLogic,
    property('roles', 'client-roles.label', 'MultivaluedString', {
      help: 'client-roles-condition.tooltip',
    }),
  ]),
  provider('client-scopes', 'client-scopes', [
    isNegativeLogic,
    property('scopes', 'client-scopes-condition.label', 'MultivaluedString', {
      default: 'offline_access',
    }),
    property('type', 'Scope Type', 'List', {
      default: 'Optional',
      options: ['Default', 'Optional', 'Any'],
    }),
  ]),
  provider('client-type', 'client-type', [
    property('protocol', 'Client protocol', 'List', {
      default: 'saml',
      options: ['saml', 'openid-connect'],
    }),
  ]),
  provider('client-updater-context', 'client-updater-context', [
    isNegativeLogic,
    property('update-client-source', 'Update Client Context', 'MultivaluedList', {
      default: 'ByAuthenticatedUser',
      options: [
        'ByAuthenticatedUser',
        'ByAnonymous',
        'ByInitialAccessToken',
        'ByRegistrationAccessToken',
      ],
    }),
  ]),
  provider('client-updater-source-groups', 'client-updater-source-groups', [
    isNegativeLogic,
    property('groups', 'client-updater-source-groups.label', 'MultivaluedString', {
      default: 'topGroup',
    }),
  ]),
  provider('client-updater-source-host', 'client-updater-source-host', [
    isNegativeLogic,
    property('trusted-hosts', 'client-updater-trusted-hosts.label', 'MultivaluedString'),
  ]),
  provider('client-updater-source-roles', 'client-updater-source-roles', [
    isNegativeLogic,
    property('roles', 'client-updater-source-roles.label', 'MultivaluedString', {
      default: 'admin',
    }),
  ]),
  provider('grant-type', 'grant-type', [
    isNegativeLogic,
    property('grant_types', 'Grant Types', 'MultivaluedList', {
      options: [
        'authorization_code',
        'implicit',
        'refresh_token',
        'password',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
    }),
  ]),
  provider('identity-provider-alias', 'identity-provider-alias', [
    property(
      'identity_provider_aliases',
      'Identity provider aliases',
      'IdentityProviderMultiList',
      { required: true },
    ),
    isNegativeLogic,
  ]),
]
