import { each, mapper, plainRole, realmAdmin } from './case.ts'

const scope = '/client-scopes/{clientScope}'
export const clientScopes = each([
  ['POST client scope', '/client-scopes', { name: 'made-{who}', protocol: 'openid-connect' }],
  ['PUT client scope', scope, { name: 'scope-{who}', protocol: 'openid-connect' }],
  ['POST scope mapper', `${scope}/protocol-mappers/models`, mapper],
  [
    'PUT scope mapper',
    `${scope}/protocol-mappers/models/{scopeMapper}`,
    { ...mapper, id: '{scopeMapper}', name: 'present' },
  ],
  ['DELETE scope mapper', `${scope}/protocol-mappers/models/{scopeMapper}`],
  ['POST realm role of scope', `${scope}/scope-mappings/realm`, plainRole],
  ['DELETE realm role of scope', `${scope}/scope-mappings/realm`, plainRole],
  ['POST realm-admin of scope', `${scope}/scope-mappings/clients/{administration}`, realmAdmin],
  ['DELETE client scope', scope],
])

export const authentication = each([
  [
    'POST flow',
    '/authentication/flows',
    { alias: 'made-{who}', providerId: 'basic-flow', topLevel: true, builtIn: false },
  ],
  ['POST flow copy', '/authentication/flows/browser/copy', { newName: 'copy-{who}' }],
  [
    'PUT flow',
    '/authentication/flows/{flow}',
    {
      id: '{flow}',
      alias: 'flow-{who}',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
      description: 'changed',
    },
  ],
  [
    'POST execution',
    '/authentication/flows/flow-{who}/executions/execution',
    { provider: 'auth-cookie' },
  ],
  [
    'POST flow in flow',
    '/authentication/flows/flow-{who}/executions/flow',
    { alias: 'inner-{who}', type: 'basic-flow', provider: 'registration-page-form' },
  ],
  [
    'PUT execution',
    '/authentication/flows/flow-{who}/executions',
    { id: '{user}', requirement: 'DISABLED' },
  ],
  ['POST raise priority', '/authentication/executions/{user}/raise-priority'],
  ['POST execution config', '/authentication/executions/{user}/config', { alias: 'a', config: {} }],
  ['DELETE execution', '/authentication/executions/{user}'],
  ['PUT authenticator config', '/authentication/config/{user}', { alias: 'a', config: {} }],
  ['DELETE authenticator config', '/authentication/config/{user}'],
  ['DELETE flow', '/authentication/flows/{flow}'],
  [
    'PUT required action',
    '/authentication/required-actions/CONFIGURE_TOTP',
    {
      alias: 'CONFIGURE_TOTP',
      name: 'Configure OTP',
      providerId: 'CONFIGURE_TOTP',
      enabled: true,
      defaultAction: false,
      priority: 10,
      config: {},
    },
  ],
  ['POST required action raise', '/authentication/required-actions/CONFIGURE_TOTP/raise-priority'],
  ['POST required action lower', '/authentication/required-actions/CONFIGURE_TOTP/lower-priority'],
  [
    'POST register required action',
    '/authentication/register-required-action',
    { providerId: 'nothing', name: 'Nothing' },
  ],
])

export const identityProviders = each([
  [
    'POST identity provider',
    '/identity-provider/instances',
    { alias: 'made-{who}', providerId: 'oidc', config: {} },
  ],
  [
    'PUT identity provider',
    '/identity-provider/instances/{idp}',
    { alias: '{idp}', providerId: 'oidc', config: {} },
  ],
  [
    'POST identity provider mapper',
    '/identity-provider/instances/{idp}/mappers',
    {
      name: 'm',
      identityProviderAlias: '{idp}',
      identityProviderMapper: 'hardcoded-attribute-idp-mapper',
      config: { attribute: 'a', 'attribute.value': 'b', syncMode: 'INHERIT' },
    },
  ],
  ['DELETE identity provider', '/identity-provider/instances/{idp}'],
])

export const organizations = each([
  [
    'POST organization',
    '/organizations',
    { name: 'made-{who}', domains: [{ name: '{who}.example.org' }] },
  ],
])
