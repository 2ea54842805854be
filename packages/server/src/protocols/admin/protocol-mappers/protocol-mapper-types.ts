/** Every protocol mapper of Keycloak 26.7 by protocol: ids that realms may hold, whether or not they act here yet. */
export const protocolMapperTypes: Readonly<Record<string, readonly string[]>> = {
  'openid-connect': [
    'oidc-acr-mapper',
    'oidc-address-mapper',
    'oidc-allowed-origins-mapper',
    'oidc-amr-mapper',
    'oidc-audience-mapper',
    'oidc-audience-resolve-mapper',
    'oidc-claims-param-token-mapper',
    'oidc-claims-param-value-idtoken-mapper',
    'oidc-full-name-mapper',
    'oidc-group-membership-mapper',
    'oidc-hardcoded-claim-mapper',
    'oidc-hardcoded-role-mapper',
    'oidc-nonce-backwards-compatible-mapper',
    'oidc-organization-group-membership-mapper',
    'oidc-organization-membership-mapper',
    'oidc-role-name-mapper',
    'oidc-session-state-mapper',
    'oidc-sha256-pairwise-sub-mapper',
    'oidc-sub-mapper',
    'oidc-usermodel-attribute-mapper',
    'oidc-usermodel-client-role-mapper',
    'oidc-usermodel-property-mapper',
    'oidc-usermodel-realm-role-mapper',
    'oidc-usersessionmodel-note-mapper',
  ],
  saml: [
    'saml-audience-mapper',
    'saml-audience-resolve-mapper',
    'saml-authn-context-class-ref-mapper',
    'saml-group-membership-mapper',
    'saml-hardcode-attribute-mapper',
    'saml-hardcode-role-mapper',
    'saml-organization-group-membership-mapper',
    'saml-organization-membership-mapper',
    'saml-role-list-mapper',
    'saml-role-name-mapper',
    'saml-user-attribute-mapper',
    'saml-user-attribute-nameid-mapper',
    'saml-user-property-mapper',
    'saml-user-session-note-mapper',
  ],
  'docker-v2': ['docker-v2-allow-all-mapper'],
}

/** @returns whether there is a protocol mapper of that type */
export function isProtocolMapperType(id: string): boolean {
  return Object.values(protocolMapperTypes).some((ids) => ids.includes(id))
}
