import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'

/** An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1) whose client and redirect URI are good. */
export interface AuthorizationRequest {
  readonly realm: Realm
  readonly client: Client
  readonly redirectUri: string
  /** As sent; null when it was left out. */
  readonly sentRedirectUri: string | null
  readonly parameters: URLSearchParams
}

/** Longest value of a parameter, in characters; longer ones count as left out, as in Keycloak. */
const parameterLengthMax = 4_000

/** @returns a parameter's value; undefined when it is absent, empty or longer than any honest one */
export function parameterOf(
  { parameters }: Pick<AuthorizationRequest, 'parameters'>,
  name: string,
): string | undefined {
  const value = parameters.get(name)
  return value === null || value === '' || value.length > parameterLengthMax ? undefined : value
}
