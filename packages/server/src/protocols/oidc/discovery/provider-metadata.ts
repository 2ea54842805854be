import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import { takesMetadataDocuments } from '../../../domains/policy-enforcement/metadata-documents/document-policy.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { hasFeature } from '../../../domains/realms/realm-features.ts'
import { acrLevelNames } from '../../../domains/tokens/authentication-level.ts'
import { AuthorizationDetails } from '../../../domains/tokens/authorization-details.ts'
import { contentEncryptions, keyEncryptions } from '../../../domains/tokens/client-encryption.ts'
import { dpopAlgorithms } from '../../../domains/tokens/dpop-proofs.ts'
import { realmWantsPushed } from '../authorization/pushed-authorization-requests.ts'

/** What this server can do: nothing is advertised but what is registered. */
export interface ProviderCapabilities {
  readonly grantTypes: readonly string[]
  readonly responseModes: readonly string[]
  readonly clientAuthenticationMethods: readonly string[]
  /** Algorithms of the assertions that clients prove who they are with. */
  readonly clientAuthenticationAlgorithms: readonly string[]
  /** Whether certificates of clients reach this server. */
  readonly mutualTls: boolean
  /** Whether there are authorization services, which have metadata of their own. */
  readonly uma: boolean
  /** Whether clients may be known by the address of their metadata, where their realm says so. */
  readonly metadataDocuments: boolean
  /** Paths of endpoints below `…/realms/{realm}/`, by their names in the metadata. */
  readonly endpoints: Readonly<Partial<Record<DirectEndpoint, string>>>
}

/** Endpoints that clients call themselves. */
export type DirectEndpoint =
  | 'token_endpoint'
  | 'introspection_endpoint'
  | 'userinfo_endpoint'
  | 'revocation_endpoint'
  | 'pushed_authorization_request_endpoint'
  | 'registration_endpoint'
  | 'device_authorization_endpoint'
  | 'backchannel_authentication_endpoint'

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
  const { clientAuthenticationMethods: methods, endpoints } = capabilities
  const assertions = inOrder(capabilities.clientAuthenticationAlgorithms)
  const at = (name: DirectEndpoint) => endpointAt(backend, endpoints, name)
  return {
    issuer: frontend,
    authorization_endpoint: `${browser}/auth`,
    ...at('token_endpoint'),
    ...at('introspection_endpoint'),
    ...at('userinfo_endpoint'),
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
    id_token_signing_alg_values_supported: signatures,
    ...encryptionOf('id_token'),
    userinfo_signing_alg_values_supported: [...signatures, 'none'],
    ...encryptionOf('userinfo'),
    request_object_signing_alg_values_supported: [...inOrder(asymmetricAlgorithms), 'none'],
    ...encryptionOf('request_object'),
    response_modes_supported: capabilities.responseModes,
    ...at('registration_endpoint'),
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: assertions,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: assertions,
    authorization_signing_alg_values_supported: signatures,
    ...encryptionOf('authorization'),
    claims_supported: claims,
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    scopes_supported: ['openid', ...openidScopes(realm)],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: capabilities.mutualTls,
    ...(hasFeature(realm, 'DPOP')
      ? { dpop_signing_alg_values_supported: inOrder(dpopAlgorithms) }
      : {}),
    ...at('revocation_endpoint'),
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: assertions,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    ...at('device_authorization_endpoint'),
    ...backchannelAuthentication(at('backchannel_authentication_endpoint')),
    require_pushed_authorization_requests: realmWantsPushed(realm),
    ...at('pushed_authorization_request_endpoint'),
    ...(capabilities.mutualTls ? { mtls_endpoint_aliases: endpointsAt(backend, endpoints) } : {}),
    authorization_response_iss_parameter_supported: true,
    ...(capabilities.metadataDocuments && takesMetadataDocuments(realm)
      ? { client_id_metadata_document_supported: true }
      : {}),
    ...detailTypesOf(realm),
  }
}

function encryptionOf(what: string): Readonly<Record<string, readonly string[]>> {
  return {
    [`${what}_encryption_alg_values_supported`]: keyEncryptions,
    [`${what}_encryption_enc_values_supported`]: contentEncryptions,
  }
}

function endpointAt(
  backend: string,
  endpoints: ProviderCapabilities['endpoints'],
  name: DirectEndpoint,
): Readonly<Record<string, string>> {
  const path = endpoints[name]
  return path === undefined ? {} : { [name]: `${backend}/${path}` }
}

/** RFC 9396 §10. */
function detailTypesOf(realm: Realm): Readonly<Record<string, readonly string[]>> {
  const types = new AuthorizationDetails().types(realm)
  return types.length === 0 ? {} : { authorization_details_types_supported: types }
}

/** RFC 8705 §5: the same addresses, since every connection is asked for a certificate. */
function endpointsAt(
  backend: string,
  endpoints: ProviderCapabilities['endpoints'],
): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    ...(Object.keys(endpoints) as DirectEndpoint[]).map((name) =>
      endpointAt(backend, endpoints, name),
    ),
  )
}

/** OpenID Connect CIBA Core §4. */
function backchannelAuthentication(endpoint: Readonly<Record<string, string>>) {
  if (Object.keys(endpoint).length === 0) return {}
  return {
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    ...endpoint,
    backchannel_authentication_request_signing_alg_values_supported: inOrder(asymmetricAlgorithms),
  }
}

/** Algorithms in Keycloak's order. */
function inOrder(names: readonly string[]): string[] {
  return signatures.filter((name) => names.includes(name))
}

function openidScopes(realm: Realm): string[] {
  return realm.clientScopes
    .filter(({ protocol }) => protocol === 'openid-connect')
    .map(({ name }) => name)
}
