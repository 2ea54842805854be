/** How far a feature is: Keycloak's types. */
type FeatureType = 'DEFAULT' | 'DEPRECATED' | 'DISABLED_BY_DEFAULT' | 'EXPERIMENTAL' | 'PREVIEW'

/** A part of Keycloak that can be switched on or off. */
export interface Feature {
  readonly name: string
  readonly label: string
  readonly type: FeatureType
  readonly dependencies: readonly string[]
}

function feature(
  name: string,
  label: string,
  type: FeatureType,
  dependencies: readonly string[] = [],
): Feature {
  return { name, label, type, dependencies }
}

/**
 * Features of Keycloak that this server has. What is not here is listed as switched off, whatever Keycloak does with it:
 * consoles show what a feature brings.
 */
const present: ReadonlySet<string> = new Set([
  'ACCOUNT_API',
  'ACCOUNT_V3',
  'ADMIN_API',
  'ADMIN_FINE_GRAINED_AUTHZ_V2',
  'ADMIN_V2',
  'AUTHORIZATION',
  'CIBA',
  'CIMD',
  'CLIENT_AUTH_FEDERATED',
  'CLIENT_POLICIES',
  'DEVICE_FLOW',
  'DOCKER',
  'DPOP',
  'HOSTNAME_V2',
  'IMPERSONATION',
  'JWT_AUTHORIZATION_GRANT',
  'KUBERNETES_SERVICE_ACCOUNTS',
  'LOGIN_V2',
  'LOG_MDC',
  'MULTI_SITE',
  'OPENTELEMETRY',
  'OPENTELEMETRY_LOGS',
  'OPENTELEMETRY_METRICS',
  'ORGANIZATION',
  'PAR',
  'PASSKEYS',
  'PERSISTENT_USER_SESSIONS',
  'RECOVERY_CODES',
  'ROLLING_UPDATES_V1',
  'ROLLING_UPDATES_V2',
  'SPIFFE',
  'STATELESS',
  'STEP_UP_AUTHENTICATION',
  'TOKEN_EXCHANGE_STANDARD_V2',
  'UPDATE_EMAIL',
  'USER_EVENT_METRICS',
  'WEB_AUTHN',
  'WORKFLOWS',
])

/** @returns whether a feature of Keycloak is there and on */
export function isPresent({ name }: Pick<Feature, 'name'>): boolean {
  return present.has(name)
}

/** Features of Keycloak 26.7. */
export const features: readonly Feature[] = [
  feature('ACCOUNT_API', 'Account Management REST API', 'DEFAULT'),
  feature('ACCOUNT_V3', 'Account Console version 3', 'DEFAULT', ['ACCOUNT_API']),
  feature('ADMIN_API', 'Admin API', 'DEFAULT'),
  feature('ADMIN_FINE_GRAINED_AUTHZ', 'Fine-Grained Admin Permissions', 'DEPRECATED'),
  feature('ADMIN_FINE_GRAINED_AUTHZ_V2', 'Fine-Grained Admin Permissions version 2', 'DEFAULT', [
    'AUTHORIZATION',
  ]),
  feature('ADMIN_V2', 'New Admin Console', 'DEFAULT', ['ADMIN_API']),
  feature('AUTHORIZATION', 'Authorization Service', 'DEFAULT'),
  feature('AUTHZEN', 'OpenID AuthZen Authorization', 'EXPERIMENTAL'),
  feature('CIBA', '', 'DEFAULT'),
  feature('CIMD', 'OAuth Client ID Metadata Document', 'EXPERIMENTAL'),
  feature('CLIENT_ADMIN_API_V2', 'Client Admin API v2', 'EXPERIMENTAL', ['ADMIN_API']),
  feature('CLIENT_AUTH_ABCA', 'Attestation-Based Client Authentication', 'EXPERIMENTAL'),
  feature('CLIENT_AUTH_FEDERATED', '', 'DEFAULT'),
  feature('CLIENT_POLICIES', 'Client configuration policies', 'DEFAULT'),
  feature('CLIENT_SECRET_ROTATION', 'Client Secret Rotation', 'PREVIEW'),
  feature('CLIENT_TYPES', 'Client Types', 'EXPERIMENTAL'),
  feature('CLUSTERLESS', '', 'EXPERIMENTAL'),
  feature('DB_TIDB', 'TiDB database type', 'EXPERIMENTAL'),
  feature('DECLARATIVE_UI', 'declarative ui spi', 'EXPERIMENTAL'),
  feature('DEVICE_FLOW', 'OAuth 2.0 Device Authorization Grant', 'DEFAULT'),
  feature('DOCKER', 'Docker Registry protocol', 'DISABLED_BY_DEFAULT'),
  feature('DPOP', '', 'DEFAULT'),
  feature('FIPS', 'FIPS 140-2 mode', 'DISABLED_BY_DEFAULT'),
  feature('HOSTNAME_V2', 'Hostname Options V2', 'DEFAULT'),
  feature('HTTP_OPTIMIZED_SERIALIZERS', '', 'PREVIEW'),
  feature('IDENTITY_ASSERTION_JWT', 'Identity Assertion JWT', 'EXPERIMENTAL'),
  feature('IDENTITY_BROKERING_API_V1', 'Identity Brokering API V1', 'DEFAULT'),
  feature('IDENTITY_BROKERING_API_V2', 'Identity Brokering API V2', 'DISABLED_BY_DEFAULT'),
  feature('IMPERSONATION', 'Ability for admins to impersonate users', 'DEFAULT'),
  feature('INSTAGRAM_BROKER', 'Instagram Identity Broker', 'DEPRECATED'),
  feature('IPA_TUURA_FEDERATION', 'IPA-Tuura user federation provider', 'EXPERIMENTAL'),
  feature('JWT_AUTHORIZATION_GRANT', 'JWT Profile for Oauth 2.0 Authorization Grant', 'DEFAULT'),
  feature('KERBEROS', 'Kerberos', 'DEFAULT'),
  feature(
    'KUBERNETES_SERVICE_ACCOUNTS',
    'Kubernetes service accounts trust relationship provider',
    'DEFAULT',
  ),
  feature('LOGIN_V1', 'Legacy Login Theme', 'DEPRECATED'),
  feature('LOGIN_V2', 'New Login Theme', 'DEFAULT'),
  feature(
    'LOGOUT_ALL_SESSIONS_V1',
    'Logout all sessions logs out only regular sessions',
    'DEPRECATED',
  ),
  feature('LOG_MDC', 'Mapped Diagnostic Context (MDC) information in logs', 'DEFAULT'),
  feature('MULTI_SITE', 'Multi-site support', 'DISABLED_BY_DEFAULT'),
  feature('OID4VC_VCI', 'Support for the OID4VCI protocol as part of OID4VC.', 'EXPERIMENTAL'),
  feature('OID4VC_VCI_PREAUTH_CODE', '', 'EXPERIMENTAL', ['OID4VC_VCI']),
  feature(
    'OID4VC_VCI_REST_CREDENTIAL_OFFER',
    'Support for the REST endpoint to create credential offers.',
    'EXPERIMENTAL',
    ['OID4VC_VCI'],
  ),
  feature('OPENAPI', 'OpenAPI specification served at runtime', 'EXPERIMENTAL', [
    'CLIENT_ADMIN_API_V2',
  ]),
  feature('OPENTELEMETRY', 'OpenTelemetry support', 'DEFAULT'),
  feature('OPENTELEMETRY_LOGS', 'OpenTelemetry Logs support', 'PREVIEW', ['OPENTELEMETRY']),
  feature(
    'OPENTELEMETRY_METRICS',
    'Micrometer to OpenTelemetry bridge support for metrics',
    'EXPERIMENTAL',
    ['OPENTELEMETRY'],
  ),
  feature('ORGANIZATION', 'Organization support within realms', 'DEFAULT'),
  feature('PAR', 'OAuth 2.0 Pushed Authorization Requests (PAR)', 'DEFAULT'),
  feature('PARAMETERIZED_SCOPES', 'Parameterized OAuth 2.0 client scopes', 'EXPERIMENTAL'),
  feature('PASSKEYS', 'Passkeys', 'DEFAULT', ['WEB_AUTHN']),
  feature(
    'PASSKEYS_CONDITIONAL_UI_AUTHENTICATOR',
    'Passkeys conditional UI authenticator',
    'DEPRECATED',
    ['PASSKEYS'],
  ),
  feature('PERSISTENT_USER_SESSIONS', '', 'DEFAULT'),
  feature('QUICK_THEME', 'WYSIWYG theme configuration tool', 'EXPERIMENTAL'),
  feature('RECOVERY_CODES', 'Recovery codes', 'DEFAULT'),
  feature('RESOURCE_INDICATORS', 'Resource Indicators for OAuth 2.0', 'EXPERIMENTAL'),
  feature('ROLLING_UPDATES_V1', 'Rolling Updates', 'DEPRECATED'),
  feature('ROLLING_UPDATES_V2', 'Rolling Updates for patch releases', 'DEFAULT'),
  feature('SCIM_API', '', 'PREVIEW'),
  feature('SCRIPTS', 'Write custom authenticators using JavaScript', 'PREVIEW'),
  feature('SPIFFE', 'SPIFFE trust relationship provider', 'PREVIEW'),
  feature('SSF', 'Shared Signals Framework', 'EXPERIMENTAL'),
  feature('STATELESS', '', 'PREVIEW'),
  feature('STEP_UP_AUTHENTICATION', 'Step-up Authentication', 'DEFAULT'),
  feature('STEP_UP_AUTHENTICATION_SAML', 'Step-up Authentication Saml', 'DEFAULT', [
    'STEP_UP_AUTHENTICATION',
    'TOKEN_EXCHANGE_STANDARD_V2',
  ]),
  feature('TOKEN_EXCHANGE', 'Token Exchange Service', 'PREVIEW'),
  feature('TOKEN_EXCHANGE_DELEGATION', 'Token Exchange Delegation', 'EXPERIMENTAL', [
    'PARAMETERIZED_SCOPES',
  ]),
  feature('TOKEN_EXCHANGE_STANDARD_V2', 'Standard Token Exchange version 2', 'DEFAULT'),
  feature('TRANSIENT_USERS', 'Transient users for brokering', 'EXPERIMENTAL'),
  feature('TWITTER_BROKER', 'Twitter Identity Broker', 'DEFAULT'),
  feature('UPDATE_EMAIL', 'Update Email Action', 'DEFAULT'),
  feature('USER_EVENT_METRICS', 'Collect metrics based on user events', 'DEFAULT'),
  feature('WEB_AUTHN', 'W3C Web Authentication (WebAuthn)', 'DEFAULT'),
  feature('WORKFLOWS', 'Workflows', 'DEFAULT'),
]
