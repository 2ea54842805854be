/** A kind of providers of which consoles and libraries ask only what there is. */
export interface Interface {
  readonly kind: string
  /** Whether Keycloak counts it among those that extensions leave alone. */
  readonly internal: boolean
  /** Order by id: where several could do, the highest does. */
  readonly orders: ReadonlyMap<string, number>
}

/** @param ids with blanks between them, and `:` before an order other than 0 */
function spi(kind: string, ids: string, internal = true): Interface {
  const orders = ids.split(/\s+/).map((text): [string, number] => {
    const [, id = text, order = '0'] = /^(.+?)(?::(-?\d+))?$/.exec(text) ?? []
    return [id, Number(order)]
  })
  return { kind, internal, orders: new Map(orders) }
}

/** The kinds that have no catalogue of their own here, with the ids that Keycloak 26.7 has of each. */
export const interfaces: readonly Interface[] = [
  spi('account-resource', 'default'),
  spi(
    'actionTokenHandler',
    'ORGIVT credential-offer execute-actions idp-verify-account-via-email reset-credentials update-email verify-email',
  ),
  spi(
    'admin-realm-restapi-extension',
    'clear-crl-cache clear-keys-cache clear-realm-cache clear-user-cache ldap-server-capabilities testLDAPConnection ui-ext user-storage',
  ),
  spi('alternativeLookup', 'default'),
  spi('authenticationSessions', 'infinispan:1'),
  spi('authorization', 'authorization'),
  spi('authorization-request-parser', 'client-scope'),
  spi('authorizationCache', 'default'),
  spi('authorizationPersister', 'jpa:1'),
  spi('bruteForceProtector', 'default-brute-force-detector'),
  spi('cacheEmbedded', 'default'),
  spi('cacheRemote', 'disabled'),
  spi(
    'cekmanagement',
    'ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW RSA-OAEP RSA-OAEP-256 RSA1_5',
  ),
  spi('ciba-auth-channel', 'ciba-http-auth-channel'),
  spi('ciba-login-user-resolver', 'default-ciba-login-user-resolver'),
  spi('client', 'jpa:1'),
  spi('client-description-converter', 'keycloak openid-connect saml2-entity-descriptor'),
  spi(
    'client-installation',
    `docker-v2-compose-yaml docker-v2-registry-config-file docker-v2-variable-override keycloak-oidc-jboss-subsystem
     keycloak-oidc-jboss-subsystem-cli keycloak-oidc-keycloak-json keycloak-saml keycloak-saml-subsystem
     keycloak-saml-subsystem-cli mod-auth-mellon saml-sp-descriptor`,
  ),
  spi('client-policy-manager', 'default'),
  spi('client-registration', 'default install openid-connect saml2-entity-descriptor'),
  spi('clientScope', 'jpa:1'),
  spi(
    'clientSignature',
    'ES256 ES384 ES512 EdDSA HS256 HS384 HS512 PS256 PS384 PS512 RS256 RS384 RS512',
  ),
  spi('clientValidation', 'default'),
  spi('cluster', 'infinispan'),
  spi('componentFactory', 'default', false),
  spi('connectionsHttpClient', 'default'),
  spi('connectionsInfinispan', 'default'),
  spi('connectionsJpa', 'quarkus:100'),
  spi('connectionsJpaUpdater', 'quarkus:100'),
  spi('connectionsLiquibase', 'quarkus:100'),
  spi('contentencryption', 'A128CBC-HS256 A128GCM A192CBC-HS384 A192GCM A256CBC-HS512 A256GCM'),
  spi('cookie', 'default'),
  spi('cors', 'default'),
  spi(
    'credential',
    'keycloak-otp keycloak-password keycloak-recovery-authn-codes keycloak-webauthn keycloak-webauthn-passwordless',
  ),
  spi('credential-offer-provider', 'default'),
  spi('credential-offer-storage', 'default'),
  spi('crlCache', 'infinispan'),
  spi('crlStorage', 'infinispan'),
  spi('datastore', 'legacy'),
  spi('dblock', 'jpa:1'),
  spi('deployed-configurations', 'default'),
  spi('deploymentState', 'jpa:1'),
  spi('deviceRepresentation', 'deviceRepresentation'),
  spi('emailSender', 'default'),
  spi('emailTemplate', 'freemarker'),
  spi('eventsListener', 'email jboss-logging webhook workflow-event-listener'),
  spi('eventsStore', 'jpa'),
  spi('exception-converter', 'jpa'),
  spi('executors', 'default'),
  spi('export', 'dir singleFile'),
  spi('freemarker', 'default'),
  spi('group', 'jpa:1'),
  spi('hash', 'SHA-256 SHA-384 SHA-512 SHAKE256'),
  spi('hostname', 'v2', false),
  spi('identity-provider-storage', 'infinispan:10 jpa'),
  spi('import', 'dir singleFile'),
  spi('infinispanTransactions', 'default'),
  spi('jgroupsMtls', 'default'),
  spi('jta-lookup', 'quarkus:100'),
  spi('localCache', 'default'),
  spi('localeSelector', 'default', false),
  spi('localeUpdater', 'default', false),
  spi('login', 'freemarker'),
  spi('login-protocol', 'openid-connect:100 saml:90'),
  spi('loginFailure', 'infinispan:1'),
  spi('migration', 'default'),
  spi(
    'oauth2-grant-type',
    `authorization_code client_credentials password refresh_token urn:ietf:params:oauth:grant-type:device_code
     urn:ietf:params:oauth:grant-type:jwt-bearer urn:ietf:params:oauth:grant-type:token-exchange
     urn:ietf:params:oauth:grant-type:uma-ticket urn:openid:params:grant-type:ciba`,
  ),
  spi('oauth2-token-exchange', 'standard:10'),
  spi('oauth2-token-introspection', 'access_token refresh_token requesting_party_token'),
  spi('oauth2DeviceUserCode', 'default'),
  spi('oid4vci-c-nonce-spi', 'oid4vci-jwt-c-nonce-builder'),
  spi('openid-connect-ext', 'ciba par'),
  spi('organization', 'infinispan:10 jpa'),
  spi('otp-application', 'freeotp google microsoft-authenticator'),
  spi('parameterized-scope-type', 'boolean custom delegation integer string username'),
  spi('password-hashing', 'argon2:300 pbkdf2-sha256:100 pbkdf2-sha512:200 pbkdf2:-100'),
  spi('password-policy-manager', 'default'),
  spi('policy', 'aggregate client client-scope group regex resource role scope time uma user'),
  spi('preAuthCodeHandler', 'jwt-pre-auth-code-handler'),
  spi('publicKeyCache', 'infinispan'),
  spi('publicKeyStorage', 'infinispan'),
  spi('realm', 'jpa:1'),
  spi('realm-manager', 'default'),
  spi('realm-restapi-extension', 'device'),
  spi('realmCache', 'default'),
  spi('refresh-token', 'default'),
  spi('resource-encoding', 'gzip'),
  spi('revokedToken', 'infinispan:1'),
  spi('revokedTokenPersister', 'jpa:100'),
  spi('role', 'jpa:1'),
  spi('saml-artifact-resolver', 'default'),
  spi('scripting', 'default'),
  spi('security-headers', 'default'),
  spi('security-profile', 'default'),
  spi('serverConfig', 'jpa'),
  spi('signature', 'ES256 ES384 ES512 EdDSA HS256 HS384 HS512 PS256 PS384 PS512 RS256 RS384 RS512'),
  spi('singleUseObject', 'infinispan:1'),
  spi('stickySessionEncoder', 'infinispan:1'),
  spi('theme', 'folder jar'),
  spi('themeManager', 'default'),
  spi('themeResource', 'flat-classpath', false),
  spi('themeSelector', 'default', false),
  spi('timer', 'basic'),
  spi('token-interceptor', 'admin-role-token-post-processor organizations'),
  spi('tokenContextEncoder', 'default'),
  spi('tracing', 'noop:-1000'),
  spi('truststore', 'file'),
  spi('user', 'jpa:1'),
  spi('userCache', 'default'),
  spi('userFederatedStorage', 'jpa'),
  spi('userProfile', 'declarative-user-profile:1'),
  spi('userSessionPersister', 'disabled jpa:100'),
  spi('userSessions', 'infinispan:1'),
  spi(
    'validator',
    `double email integer iso-date length local-date multivalued not-blank not-empty options
     organization-member-validator pattern person-name-prohibited-characters up-attribute-required-by-metadata-value
     up-blank-attribute-value up-brokering-federated-username-has-value up-duplicate-did up-duplicate-email
     up-duplicate-username up-email-exists-as-username up-immutable-attribute up-readonly-attribute-unchanged
     up-registration-email-as-username-email-value up-registration-email-as-username-username-value
     up-registration-username-exists up-username-has-value up-username-mutation up-username-not-idn-homograph uri
     username-prohibited-characters`,
  ),
  spi('well-known', 'oauth-authorization-server openid-configuration uma2-configuration'),
  spi('workflow-condition', 'has-identity-provider-link has-role has-user-attribute is-member-of'),
  spi(
    'workflow-event',
    `client-authenticated client-created user-authenticated user-created user-federated-identity-added
     user-federated-identity-removed user-group-membership-added user-group-membership-removed user-role-granted
     user-role-revoked`,
  ),
  spi('workflow-state', 'jpa'),
  spi('x509cert-lookup', 'apache default envoy haproxy nginx quarkus:100 rfc9440 traefik', false),
]
