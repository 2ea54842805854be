import type { Client } from '../../../domains/clients/client.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientCredentials } from './client-credentials.ts'

/** One way in which clients prove who they are: adding a way is adding a file and a line in the registry. */
export interface ClientAuthenticator {
  /** Keycloak's `clientAuthenticatorType`. */
  readonly id: string
  /** Names in `token_endpoint_auth_methods_supported`. */
  readonly methods: readonly string[]
  /** Algorithms of the assertions that it takes. */
  readonly signatureAlgorithms?: readonly string[]
  /** @throws OAuthError when the proof is missing or wrong */
  authenticate(client: Client, credentials: ClientCredentials): Promise<void>
}

const genericDescription = 'Invalid client or Invalid client credentials'

/** Nobody learns whether a client exists. */
export function unknownClient(eventError = 'client_not_found'): OAuthError {
  return new OAuthError(401, 'invalid_client', genericDescription, { eventError })
}

/** The client exists; its secret is not this one. */
export function wrongSecret(): OAuthError {
  return new OAuthError(401, 'unauthorized_client', genericDescription, {
    eventError: 'invalid_client_credentials',
  })
}

/** The secret is right, and was sent in a way that the client may not use. */
export function wrongMethod(allowed: string): OAuthError {
  return new OAuthError(
    401,
    'unauthorized_client',
    `Invalid method used to get client secret. Client requires method '${allowed}' to obtain client secret from the request`,
    { eventError: 'invalid_client_credentials' },
  )
}

/** An assertion that is wrong in a way that its sender should know. */
export function badAssertion(description: string): OAuthError {
  return new OAuthError(400, 'invalid_client', description, {
    eventError: 'invalid_client_credentials',
  })
}
