import type { Client } from '../../clients/client.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { flagOf, textOf, textsOf } from '../rule-configuration.ts'
import { type ExecutorRule, on, type PolicyExecutor, saved } from './executor.ts'
import { algorithmOf, requireFapiAlgorithm } from './fapi-algorithms.ts'

const authenticated = [
  'TOKEN_REQUEST',
  'SERVICE_ACCOUNT_TOKEN_REQUEST',
  'TOKEN_REFRESH',
  'TOKEN_REVOKE',
  'TOKEN_INTROSPECT',
  'LOGOUT_REQUEST',
] as const
const secretAuthenticator = 'client-secret'
const withAssertion = ['client-jwt', 'client-secret-jwt', 'federated-jwt']
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)

/** How clients may prove who they are. */
export const clientAuthenticationExecutors: readonly PolicyExecutor[] = [
  {
    id: 'secure-client-authenticator',
    changes: on(saved, ({ proposed }, configuration) => {
      const usual = textOf(configuration, 'default-client-authenticator')
      if (usual !== undefined) proposed.clientAuthenticatorType ??= usual
      if (proposed.publicClient === true) return
      const allowed = textsOf(configuration, 'allowed-client-authenticators')
      if (allowed.includes(proposed.clientAuthenticatorType ?? '')) return
      throw new ClientPolicyRefusal(
        'invalid_client_metadata',
        'Invalid client metadata: token_endpoint_auth_method',
      )
    }),
    calls: on([...authenticated, 'PUSHED_AUTHORIZATION_REQUEST'], ({ client }, configuration) => {
      if (client.representation.publicClient) return
      const allowed = textsOf(configuration, 'allowed-client-authenticators')
      if (allowed.includes(methodOf(client))) return
      throw invalid('Configured client authentication method not allowed for client')
    }),
  },
  {
    id: 'secure-signature-algorithm-signed-jwt',
    calls: on(
      [...authenticated, 'PUSHED_AUTHORIZATION_REQUEST'],
      ({ client, sent }, configuration) => {
        const needed = flagOf(configuration, 'require-client-assertion')
        if (client.representation.publicClient || !withAssertion.includes(methodOf(client))) {
          if (needed) throw invalid('client assertion is required.')
          return
        }
        const algorithm = algorithmOf(sent.get('client_assertion') ?? '')
        if (algorithm === undefined) throw invalid('not allowed input format.')
        requireFapiAlgorithm(algorithm)
      },
    ),
  },
  {
    id: 'secure-client-authentication-assertion',
    calls: on(
      [
        'PUSHED_AUTHORIZATION_REQUEST',
        'TOKEN_REQUEST',
        'SERVICE_ACCOUNT_TOKEN_REQUEST',
        'TOKEN_REFRESH',
        'TOKEN_INTROSPECT',
        'TOKEN_REVOKE',
      ],
      requireIssuerAudience,
    ),
  },
]

function methodOf({ representation }: Client): string {
  return representation.clientAuthenticatorType || secretAuthenticator
}

/** FAPI 2.0 Security Profile §5.3.3.1: the issuer, as a text, is the one audience of an assertion. */
function requireIssuerAudience(...[call]: Parameters<ExecutorRule<ClientCall>>): void {
  const { client, sent, issuer } = call
  const assertion = sent.get('client_assertion')
  if (client.representation.publicClient || assertion === null) return
  if (sent.get('client_assertion_type') !== assertionType) return
  const parts = assertion.split('.')
  if (parts.length < 2 || parts.length > 3) throw invalid('invalid client assertion format')
  let audience: unknown
  try {
    audience = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString())?.aud
  } catch {
    throw invalid('invalid client assertion')
  }
  const audiences = [audience].flat()
  if (audiences.length !== 1 || audiences[0] !== issuer) {
    throw invalid('invalid audience in client assertion')
  }
}
