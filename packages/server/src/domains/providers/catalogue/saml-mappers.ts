import { type Provider, property, provider } from '../provider.ts'

const friendlyName = property('friendly.name', 'Friendly Name', 'String')
const attributeNameformat = property('attribute.nameformat', 'SAML Attribute NameFormat', 'List', {
  options: ['Basic', 'URI Reference', 'Unspecified'],
})
const attributeName = property('attribute.name', 'SAML Attribute Name', 'String')
const role = property('role', 'Role', 'Role')
const userAttribute = property(
  'user.attribute',
  'usermodel.attr.label',
  'UserProfileAttributeList',
  { required: true },
)

/** Protocol mappers of SAML. */
export const samlMappers: readonly Provider[] = [
  provider(
    'saml-audience-mapper',
    'Audience',
    [
      property('included.client.audience', 'included.client.audience.label', 'ClientList'),
      property('included.custom.audience', 'included.custom.audience.label', 'String'),
    ],
    { category: 'Audience mapper' },
  ),
  provider('saml-audience-resolve-mapper', 'Audience Resolve', [], { category: 'Audience mapper' }),
  provider('saml-authn-context-class-ref-mapper', 'AuthnContextClassRef mapper', [], {
    category: 'AuthnContextClassRef mapper',
  }),
  provider(
    'saml-group-membership-mapper',
    'Group list',
    [
      property('attribute.name', 'Group attribute name', 'String', { default: 'member' }),
      friendlyName,
      attributeNameformat,
      property('single', 'Single Group Attribute', 'boolean', { default: 'true' }),
      property('full.path', 'Full group path', 'boolean', { default: 'true' }),
    ],
    { category: 'Group Mapper' },
  ),
  provider(
    'saml-hardcode-attribute-mapper',
    'Hardcoded attribute',
    [
      friendlyName,
      attributeName,
      attributeNameformat,
      property('attribute.value', 'Attribute value', 'String'),
    ],
    { category: 'AttributeStatement Mapper' },
  ),
  provider('saml-hardcode-role-mapper', 'Hardcoded role', [role], {
    category: 'AttributeStatement Mapper',
  }),
  provider(
    'saml-organization-group-membership-mapper',
    'Organization Group Membership',
    [
      property('addGroupRoleMappings', 'addGroupRoleMappings.label', 'boolean', {
        help: 'addGroupRoleMappings.help',
        default: 'false',
      }),
    ],
    { category: 'AttributeStatement Mapper', priority: 10 },
  ),
  provider('saml-organization-membership-mapper', 'Organization Membership', [], {
    category: 'AttributeStatement Mapper',
  }),
  provider(
    'saml-role-list-mapper',
    'Role list',
    [
      property('attribute.name', 'Role attribute name', 'String', { default: 'Role' }),
      friendlyName,
      attributeNameformat,
      property('single', 'Single Role Attribute', 'boolean', { default: 'true' }),
    ],
    { category: 'Role Mapper' },
  ),
  provider(
    'saml-role-name-mapper',
    'Role Name Mapper',
    [role, property('new.role.name', 'New Role Name', 'String')],
    { category: 'Role Mapper' },
  ),
  provider(
    'saml-user-attribute-mapper',
    'User Attribute',
    [
      userAttribute,
      friendlyName,
      attributeName,
      attributeNameformat,
      property('aggregate.attrs', 'aggregate.attrs.label', 'boolean'),
    ],
    { category: 'AttributeStatement Mapper' },
  ),
  provider(
    'saml-user-attribute-nameid-mapper',
    'User Attribute Mapper For NameID',
    [
      property('mapper.nameid.format', 'name-id-format', 'List', {
        help: 'mapper.nameid.format.tooltip',
        options: [
          'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
          'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
          'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
          'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
        ],
      }),
      userAttribute,
    ],
    { category: 'NameID Mapper' },
  ),
  provider(
    'saml-user-property-mapper',
    'User Property',
    [
      property('user.attribute', 'usermodel.prop.label', 'UserProfileAttributeList', {
        required: true,
      }),
      friendlyName,
      attributeName,
      attributeNameformat,
    ],
    { category: 'AttributeStatement Mapper' },
  ),
  provider(
    'saml-user-session-note-mapper',
    'User Session Note',
    [
      property('note', 'User Session Note Attribute', 'String'),
      friendlyName,
      attributeName,
      attributeNameformat,
    ],
    { category: 'AttributeStatement Mapper' },
  ),
]

/** Protocol mappers of the Docker registry protocol. */
export const dockerMappers: readonly Provider[] = [
  provider('docker-v2-allow-all-mapper', 'Allow All', [], { category: 'Docker Auth Mapper' }),
]
