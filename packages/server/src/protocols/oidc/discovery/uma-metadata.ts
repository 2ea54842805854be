/** Members that a realm's UMA metadata has in common with its OpenID Connect metadata, in Keycloak's order. */
const shared = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'introspection_endpoint',
  'end_session_endpoint',
  'frontchannel_logout_session_supported',
  'frontchannel_logout_supported',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'response_modes_supported',
  'registration_endpoint',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'scopes_supported',
]

/**
 * The metadata of a realm for resource servers (UMA 2.0 Grant §2, Federated Authorization §2).
 * @param metadata of the realm
 * @param frontend issuer of the realm
 * @param backend base of what resource servers call
 */
export function umaMetadata(
  metadata: Readonly<Record<string, unknown>>,
  frontend: string,
  backend: string,
): Record<string, unknown> {
  const members = shared.filter((name) => metadata[name] !== undefined)
  const protection = `${backend}/authz/protection`
  return {
    ...Object.fromEntries(members.map((name) => [name, metadata[name]])),
    issuer: frontend,
    resource_registration_endpoint: `${protection}/resource_set`,
    permission_endpoint: `${protection}/permission`,
    policy_endpoint: `${protection}/uma-policy`,
  }
}
