import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import { allowClientOrigin, registerPreflight } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, placesOf, realmOf, requireUsableRealm } from '../realm-request.ts'
import { checkedRequest } from './authorization-checks.ts'
import { AuthorizationError } from './authorization-error.ts'
import { authorizationRequestOf } from './authorization-request.ts'
import type { PushedAuthorizationRequests } from './pushed-authorization-requests.ts'
import { InvalidRequestPage } from './request-page-error.ts'

export interface PushedAuthorizationDeps extends Pick<OidcDeps, 'realms' | 'urls' | 'events'> {
  readonly clientAuthentication: ClientAuthentication
  readonly pushedRequests: Pick<PushedAuthorizationRequests, 'keep'>
}

const path = '/realms/:realm/protocol/openid-connect/ext/par/request'
/** How the client shows who it is: nothing of the request itself. */
const clientParameters = ['client_secret', 'client_assertion', 'client_assertion_type']

/** `POST …/ext/par/request` (RFC 9126 §2): a client sends its authorization request before the browser comes with it. */
export function registerPushedAuthorization(
  app: FastifyInstance,
  deps: PushedAuthorizationDeps,
): void {
  app.post(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    requireUsableRealm(deps, request, realm)
    const form = formOf(request)
    const places = placesOf(deps, request, realm)
    const client = await authenticate(deps, request, form, realm, places)
    allowClientOrigin(request, reply, client, places)
    try {
      const parameters = checkedParameters(realm, client, places, form)
      const kept = await deps.pushedRequests.keep(realm, client, parameters)
      tell(deps, request, realm, client)
      return await reply
        .code(201)
        .send({ request_uri: kept.requestUri, expires_in: kept.expiresInSeconds })
    } catch (error) {
      if (error instanceof OAuthError) tell(deps, request, realm, client, error.eventError)
      throw error
    }
  })
  registerPreflight(app, path, 'POST, OPTIONS')
}

/** Keycloak tells no more here than that it failed. */
async function authenticate(
  deps: PushedAuthorizationDeps,
  request: FastifyRequest,
  form: URLSearchParams,
  realm: Realm,
  places: ServerPlaces,
): Promise<Client> {
  try {
    const { clientAuthentication } = deps
    return (await clientAuthentication.authenticateActive(request, form, realm, places)).client
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    throw new OAuthError(401, 'invalid_request', 'Authentication failed.')
  }
}

/**
 * The checks of the authorization endpoint, so that the browser does not come with a request that is wrong.
 * @returns what to keep
 * @throws OAuthError 400
 */
function checkedParameters(
  realm: Realm,
  client: Client,
  places: ServerPlaces,
  form: URLSearchParams,
): URLSearchParams {
  if (form.has('request_uri')) {
    throw invalid('invalid_request', 'It is not allowed to include request_uri to PAR.')
  }
  const parameters = new URLSearchParams(form)
  for (const name of clientParameters) parameters.delete(name)
  try {
    checkedRequest(authorizationRequestOf(realm, client, places, parameters))
    return parameters
  } catch (error) {
    if (error instanceof AuthorizationError) {
      const unsupported = error.error === 'unsupported_response_type'
      throw invalid(unsupported ? error.error : 'invalid_request', error.description)
    }
    if (!(error instanceof InvalidRequestPage)) throw error
    const [parameter] = error.params
    if (parameter !== undefined) {
      throw invalid('invalid_request', `Invalid parameter: ${parameter}`, error.eventError)
    }
    throw invalid(form.has('request') ? 'invalid_request_object' : 'invalid_request', error.key)
  }
}

function invalid(error: string, description?: string, eventError = error): OAuthError {
  return new OAuthError(400, error, description, { eventError })
}

function tell(
  { events, urls }: PushedAuthorizationDeps,
  request: FastifyRequest,
  realm: Realm,
  client: Client,
  error?: string,
): void {
  events.record({
    type:
      error === undefined ? 'PUSHED_AUTHORIZATION_REQUEST' : 'PUSHED_AUTHORIZATION_REQUEST_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    ipAddress: urls.clientAddress(request),
    error,
    details: {},
  })
}
