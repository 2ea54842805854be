function many<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index))
}
export const text = (length: number) => 'x'.repeat(length)
const names = (count: number, value: unknown) =>
  Object.fromEntries(many(count, (index) => [`n${index}`, value] as const))
const flow = (members: object) => ({
  ...{ alias: 'x', providerId: 'basic-flow', topLevel: true, builtIn: false },
  authenticationExecutions: [],
  ...members,
})
const step = { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE', priority: 1 }
const mapper = {
  ...{ name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
  config: {},
}
const scope = { name: 's', protocol: 'openid-connect' }
/** Each flow holds the next one twice, so that the first is walked through a million times; or itself. */
const doubling = (levels: number) => ({
  authenticationFlows: many(levels, (level) =>
    flow({
      alias: `level ${level}`,
      authenticationExecutions: many(2, (priority) => ({
        ...{ requirement: 'ALTERNATIVE', priority },
        ...(level === levels - 1
          ? { authenticator: 'auth-cookie' }
          : { authenticatorFlow: true, flowAlias: `level ${level + 1}` }),
      })),
    }),
  ),
})
const inItself = { authenticatorFlow: true, flowAlias: 'x', requirement: 'REQUIRED', priority: 1 }
export const provider = (members: object) => ({
  identityProviders: [{ alias: 'x', providerId: 'oidc', config: {}, ...members }],
})
const mapperOfProvider = {
  ...{ name: 'm', identityProviderAlias: 'x', identityProviderMapper: 'x', config: {} },
}
const keys = 'org.keycloak.keys.KeyProvider'
export const organization = (members: object) => ({
  organizations: [{ name: 'x', alias: 'x', domains: [{ name: 'x.test' }], ...members }],
})

/** What has no end, and where somebody may send it: in an import, and to an address of Admin REST. */
export const unbounded: readonly (readonly [
  what: string,
  part: object,
  path?: string,
  body?: object,
])[] = [
  [
    'attributes of a user',
    { users: [{ username: 'u', attributes: { a: many(20_000, () => 'v') } }] },
    '/users',
    { username: 'u', attributes: { [text(300)]: ['v'] } },
  ],
  [
    'attributes of a group',
    { groups: [{ name: 'g', attributes: { a: [text(5_000_000)] } }] },
    '/groups',
    { name: 'g', attributes: names(20_000, ['v']) },
  ],
  [
    'the name of a nested group',
    { groups: [{ name: 'g', subGroups: [{ name: text(300) }] }] },
    '/groups',
    { name: text(300) },
  ],
  [
    'domains of an organization',
    organization({ domains: many(2_000, (index) => ({ name: `x${index}.test` })) }),
    '/organizations',
    { name: 'x', domains: many(2_000, (index) => ({ name: `x${index}.test` })) },
  ],
  [
    'the description of an organization',
    organization({ description: text(5_000) }),
    '/organizations',
    { name: 'x', domains: [{ name: 'x.test' }], description: text(5_000) },
  ],
  [
    'executions of a flow',
    { authenticationFlows: [flow({ authenticationExecutions: many(1_000, () => step) })] },
  ],
  [
    'the name of a flow',
    { authenticationFlows: [flow({ alias: text(300) })] },
    '/authentication/flows',
    flow({ alias: text(300) }),
  ],
  [
    'texts of languages',
    { localizationTexts: { en: names(20_000, 'v') } },
    '/localization/en',
    names(20_000, 'v'),
  ],
  [
    'attributes of a realm',
    { attributes: names(2_000, 'v') },
    '',
    { attributes: names(2_000, 'v') },
  ],
  ['the length of all texts', { localizationTexts: { en: names(80, text(60_000)) } }],
  ['languages', { supportedLocales: many(2_000, (index) => `l${index}`) }],
  [
    'the id of a mapper',
    { clientScopes: [{ ...scope, protocolMappers: [{ ...mapper, id: text(5_000) }] }] },
    '/client-scopes',
    { ...scope, protocolMappers: [{ ...mapper, id: text(5_000) }] },
  ],
  [
    'the id of a client scope',
    { clientScopes: [{ ...scope, id: text(5_000) }] },
    '/client-scopes',
    { ...scope, id: text(5_000) },
  ],
  ['the id of a role', { roles: { realm: [{ name: 'r', id: text(5_000) }] } }],
  ['the id of a group', { groups: [{ name: 'g', id: text(5_000) }] }],
  ['the id of a user', { users: [{ username: 'u', id: text(5_000) }] }],
  ['the id of a client', { clients: [{ clientId: 'c', id: text(5_000) }] }],
  ['the id of a flow', { authenticationFlows: [flow({ id: text(5_000) })] }],
  ['flows that double', doubling(20)],
  ['a flow in itself', { authenticationFlows: [flow({ authenticationExecutions: [inItself] })] }],
  [
    'the kind of a flow',
    { authenticationFlows: [flow({ providerId: text(300) })] },
    '/authentication/flows',
    flow({ providerId: text(300) }),
  ],
  [
    'the name of a copied flow',
    { authenticationFlows: [flow({ alias: text(300) })] },
    '/authentication/flows/browser/copy',
    { newName: text(300) },
  ],
  [
    'the id of a configuration of a step',
    { authenticatorConfig: [{ id: text(5_000), alias: 'x', config: {} }] },
    '/authentication/config',
    { id: text(5_000), alias: 'x', config: {} },
  ],
  [
    'configurations of steps',
    {
      authenticatorConfig: many(20, (index) => ({
        alias: `x${index}`,
        config: { a: text(99_000) },
      })),
    },
    '/authentication/config',
    { alias: 'x', config: { a: text(1_500_000) } },
  ],
  ['the name of a required action', { requiredActions: [{ alias: text(300) }] }],
  [
    'the kind of a client',
    { clients: [{ clientId: 'c', type: text(300) }] },
    '/clients',
    { clientId: 'c', type: text(300) },
  ],
  [
    'the protocol of a client scope',
    { clientScopes: [{ ...scope, protocol: text(300) }] },
    '/client-scopes',
    { ...scope, protocol: text(300) },
  ],
  [
    'the kind of a component',
    { components: { [keys]: [{ providerId: 'rsa-generated', subType: text(300) }] } },
    '/components',
    { ...{ name: 'k', providerId: 'rsa-generated', providerType: keys }, subType: text(300) },
  ],
  [
    'the id of an identity provider',
    provider({ internalId: text(300) }),
    '/identity-provider/instances',
    { alias: 'x', providerId: 'oidc', internalId: text(300) },
  ],
  [
    'the name of an identity provider',
    provider({ displayName: text(70_000) }),
    '/identity-provider/instances',
    { alias: 'x', providerId: 'oidc', displayName: text(70_000) },
  ],
  ['the alias of an identity provider', provider({ alias: text(300) })],
  ['the settings of an identity provider', provider({ config: { a: text(300_000) } })],
  [
    'the id of a mapper of an identity provider',
    { ...provider({}), identityProviderMappers: [{ ...mapperOfProvider, id: text(300) }] },
  ],
  [
    'the settings of a mapper of an identity provider',
    {
      ...provider({}),
      identityProviderMappers: [{ ...mapperOfProvider, config: { a: text(300_000) } }],
    },
  ],
  [
    'who somebody is at an identity provider',
    {
      users: [
        { username: 'u', federatedIdentities: [{ identityProvider: 'x', userId: text(300) }] },
      ],
    },
    '/users',
    {
      username: 'u',
      federatedIdentities: [{ identityProvider: 'x', userId: text(300) }],
    },
  ],
  [
    'a claim name',
    {
      clientScopes: [
        {
          name: 's',
          protocol: 'openid-connect',
          protocolMappers: [
            {
              ...{ name: 'm', protocol: 'openid-connect' },
              protocolMapper: 'oidc-usermodel-attribute-mapper',
              config: { 'claim.name': 'a.'.repeat(5_000) },
            },
          ],
        },
      ],
    },
  ],
]
