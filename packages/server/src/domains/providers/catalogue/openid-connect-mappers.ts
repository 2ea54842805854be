import { type Provider, property, provider } from '../provider.ts'

const idTokenClaim = property('id.token.claim', 'includeInIdToken.label', 'boolean', {
  default: 'true',
})
const accessTokenClaim = property('access.token.claim', 'includeInAccessToken.label', 'boolean', {
  default: 'true',
})
const lightweightClaim = property('lightweight.claim', 'includeInLightweight.label', 'boolean', {
  default: 'false',
})
const introspectionTokenClaim = property(
  'introspection.token.claim',
  'includeInIntrospection.label',
  'boolean',
  { default: 'true' },
)
const userinfoTokenClaim = property('userinfo.token.claim', 'includeInUserInfo.label', 'boolean', {
  default: 'true',
})
const claimName = property('claim.name', 'tokenClaimName.label', 'String', { required: true })
const jsonTypeLabel = property('jsonType.label', 'jsonType.label', 'List', {
  options: ['String', 'long', 'int', 'boolean', 'JSON'],
})
const accessTokenResponseClaim = property(
  'access.tokenResponse.claim',
  'includeInAccessTokenResponse.label',
  'boolean',
  { default: 'false' },
)
const role = property('role', 'Role', 'Role')
const multivalued = property('multivalued', 'multivalued.label', 'boolean', { default: 'true' })

/** Protocol mappers of OpenID Connect. */
export const openidConnectMappers: readonly Provider[] = [
  provider('oidc-acr-mapper', 'Authentication Context Class Reference (ACR)', [
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-address-mapper', 'User Address', [
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
    property('user.attribute.street', 'addressClaim.street.label', 'String', { default: 'street' }),
    property('user.attribute.locality', 'addressClaim.locality.label', 'String', {
      default: 'locality',
    }),
    property('user.attribute.region', 'addressClaim.region.label', 'String', { default: 'region' }),
    property('user.attribute.postal_code', 'addressClaim.postal_code.label', 'String', {
      default: 'postal_code',
    }),
    property('user.attribute.country', 'addressClaim.country.label', 'String', {
      default: 'country',
    }),
    property('user.attribute.formatted', 'addressClaim.formatted.label', 'String', {
      default: 'formatted',
    }),
  ]),
  provider('oidc-allowed-origins-mapper', 'Allowed Web Origins', [
    accessTokenClaim,
    lightweightClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-amr-mapper', 'Authentication Method Reference (AMR)', [
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
  ]),
  provider('oidc-audience-mapper', 'Audience', [
    property('included.client.audience', 'included.client.audience.label', 'ClientList'),
    property('included.custom.audience', 'included.custom.audience.label', 'String'),
    property('id.token.claim', 'includeInIdToken.label', 'boolean', { default: 'false' }),
    accessTokenClaim,
    lightweightClaim,
    introspectionTokenClaim,
  ]),
  provider(
    'oidc-audience-resolve-mapper',
    'Audience Resolve',
    [accessTokenClaim, lightweightClaim, introspectionTokenClaim],
    { priority: 30 },
  ),
  provider('oidc-claims-param-token-mapper', 'Claims parameter Token', [
    idTokenClaim,
    userinfoTokenClaim,
  ]),
  provider('oidc-claims-param-value-idtoken-mapper', 'Claims parameter with value ID Token', [
    property('claim.name', 'Claim name', 'String'),
    idTokenClaim,
  ]),
  provider('oidc-full-name-mapper', "User's full name", [
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-group-membership-mapper', 'Group Membership', [
    claimName,
    property('full.path', 'Full group path', 'boolean', { default: 'true' }),
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-hardcoded-claim-mapper', 'Hardcoded claim', [
    claimName,
    property('claim.value', 'Claim value', 'String'),
    jsonTypeLabel,
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    accessTokenResponseClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-hardcoded-role-mapper', 'Hardcoded Role', [role], { priority: 20 }),
  provider('oidc-nonce-backwards-compatible-mapper', 'Nonce backwards compatible'),
  provider(
    'oidc-organization-group-membership-mapper',
    'Organization Group Membership',
    [
      idTokenClaim,
      accessTokenClaim,
      lightweightClaim,
      userinfoTokenClaim,
      introspectionTokenClaim,
      property('addGroupRoleMappings', 'addGroupRoleMappings.label', 'boolean', {
        help: 'addGroupRoleMappings.help',
        default: 'false',
      }),
    ],
    { priority: 10 },
  ),
  provider('oidc-organization-membership-mapper', 'Organization Membership', [
    claimName,
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
    property('jsonType.label', 'jsonType.label', 'List', {
      default: 'String',
      options: ['String', 'JSON'],
    }),
    multivalued,
    property('addOrganizationAttributes', 'addOrganizationAttributes.label', 'boolean', {
      help: 'addOrganizationAttributes.help',
      default: 'false',
    }),
    property('addOrganizationId', 'addOrganizationId.label', 'boolean', {
      help: 'addOrganizationId.help',
      default: 'false',
    }),
    property('addOrganizationDomain', 'addOrganizationDomain.label', 'boolean', {
      help: 'addOrganizationDomain.help',
      default: 'false',
    }),
  ]),
  provider(
    'oidc-role-name-mapper',
    'Role Name Mapper',
    [role, property('new.role.name', 'New Role Name', 'String')],
    { priority: 10 },
  ),
  provider('oidc-session-state-mapper', 'Session State (session_state)', [
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
  ]),
  provider('oidc-sha256-pairwise-sub-mapper', 'Pairwise subject identifier', [
    property('sectorIdentifierUri', 'sectorIdentifierUri.label', 'String'),
    property('pairwiseSubAlgorithmSalt', 'pairwiseSubAlgorithmSalt.label', 'String'),
  ]),
  provider(
    'oidc-sub-mapper',
    'Subject (sub)',
    [accessTokenClaim, lightweightClaim, introspectionTokenClaim],
    { priority: -10 },
  ),
  provider('oidc-usermodel-attribute-mapper', 'User Attribute', [
    property('user.attribute', 'usermodel.attr.label', 'UserProfileAttributeList'),
    claimName,
    jsonTypeLabel,
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
    property('multivalued', 'multivalued.label', 'boolean'),
    property('aggregate.attrs', 'aggregate.attrs.label', 'boolean'),
  ]),
  provider(
    'oidc-usermodel-client-role-mapper',
    'User Client Role',
    [
      property(
        'usermodel.clientRoleMapping.clientId',
        'usermodel.clientRoleMapping.clientId.label',
        'ClientList',
      ),
      property(
        'usermodel.clientRoleMapping.rolePrefix',
        'usermodel.clientRoleMapping.rolePrefix.label',
        'String',
      ),
      multivalued,
      property('claim.name', 'tokenClaimName.label', 'String', {
        help: 'usermodel.clientRoleMapping.tokenClaimName.tooltip',
        required: true,
      }),
      jsonTypeLabel,
      idTokenClaim,
      accessTokenClaim,
      lightweightClaim,
      userinfoTokenClaim,
      introspectionTokenClaim,
    ],
    { priority: 40 },
  ),
  provider('oidc-usermodel-property-mapper', 'User Property', [
    property('user.attribute', 'usermodel.prop.label', 'String'),
    claimName,
    jsonTypeLabel,
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    introspectionTokenClaim,
  ]),
  provider(
    'oidc-usermodel-realm-role-mapper',
    'User Realm Role',
    [
      property(
        'usermodel.realmRoleMapping.rolePrefix',
        'usermodel.realmRoleMapping.rolePrefix.label',
        'String',
      ),
      multivalued,
      claimName,
      jsonTypeLabel,
      idTokenClaim,
      accessTokenClaim,
      lightweightClaim,
      userinfoTokenClaim,
      introspectionTokenClaim,
    ],
    { priority: 40 },
  ),
  provider('oidc-usersessionmodel-note-mapper', 'User Session Note', [
    property('user.session.note', 'userSession.modelNote.label', 'String', { required: true }),
    claimName,
    jsonTypeLabel,
    idTokenClaim,
    accessTokenClaim,
    lightweightClaim,
    userinfoTokenClaim,
    accessTokenResponseClaim,
    introspectionTokenClaim,
  ]),
]
