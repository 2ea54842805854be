import { type Provider, property, provider } from '../provider.ts'

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

/** Kinds of identity providers. */
export const identityProviders: readonly Provider[] = [
  provider('jwt-authorization-grant', 'JWT Authorization Grant'),
  provider('keycloak-oidc', 'Keycloak OpenID Connect'),
  provider('kubernetes', 'Kubernetes'),
  provider('oauth2', 'OAuth v2'),
  provider('oidc', 'OpenID Connect v1.0'),
  provider('saml', 'SAML v2.0'),
]

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
  provider('facebook-user-attribute-mapper', 'facebook-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('github-user-attribute-mapper', 'github-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('google-user-attribute-mapper', 'google-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('hardcoded-attribute-idp-mapper', 'hardcoded-attribute-idp-mapper', [
    property('attribute', 'User Attribute', 'UserProfileAttributeList'),
    property('attribute.value', 'User Attribute Value', 'String'),
  ]),
  provider(
    'hardcoded-user-session-attribute-idp-mapper',
    'hardcoded-user-session-attribute-idp-mapper',
    [
      property('attribute', 'User Session Attribute', 'String'),
      property('attribute.value', 'User Session Attribute Value', 'String'),
    ],
  ),
  provider('instagram-user-attribute-mapper', 'instagram-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('keycloak-oidc-role-to-role-idp-mapper', 'keycloak-oidc-role-to-role-idp-mapper', [
    property('external.role', 'External role', 'String'),
    role,
  ]),
  provider('linkedin-user-attribute-mapper', 'linkedin-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('microsoft-user-attribute-mapper', 'microsoft-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('oidc-advanced-group-idp-mapper', 'oidc-advanced-group-idp-mapper', [
    claims,
    areClaimValuesRegex,
    group,
  ]),
  provider('oidc-advanced-role-idp-mapper', 'oidc-advanced-role-idp-mapper', [
    claims,
    areClaimValuesRegex,
    role,
  ]),
  provider('oidc-hardcoded-group-idp-mapper', 'oidc-hardcoded-group-idp-mapper', [group]),
  provider('oidc-hardcoded-role-idp-mapper', 'oidc-hardcoded-role-idp-mapper', [role]),
  provider('oidc-role-idp-mapper', 'oidc-role-idp-mapper', [
    claim,
    property('claim.value', 'Claim Value', 'String'),
    role,
  ]),
  provider('oidc-user-attribute-idp-mapper', 'oidc-user-attribute-idp-mapper', [
    claim,
    userAttribute2,
    allowNullableProperty,
  ]),
  provider('oidc-user-session-note-idp-mapper', 'oidc-user-session-note-idp-mapper', [
    claims,
    areClaimValuesRegex,
  ]),
  provider('oidc-username-idp-mapper', 'oidc-username-idp-mapper', [
    property('template', 'Template', 'String', { default: '${ALIAS}.${CLAIM.preferred_username}' }),
    target,
  ]),
  provider('openshift-v4-user-attribute-mapper', 'openshift-v4-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('paypal-user-attribute-mapper', 'paypal-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
  provider('saml-advanced-group-idp-mapper', 'saml-advanced-group-idp-mapper', [
    attributes,
    areAttributeValuesRegex,
    group,
  ]),
  provider('saml-advanced-role-idp-mapper', 'saml-advanced-role-idp-mapper', [
    attributes,
    areAttributeValuesRegex,
    role,
  ]),
  provider('saml-role-idp-mapper', 'saml-role-idp-mapper', [
    attributeName,
    attributeFriendlyName,
    property('attribute.value', 'Attribute Value', 'String'),
    role,
  ]),
  provider('saml-user-attribute-idp-mapper', 'saml-user-attribute-idp-mapper', [
    attributeName,
    attributeFriendlyName,
    property('attribute.name.format', 'Name Format', 'List', {
      default: 'ATTRIBUTE_FORMAT_BASIC',
      options: ['ATTRIBUTE_FORMAT_BASIC', 'ATTRIBUTE_FORMAT_URI', 'ATTRIBUTE_FORMAT_UNSPECIFIED'],
    }),
    userAttribute2,
    allowNullableProperty,
  ]),
  provider('saml-username-idp-mapper', 'saml-username-idp-mapper', [
    property('template', 'Template', 'String', { default: '${ALIAS}.${NAMEID}' }),
    target,
  ]),
  provider('saml-xpath-attribute-idp-mapper', 'saml-xpath-attribute-idp-mapper', [
    property('attribute.xpath', 'Attribute XPath', 'String'),
    attributeName,
    attributeFriendlyName,
    userAttribute2,
  ]),
  provider('stackoverflow-user-attribute-mapper', 'stackoverflow-user-attribute-mapper', [
    jsonField,
    userAttribute,
  ]),
]
