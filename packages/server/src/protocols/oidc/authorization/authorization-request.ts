import type { Client } from '../../../domains/clients/client.ts'
import { redirectUriOf } from '../../../domains/clients/redirect-uri.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { ReceivedObject } from './request-form.ts'
import type { RequestObjects } from './request-objects.ts'
import { InvalidRequestPage } from './request-page-error.ts'

/** An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1) whose client and redirect URI are good. */
export interface AuthorizationRequest {
  readonly realm: Realm
  readonly client: Client
  readonly redirectUri: string
  /** As sent; null when it was left out. */
  readonly sentRedirectUri: string | null
  readonly parameters: URLSearchParams
  /** What it came in; absent where it came plain. */
  readonly requestObject?: ReceivedObject | undefined
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

/**
 * Reads a request, its request object included, and finds out where its answer may go.
 * @throws InvalidRequestPage
 */
export async function authorizationRequestOf(
  requestObjects: Pick<RequestObjects, 'expand'>,
  realm: Realm,
  client: Client,
  places: ServerPlaces,
  sent: URLSearchParams,
): Promise<AuthorizationRequest> {
  const expanded = await requestObjects.expand(realm, client, places, sent)
  const { parameters, requestObject } = expanded
  const uris = parameters.getAll('redirect_uri')
  const openid = parameters.get('scope')?.split(' ').includes('openid') === true
  const redirectUri = uris.length > 1 ? null : redirectUriOf(client, uris[0], places, openid)
  if (redirectUri === null) {
    throw new InvalidRequestPage('invalidParameterMessage', ['redirect_uri'], {
      eventError: 'invalid_redirect_uri',
    })
  }
  return { realm, client, redirectUri, sentRedirectUri: uris[0] || null, parameters, requestObject }
}
