import { type Provider, property, provider } from '../provider.ts'

const autoConfigure = property('auto-configure', 'Auto-configure', 'boolean', { default: true })
const autoConfigure2 = property('auto-configure', 'Auto-configure', 'boolean', { default: false })
const defaultAlgorithm = property('default-algorithm', 'Default Algorithm', 'List', {
  default: 'PS256',
  options: ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
})
const availablePeriod = property('available-period', 'Available Period', 'String', {
  default: '3600',
})

/** What a client policy asks of clients and requests. */
export const clientPolicyExecutors: readonly Provider[] = [
  provider('auth-flow-enforcer', 'auth-flow-enforcer', [
    property('auth-flow-alias', 'Auth Flow Alias', 'String'),
    property('auth-flow-loa', 'Auth Flow Loa', 'Integer', { default: 1 }),
  ]),
  provider('confidential-client', 'confidential-client'),
  provider('consent-required', 'consent-required', [autoConfigure]),
  provider('downscope-assertion-grant-enforcer', 'downscope-assertion-grant-enforcer'),
  provider('dpop-bind-enforcer', 'dpop-bind-enforcer', [
    autoConfigure2,
    property(
      'enforce-authorization-code-binding-to-dpop',
      'Enforce Authorization Code binding to DPoP key',
      'boolean',
      { default: false },
    ),
    property(
      'allow-only-refresh-token-binding',
      'Bind only refresh token for public client',
      'boolean',
      { default: false },
    ),
  ]),
  provider('full-scope-disabled', 'full-scope-disabled', [autoConfigure]),
  provider('holder-of-key-enforcer', 'holder-of-key-enforcer', [autoConfigure2]),
  provider('intent-client-bind-checker', 'intent-client-bind-checker', [
    property('intent-client-bind-check-endpoint', 'Intent Client Bind Check Endpoint', 'String', {
      default: 'https://rs.keycloak-fapi.org/check-intent-client-bound',
    }),
  ]),
  provider('jwt-claim-enforcer', 'jwt-claim-enforcer', [
    property('claim-name', 'Claim Name', 'String'),
    property('allowed-value', 'Allowed Value', 'String'),
  ]),
  provider('pkce-enforcer', 'pkce-enforcer', [autoConfigure2]),
  provider(
    'registration-access-token-rotation-disabled',
    'registration-access-token-rotation-disabled',
  ),
  provider('reject-implicit-grant', 'reject-implicit-grant', [autoConfigure2]),
  provider('reject-request', 'reject-request'),
  provider('reject-ropc-grant', 'reject-ropc-grant', [autoConfigure2]),
  provider('saml-avoid-redirect', 'saml-avoid-redirect'),
  provider('saml-secure-client-uris', 'saml-secure-client-uris', [
    property('allow-wildcard-redirects', 'Allow wildcard valid redirect URIs', 'boolean'),
  ]),
  provider('saml-signature-enforcer', 'saml-signature-enforcer'),
  provider('secure-ciba-req-sig-algorithm', 'secure-ciba-req-sig-algorithm', [defaultAlgorithm]),
  provider('secure-ciba-session', 'secure-ciba-session'),
  provider('secure-ciba-signed-authn-req', 'secure-ciba-signed-authn-req', [availablePeriod]),
  provider('secure-client-authentication-assertion', 'secure-client-authentication-assertion'),
  provider('secure-client-authenticator', 'secure-client-authenticator', [
    property('allowed-client-authenticators', 'Allowed Client Authenticators', 'MultivaluedList', {
      options: ['client-jwt', 'client-secret', 'federated-jwt', 'client-x509', 'client-secret-jwt'],
    }),
    property('default-client-authenticator', 'Default Client Authenticator', 'List', {
      default: 'client-jwt',
      options: ['client-jwt', 'client-secret', 'federated-jwt', 'client-x509', 'client-secret-jwt'],
    }),
  ]),
  provider('secure-client-uris', 'secure-client-uris'),
  provider('secure-client-uris-pattern', 'secure-client-uris-pattern', [
    property('allowed-patterns', 'Allowed URI Patterns', 'MultivaluedString'),
    property('client-uri-fields', 'Client URI Fields to validate', 'MultivaluedList', {
      options: [
        'rootUrl',
        'adminUrl',
        'baseUrl',
        'redirectUris',
        'webOrigins',
        'jwksUri',
        'requestUris',
        'backchannelLogoutUrl',
        'postLogoutRedirectUris',
        'cibaClientNotificationEndpoint',
        'logoUri',
        'policyUri',
        'tosUri',
        'sectorIdentifierUri',
        'saml_assertion_consumer_url_post',
        'saml_assertion_consumer_url_redirect',
        'saml_artifact_binding_url',
        'saml_single_logout_service_url_post',
        'saml_single_logout_service_url_artifact',
        'saml_single_logout_service_url_redirect',
        'saml_single_logout_service_url_soap',
        'saml_artifact_resolution_service_url',
        'saml.metadataDescriptorUrl',
      ],
    }),
  ]),
  provider('secure-logout', 'secure-logout', [
    property('allow-front-channel-logout', 'Allow Front-Channel Logout', 'boolean', {
      default: false,
    }),
  ]),
  provider('secure-par-content', 'secure-par-content'),
  provider('secure-redirect-uris-enforcer', 'secure-redirect-uris-enforcer', [
    property('allow-ipv4-loopback-address', 'Allow IPv4 loopback address', 'boolean', {
      default: false,
    }),
    property('allow-ipv6-loopback-address', 'Allow IPv6 loopback address', 'boolean', {
      default: false,
    }),
    property('allow-private-use-uri-scheme', 'Allow private use URI scheme', 'boolean', {
      default: false,
    }),
    property('allow-http-scheme', 'Allow http scheme', 'boolean', { default: false }),
    property('allow-wildcard-context-path', 'Allow wildcard in context-path', 'boolean', {
      default: false,
    }),
    property('allow-permitted-domains', 'Allow permitted domains', 'MultivaluedString'),
    property('oauth-2-0-compliant', 'OAuth 2.0 Compliant', 'boolean', { default: false }),
    property('oauth-2-1-compliant', 'OAuth 2.1 Compliant', 'boolean', { default: false }),
    property('allow-open-redirect', 'Allow open redirect', 'boolean', { default: false }),
  ]),
  provider('secure-request-object', 'secure-request-object', [
    property('verify-nbf', 'Verify Not-Before', 'boolean', { default: true }),
    availablePeriod,
    property('encryption-required', 'Encryption Required', 'boolean', { default: false }),
    property('allowed-clock-skew', 'Allowed Clock Skew', 'String', { default: '15' }),
  ]),
  provider('secure-response-type', 'secure-response-type', [
    autoConfigure2,
    property('allow-token-response-type', 'Allow-token-response-type', 'boolean', {
      default: false,
    }),
  ]),
  provider('secure-session', 'secure-session'),
  provider('secure-signature-algorithm', 'secure-signature-algorithm', [defaultAlgorithm]),
  provider('secure-signature-algorithm-signed-jwt', 'secure-signature-algorithm-signed-jwt', [
    property('require-client-assertion', 'Require Client Assertion', 'boolean', { default: false }),
  ]),
  provider('suppress-refresh-token-rotation', 'suppress-refresh-token-rotation'),
  provider('tls-client-auth-ca-subject-dn', 'tls-client-auth-ca-subject-dn', [
    property('ca-subject-dn', 'Certificate Authority subject DN', 'String', { required: true }),
    property('enforced', 'Enforced', 'boolean', { default: false }),
  ]),
  provider('use-lightweight-access-token', 'use-lightweight-access-token'),
]
