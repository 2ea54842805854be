import { ownMember } from '../../../shared/own-member.ts'
import { type Provider, type ProviderProperty, property, provider } from '../provider.ts'

const baseUrl = property('baseUrl', 'Base URL', 'String')
const prompt = property('prompt', 'Prompt', 'String')
const jsonField = property('jsonField', 'Social Profile JSON Field Path', 'String')
const userAttribute = property('userAttribute', 'User Attribute Name', 'UserProfileAttributeList')
const role = property('role', 'Role', 'Role')
const claims = property('claims', 'Claims', 'Map')
const areClaimValuesRegex = property('are.claim.values.regex', 'Regex Claim Values', 'boolean')
const group = property('group', 'Group', 'Group')
const claim = property('claim', 'Claim', 'String')
const userAttribute2 = property('user.attribute', 'User Attribute Name', 'UserProfileAttributeList')
const allowNullableProperty = property(
  'allow.nullable.property',
  'Allow Nullable Property',
  'boolean',
  { default: 'false' },
)
const target = property('target', 'Target', 'List', {
  default: 'LOCAL',
  options: ['LOCAL', 'BROKER_ID', 'BROKER_USERNAME'],
})
const attributes = property('attributes', 'Attributes', 'Map')
const areAttributeValuesRegex = property(
  'are.attribute.values.regex',
  'Regex Attribute Values',
  'boolean',
)
const attributeName = property('attribute.name', 'Attribute Name', 'String')
const attributeFriendlyName = property('attribute.friendly.name', 'Friendly Name', 'String')

/** A mapper with the group in which consoles show it. */
function mapper(
  id: string,
  name: string,
  category: string,
  properties: readonly ProviderProperty[],
): Provider {
  return provider(id, name, properties, { category })
}

/** Kinds of identity providers. */
export const identityProviders: readonly Provider[] = [
  provider('jwt-authorization-grant', 'JWT Authorization Grant'),
  provider('keycloak-oidc', 'Keycloak OpenID Connect'),
  provider('kubernetes', 'Kubernetes'),
  provider('oauth2', 'OAuth v2'),
  provider('oidc', 'OpenID Connect v1.0'),
  provider('saml', 'SAML v2.0'),
]

/** Only where the feature of this name is on. */
export const spiffeProvider: Provider = provider('spiffe', 'SPIFFE')

/** Identity providers of well-known sites. */
export const socialProviders: readonly Provider[] = [
  provider('bitbucket', 'BitBucket'),
  provider('facebook', 'Facebook', [
    property('fetchedFields', "Additional user's profile fields", 'String'),
  ]),
  provider('github', 'GitHub', [
    baseUrl,
    property('apiUrl', 'API URL', 'String'),
    property('githubJsonFormat', 'JSON Format', 'boolean', { default: false }),
  ]),
  provider('gitlab', 'GitLab'),
  provider('google', 'Google', [
    prompt,
    property('hostedDomain', 'Hosted Domain', 'String'),
    property('userIp', 'Use userIp param', 'boolean'),
    property('offlineAccess', 'Request refresh token', 'boolean'),
    property('jwtAuthorizationGrantEnabled', 'JWT Authorization Grant', 'boolean'),
    property(
      'jwtAuthorizationGrantMaxAllowedAssertionExpiration',
      'Max allowed assertion expiration',
      'Number',
      { default: '3600' },
    ),
  ]),
  provider('linkedin-openid-connect', 'LinkedIn'),
  provider('microsoft', 'Microsoft', [prompt, property('tenantId', 'Tenant ID', 'String')]),
  provider('openshift-v4', 'Openshift v4', [baseUrl]),
  provider('paypal', 'PayPal', [property('sandbox', 'Target Sandbox', 'boolean')]),
  provider('stackoverflow', 'StackOverflow', [property('key', 'Key', 'String')]),
  provider('twitter', 'Twitter'),
]

/** What is taken over from an identity provider. */
export const identityProviderMappers: readonly Provider[] = [
  mapper('facebook-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('github-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('google-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('hardcoded-attribute-idp-mapper', 'Hardcoded Attribute', 'Attribute Importer', [
    property('attribute', 'User Attribute', 'UserProfileAttributeList'),
    property('attribute.value', 'User Attribute Value', 'String'),
  ]),
  mapper(
    'hardcoded-user-session-attribute-idp-mapper',
    'Hardcoded User Session Attribute',
    'Attribute Importer',
    [
      property('attribute', 'User Session Attribute', 'String'),
      property('attribute.value', 'User Session Attribute Value', 'String'),
    ],
  ),
  mapper('instagram-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('keycloak-oidc-role-to-role-idp-mapper', 'External Role to Role', 'Role Importer', [
    property('external.role', 'External role', 'String'),
    role,
  ]),
  mapper('linkedin-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('microsoft-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('oidc-advanced-group-idp-mapper', 'Advanced Claim to Group', 'Group Importer', [
    claims,
    areClaimValuesRegex,
    group,
  ]),
  mapper('oidc-advanced-role-idp-mapper', 'Advanced Claim to Role', 'Role Importer', [
    claims,
    areClaimValuesRegex,
    role,
  ]),
  mapper('oidc-hardcoded-group-idp-mapper', 'Hardcoded Group', 'Group Importer', [group]),
  mapper('oidc-hardcoded-role-idp-mapper', 'Hardcoded Role', 'Role Importer', [role]),
  mapper('oidc-role-idp-mapper', 'Claim to Role', 'Role Importer', [
    claim,
    property('claim.value', 'Claim Value', 'String'),
    role,
  ]),
  mapper('oidc-user-attribute-idp-mapper', 'Attribute Importer', 'Attribute Importer', [
    claim,
    userAttribute2,
    allowNullableProperty,
  ]),
  mapper('oidc-user-session-note-idp-mapper', 'User Session Note Mapper', 'User Session', [
    claims,
    areClaimValuesRegex,
  ]),
  mapper('oidc-username-idp-mapper', 'Username Template Importer', 'Preprocessor', [
    property('template', 'Template', 'String', { default: '${ALIAS}.${CLAIM.preferred_username}' }),
    target,
  ]),
  mapper('openshift-v4-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('paypal-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
  mapper('saml-advanced-group-idp-mapper', 'Advanced Attribute to Group', 'Group Importer', [
    attributes,
    areAttributeValuesRegex,
    group,
  ]),
  mapper('saml-advanced-role-idp-mapper', 'Advanced Attribute to Role', 'Role Importer', [
    attributes,
    areAttributeValuesRegex,
    role,
  ]),
  mapper('saml-role-idp-mapper', 'SAML Attribute to Role', 'Role Importer', [
    attributeName,
    attributeFriendlyName,
    property('attribute.value', 'Attribute Value', 'String'),
    role,
  ]),
  mapper('saml-user-attribute-idp-mapper', 'Attribute Importer', 'Attribute Importer', [
    attributeName,
    attributeFriendlyName,
    property('attribute.name.format', 'Name Format', 'List', {
      default: 'ATTRIBUTE_FORMAT_BASIC',
      options: ['ATTRIBUTE_FORMAT_BASIC', 'ATTRIBUTE_FORMAT_URI', 'ATTRIBUTE_FORMAT_UNSPECIFIED'],
    }),
    userAttribute2,
    allowNullableProperty,
  ]),
  mapper('saml-username-idp-mapper', 'Username Template Importer', 'Preprocessor', [
    property('template', 'Template', 'String', { default: '${ALIAS}.${NAMEID}' }),
    target,
  ]),
  mapper('saml-xpath-attribute-idp-mapper', 'XPath Attribute Importer', 'Attribute Importer', [
    property('attribute.xpath', 'Attribute XPath', 'String'),
    attributeName,
    attributeFriendlyName,
    userAttribute2,
  ]),
  mapper('stackoverflow-user-attribute-mapper', 'Attribute Importer', 'Attribute Importer', [
    jsonField,
    userAttribute,
  ]),
]

/** Mappers that every kind of identity provider may have. */
const common = [
  'hardcoded-attribute-idp-mapper',
  'hardcoded-user-session-attribute-idp-mapper',
  'oidc-hardcoded-group-idp-mapper',
  'oidc-hardcoded-role-idp-mapper',
]
const ofOpenidConnect = [
  'oidc-advanced-group-idp-mapper',
  'oidc-advanced-role-idp-mapper',
  'oidc-role-idp-mapper',
  'oidc-user-attribute-idp-mapper',
  'oidc-user-session-note-idp-mapper',
  'oidc-username-idp-mapper',
]
const byKind: Readonly<Record<string, readonly string[]>> = {
  oidc: ofOpenidConnect,
  'keycloak-oidc': [...ofOpenidConnect, 'keycloak-oidc-role-to-role-idp-mapper'],
}

/** @returns the mappers that a kind of identity provider may have */
export function mappersOfKind(providerId: string): Provider[] {
  const social = [`${providerId}-user-attribute-mapper`, 'oidc-username-idp-mapper']
  const own = ownMember(byKind, providerId) ?? social
  return identityProviderMappers.filter(
    ({ id }) =>
      common.includes(id) || (providerId === 'saml' ? id.startsWith('saml-') : own.includes(id)),
  )
}
