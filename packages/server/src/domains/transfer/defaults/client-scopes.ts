import { newUuid } from '../../../shared/random.ts'
import type { ClientScope, ProtocolMapper } from '../../realms/realm.ts'

type NewScope = Omit<ClientScope, 'realmId' | 'ver'>
type Config = Record<string, string>

const inAccessToken: Config = { 'introspection.token.claim': 'true', 'access.token.claim': 'true' }
const inTokens: Config = { ...inAccessToken, 'id.token.claim': 'true' }
const everywhere: Config = { ...inTokens, 'userinfo.token.claim': 'true' }

function mapper(name: string, protocolMapper: string, config: Config, protocol = 'openid-connect') {
  const created: ProtocolMapper = {
    id: newUuid(),
    name,
    protocol,
    protocolMapper,
    consentRequired: false,
    config: { ...config },
  }
  return created
}

function attribute(name: string, userAttribute: string, claim: string, type = 'String') {
  return mapper(name, 'oidc-usermodel-attribute-mapper', {
    ...everywhere,
    'user.attribute': userAttribute,
    'claim.name': claim,
    'jsonType.label': type,
  })
}

function sessionNote(name: string, note: string, claim: string, type = 'String') {
  return mapper(name, 'oidc-usersessionmodel-note-mapper', {
    ...inTokens,
    'user.session.note': note,
    'claim.name': claim,
    'jsonType.label': type,
  })
}

function roleMapper(name: string, provider: string, claim: string, tokens: Config) {
  return mapper(name, provider, {
    ...tokens,
    multivalued: 'true',
    'user.attribute': 'foo',
    'claim.name': claim,
    'jsonType.label': 'String',
  })
}

function scope(
  name: string,
  description: string,
  attributes: Config,
  protocolMappers: ProtocolMapper[],
  protocol = 'openid-connect',
): NewScope {
  return { id: newUuid(), name, description, protocol, attributes, protocolMappers }
}

function shown(consentText: string, inToken = 'true'): Config {
  return {
    'include.in.token.scope': inToken,
    'consent.screen.text': consentText,
    'display.on.consent.screen': 'true',
  }
}

const hidden: Config = { 'include.in.token.scope': 'false', 'display.on.consent.screen': 'false' }

function profileScope(): NewScope {
  const mappers = [
    mapper('full name', 'oidc-full-name-mapper', everywhere),
    attribute('family name', 'lastName', 'family_name'),
    attribute('given name', 'firstName', 'given_name'),
    attribute('middle name', 'middleName', 'middle_name'),
    attribute('nickname', 'nickname', 'nickname'),
    attribute('username', 'username', 'preferred_username'),
    attribute('profile', 'profile', 'profile'),
    attribute('picture', 'picture', 'picture'),
    attribute('website', 'website', 'website'),
    attribute('gender', 'gender', 'gender'),
    attribute('birthdate', 'birthdate', 'birthdate'),
    attribute('zoneinfo', 'zoneinfo', 'zoneinfo'),
    attribute('locale', 'locale', 'locale'),
    attribute('updated at', 'updatedAt', 'updated_at', 'long'),
  ]
  const description = 'OpenID Connect built-in scope: profile'
  return scope('profile', description, shown('${profileScopeConsentText}'), mappers)
}

function addressMapper(): ProtocolMapper {
  const members = ['formatted', 'country', 'postal_code', 'street', 'region', 'locality']
  const config = Object.fromEntries(members.map((name) => [`user.attribute.${name}`, name]))
  return mapper('address', 'oidc-address-mapper', { ...everywhere, ...config })
}

function contactScopes(): NewScope[] {
  const emailVerified = mapper('email verified', 'oidc-usermodel-property-mapper', {
    ...everywhere,
    'user.attribute': 'emailVerified',
    'claim.name': 'email_verified',
    'jsonType.label': 'boolean',
  })
  return [
    scope('email', 'OpenID Connect built-in scope: email', shown('${emailScopeConsentText}'), [
      attribute('email', 'email', 'email'),
      emailVerified,
    ]),
    scope(
      'address',
      'OpenID Connect built-in scope: address',
      shown('${addressScopeConsentText}'),
      [addressMapper()],
    ),
    scope('phone', 'OpenID Connect built-in scope: phone', shown('${phoneScopeConsentText}'), [
      attribute('phone number', 'phoneNumber', 'phone_number'),
      attribute('phone number verified', 'phoneNumberVerified', 'phone_number_verified', 'boolean'),
    ]),
  ]
}

function roleScopes(): NewScope[] {
  const clientRoles = 'oidc-usermodel-client-role-mapper'
  const realmRoles = 'oidc-usermodel-realm-role-mapper'
  return [
    scope(
      'roles',
      'OpenID Connect scope for add user roles to the access token',
      shown('${rolesScopeConsentText}', 'false'),
      [
        roleMapper('realm roles', realmRoles, 'realm_access.roles', inAccessToken),
        roleMapper(
          'client roles',
          clientRoles,
          'resource_access.${client_id}.roles',
          inAccessToken,
        ),
        mapper('audience resolve', 'oidc-audience-resolve-mapper', inAccessToken),
      ],
    ),
    scope(
      'microprofile-jwt',
      'Microprofile - JWT built-in scope',
      { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' },
      [attribute('upn', 'username', 'upn'), roleMapper('groups', realmRoles, 'groups', inTokens)],
    ),
    scope(
      'offline_access',
      'OpenID Connect built-in scope: offline_access',
      {
        'consent.screen.text': '${offlineAccessScopeConsentText}',
        'display.on.consent.screen': 'true',
      },
      [],
    ),
  ]
}

function tokenScopes(): NewScope[] {
  return [
    scope(
      'web-origins',
      'OpenID Connect scope for add allowed web origins to the access token',
      { ...hidden, 'consent.screen.text': '' },
      [mapper('allowed web origins', 'oidc-allowed-origins-mapper', inAccessToken)],
    ),
    scope(
      'acr',
      'OpenID Connect scope for add acr (authentication context class reference) to the token',
      { ...hidden },
      [mapper('acr loa level', 'oidc-acr-mapper', inTokens)],
    ),
    scope('basic', 'OpenID Connect scope for add all basic claims to the token', { ...hidden }, [
      mapper('sub', 'oidc-sub-mapper', inAccessToken),
      sessionNote('auth_time', 'AUTH_TIME', 'auth_time', 'long'),
    ]),
    scope(
      'service_account',
      'Specific scope for a client enabled for service accounts',
      { ...hidden },
      [
        sessionNote('Client ID', 'client_id', 'client_id'),
        sessionNote('Client Host', 'clientHost', 'clientHost'),
        sessionNote('Client IP Address', 'clientAddress', 'clientAddress'),
      ],
    ),
    scope(
      'organization',
      'Additional claims about the organization a subject belongs to',
      shown('${organizationScopeConsentText}'),
      [
        mapper('organization', 'oidc-organization-membership-mapper', {
          ...inTokens,
          'claim.name': 'organization',
          'jsonType.label': 'String',
          multivalued: 'true',
        }),
      ],
    ),
  ]
}

function samlScopes(): NewScope[] {
  return [
    scope(
      'role_list',
      'SAML role list',
      {
        'consent.screen.text': '${samlRoleListScopeConsentText}',
        'display.on.consent.screen': 'true',
      },
      [
        mapper(
          'role list',
          'saml-role-list-mapper',
          { single: 'false', 'attribute.nameformat': 'Basic', 'attribute.name': 'Role' },
          'saml',
        ),
      ],
      'saml',
    ),
    scope(
      'saml_organization',
      'Organization Membership',
      { 'display.on.consent.screen': 'false' },
      [mapper('organization', 'saml-organization-membership-mapper', {}, 'saml')],
      'saml',
    ),
    scope(
      'AuthnContextClassRef',
      // Spelled as Keycloak spells it: exports compare it.
      'AuthnContextClassRef Level of Authentiation',
      {},
      [mapper('AuthnContextClassRef', 'saml-authn-context-class-ref-mapper', {}, 'saml')],
      'saml',
    ),
  ]
}

/** The client scopes of a new realm (Keycloak 26.7). */
export function defaultClientScopes(): NewScope[] {
  return [profileScope(), ...contactScopes(), ...roleScopes(), ...tokenScopes(), ...samlScopes()]
}

/** Scopes that new clients of a realm get, and those that they may ask for. */
export const defaultScopeNames = {
  defaultDefaultClientScopes: [
    'role_list',
    'saml_organization',
    'AuthnContextClassRef',
    'profile',
    'email',
    'roles',
    'web-origins',
    'acr',
    'basic',
  ],
  defaultOptionalClientScopes: [
    'offline_access',
    'address',
    'phone',
    'microprofile-jwt',
    'organization',
  ],
} as const
