import type { Json } from '../realm.ts'

/** A rule that a client or a request has to keep, with its settings. */
export interface ProfileExecutor {
  readonly executor: string
  readonly configuration: Readonly<Record<string, Json>>
}

/** A named list of rules for clients. */
export interface ClientProfile {
  readonly name: string
  readonly description?: string
  readonly executors: readonly ProfileExecutor[]
}

type Rules = readonly (readonly [executor: string, configuration: Record<string, Json>])[]

function profile(name: string, description: string, rules: Rules): ClientProfile {
  const executors = rules.map(([executor, configuration]) => ({ executor, configuration }))
  return { name, description, executors }
}

/** The profiles that every realm has, as Keycloak 26.7 defines them: those of the FAPI and OAuth 2.1 specifications. */
export const globalClientProfiles: readonly ClientProfile[] = [
  profile(
    'fapi-1-baseline',
    "Client profile, which enforce clients to conform 'Financial-grade API Security Profile 1.0 - Part 1: Baseline' specification.",
    [
      ['secure-session', {}],
      ['pkce-enforcer', { 'auto-configure': true }],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-secret-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
    ],
  ),
  profile(
    'fapi-1-advanced',
    "Client profile, which enforce clients to conform 'Financial-grade API Security Profile 1.0 - Part 2: Advanced' specification.",
    [
      ['secure-session', {}],
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['secure-request-object', { 'available-period': '3600', 'verify-nbf': true }],
      ['secure-response-type', { 'auto-configure': true, 'allow-token-response-type': false }],
      ['secure-signature-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': false }],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
      ['holder-of-key-enforcer', { 'auto-configure': true }],
    ],
  ),
  profile(
    'fapi-ciba',
    "Client profile, which enforce clients to conform 'Financial-grade API: Client Initiated Backchannel Authentication Profile' specification (Implementer's Draft ver1'). To satisfy FAPI-CIBA, both this profile and fapi-1-advanced global profile need to be used.",
    [
      ['secure-ciba-req-sig-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-ciba-session', {}],
      ['secure-ciba-signed-authn-req', { 'available-period': '3600' }],
    ],
  ),
  profile(
    'fapi-2-security-profile',
    "Client profile, which enforce clients to conform 'FAPI 2.0 Security Profile Final' specification.",
    [
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['secure-signature-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': false }],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['holder-of-key-enforcer', { 'auto-configure': 'true' }],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      ['secure-client-authentication-assertion', {}],
      ['secure-par-content', {}],
    ],
  ),
  profile(
    'fapi-2-message-signing',
    "Client profile, which enforce clients to conform 'FAPI 2.0 Message Signing Final' specification.",
    [
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['secure-signature-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': false }],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['holder-of-key-enforcer', { 'auto-configure': 'true' }],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      ['secure-par-content', {}],
      [
        'secure-request-object',
        { 'verify-nbf': true, 'available-period': '3600', 'encryption-required': false },
      ],
      ['secure-client-authentication-assertion', {}],
    ],
  ),
  profile(
    'oauth-2-1-for-confidential-client',
    "Client profile, which enforce confidential clients to conform 'OAuth 2.1' specification.",
    [
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      [
        'secure-redirect-uris-enforcer',
        {
          'allow-ipv4-loopback-address': 'true',
          'allow-ipv6-loopback-address': 'true',
          'allow-private-use-uri-scheme': 'true',
          'oauth-2-1-compliant': 'true',
        },
      ],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      ['holder-of-key-enforcer', { 'auto-configure': 'true' }],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['reject-ropc-grant', { 'auto-configure': 'true' }],
    ],
  ),
  profile(
    'oauth-2-1-for-public-client',
    "Client profile, which enforce public clients to conform 'OAuth 2.1' specification.",
    [
      [
        'secure-redirect-uris-enforcer',
        {
          'allow-ipv4-loopback-address': 'true',
          'allow-ipv6-loopback-address': 'true',
          'allow-private-use-uri-scheme': 'true',
          'oauth-2-1-compliant': 'true',
        },
      ],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      [
        'dpop-bind-enforcer',
        {
          'auto-configure': 'true',
          'enforce-authorization-code-binding-to-dpop': 'false',
          'allow-only-refresh-token-binding': 'false',
        },
      ],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['reject-ropc-grant', { 'auto-configure': 'true' }],
    ],
  ),
  profile(
    'fapi-2-dpop-security-profile',
    "Client profile, which enforce clients to conform 'FAPI 2.0 Security Profile Final' using DPoP specification.",
    [
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['secure-signature-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': false }],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      ['secure-client-authentication-assertion', {}],
      ['secure-par-content', {}],
      [
        'dpop-bind-enforcer',
        {
          'auto-configure': 'true',
          'enforce-authorization-code-binding-to-dpop': 'false',
          'allow-only-refresh-token-binding': 'false',
        },
      ],
    ],
  ),
  profile(
    'fapi-2-dpop-message-signing',
    "Client profile, which enforce clients to conform 'FAPI 2.0 Message Signing Final' with DPoP specification.",
    [
      ['confidential-client', {}],
      [
        'secure-client-authenticator',
        {
          'allowed-client-authenticators': ['client-jwt', 'client-x509'],
          'default-client-authenticator': 'client-jwt',
        },
      ],
      ['secure-client-uris', {}],
      ['secure-signature-algorithm', { 'default-algorithm': 'PS256' }],
      ['secure-signature-algorithm-signed-jwt', { 'require-client-assertion': false }],
      ['consent-required', { 'auto-configure': true }],
      ['full-scope-disabled', { 'auto-configure': true }],
      ['reject-implicit-grant', { 'auto-configure': 'true' }],
      ['pkce-enforcer', { 'auto-configure': 'true' }],
      ['secure-par-content', {}],
      [
        'secure-request-object',
        { 'verify-nbf': true, 'available-period': '3600', 'encryption-required': false },
      ],
      [
        'dpop-bind-enforcer',
        {
          'auto-configure': 'true',
          'enforce-authorization-code-binding-to-dpop': 'false',
          'allow-only-refresh-token-binding': 'false',
        },
      ],
      ['secure-client-authentication-assertion', {}],
    ],
  ),
  profile('saml-security-profile', 'Client profile that enforces SAML clients to be secure.', [
    ['saml-secure-client-uris', {}],
    ['saml-signature-enforcer', {}],
    ['saml-avoid-redirect', {}],
  ]),
]
