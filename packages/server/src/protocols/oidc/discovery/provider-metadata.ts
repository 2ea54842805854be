import type { Realm } from '../../../domains/realms/realm.ts'
import { acrLevelNames } from '../../../domains/tokens/authentication-level.ts'

/** What this server can do, as far as it depends on what is registered. */
export interface ProviderCapabilities {
  readonly grantTypes: readonly string[]
  readonly clientAuthenticationMethods: readonly string[]
}

const signatures = [
  'PS384',
  'RS384',
  'EdDSA',
  'ES384',
  'HS256',
  'HS512',
  'ES256',
  'RS256',
  'HS384',
  'ES512',
  'PS256',
  'PS512',
  'RS512',
]
const asymmetricSignatures = signatures.filter((name) => !name.startsWith('HS'))
const keyEncryptions = [
  'ECDH-ES+A256KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A128KW',
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA1_5',
  'ECDH-ES',
]
const contentEncryptions = [
  'A256GCM',
  'A192GCM',
  'A128GCM',
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
]
const responseTypes = [
  'code',
  'none',
  'id_token',
  'token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
]
const claims = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'email',
  'acr',
  'azp',
  'nonce',
]

/**
 * The metadata of a realm (OpenID Connect Discovery §3, RFC 8414 §2), with Keycloak's members in Keycloak's order.
 * @param frontend issuer of the realm and base of what browsers open
 * @param backend base of what clients call themselves
 */
export function providerMetadata(
  realm: Realm,
  frontend: string,
  backend: string,
  capabilities: ProviderCapabilities,
): Record<string, unknown> {
  const browser = `${frontend}/protocol/openid-connect`
  const methods = capabilities.clientAuthenticationMethods
  const endpoints = directEndpoints(backend)
  return {
    issuer: frontend,
    authorization_endpoint: `${browser}/auth`,
    token_endpoint: endpoints.token_endpoint,
    introspection_endpoint: endpoints.introspection_endpoint,
    userinfo_endpoint: endpoints.userinfo_endpoint,
    end_session_endpoint: `${browser}/logout`,
    frontchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    jwks_uri: `${backend}/protocol/openid-connect/certs`,
    check_session_iframe: `${browser}/login-status-iframe.html`,
    grant_types_supported: capabilities.grantTypes,
    acr_values_supported: [...acrLevelNames(realm), '0', '1'],
    response_types_supported: responseTypes,
    subject_types_supported: ['public', 'pairwise'],
    prompt_values_supported: [
      'none',
      'login',
      'consent',
      ...(realm.settings.registrationAllowed ? ['create'] : []),
    ],
    ...signingAndEncryption('id_token', signatures),
    ...signingAndEncryption('userinfo', [...signatures, 'none']),
    ...signingAndEncryption('request_object', [...signatures, 'none']),
    response_modes_supported: ['query', 'fragment', 'form_post'],
    registration_endpoint: endpoints.registration_endpoint,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: signatures,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: signatures,
    authorization_signing_alg_values_supported: signatures,
    authorization_encryption_alg_values_supported: keyEncryptions,
    authorization_encryption_enc_values_supported: contentEncryptions,
    claims_supported: claims,
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    scopes_supported: ['openid', ...openidScopes(realm)],
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    require_request_uri_registration: true,
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: true,
    dpop_signing_alg_values_supported: asymmetricSignatures,
    revocation_endpoint: endpoints.revocation_endpoint,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: signatures,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    device_authorization_endpoint: endpoints.device_authorization_endpoint,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_authentication_endpoint: endpoints.backchannel_authentication_endpoint,
    backchannel_authentication_request_signing_alg_values_supported: asymmetricSignatures,
    require_pushed_authorization_requests: false,
    pushed_authorization_request_endpoint: endpoints.pushed_authorization_request_endpoint,
    mtls_endpoint_aliases: endpoints,
    authorization_response_iss_parameter_supported: true,
  }
}

/** What clients call themselves; certificates of clients are asked for at the same addresses (RFC 8705 §5). */
function directEndpoints(backend: string) {
  const direct = `${backend}/protocol/openid-connect`
  return {
    token_endpoint: `${direct}/token`,
    revocation_endpoint: `${direct}/revoke`,
    introspection_endpoint: `${direct}/token/introspect`,
    device_authorization_endpoint: `${direct}/auth/device`,
    registration_endpoint: `${backend}/clients-registrations/openid-connect`,
    userinfo_endpoint: `${direct}/userinfo`,
    pushed_authorization_request_endpoint: `${direct}/ext/par/request`,
    backchannel_authentication_endpoint: `${direct}/ext/ciba/auth`,
  }
}

function signingAndEncryption(prefix: string, signing: readonly string[]) {
  return {
    [`${prefix}_signing_alg_values_supported`]: signing,
    [`${prefix}_encryption_alg_values_supported`]: keyEncryptions,
    [`${prefix}_encryption_enc_values_supported`]: contentEncryptions,
  }
}

function openidScopes(realm: Realm): string[] {
  return realm.clientScopes
    .filter(({ protocol }) => protocol === 'openid-connect')
    .map(({ name }) => name)
}
