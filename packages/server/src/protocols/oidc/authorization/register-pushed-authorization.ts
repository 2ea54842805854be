import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import { RowAllowance } from '../../../domains/flows/login-state/row-allowance.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { placesOf } from '../../../login/request-places.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import {
  type EnforcementDeps,
  enforcePolicies,
  type PolicedRequest,
} from '../client-policies/enforce-policies.ts'
import { requestConfirmation } from '../confirmation/request-confirmation.ts'
import { readableRefusal, registerPreflight, requireClientOrigin } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, requireUsableRealm } from '../realm-request.ts'
import { checkedRequest, requireKnownOrganizations } from './authorization-checks.ts'
import { AuthorizationError } from './authorization-error.ts'
import { authorizationRequestOf } from './authorization-request.ts'
import type { PushedAuthorizationRequests } from './pushed-authorization-requests.ts'
import type { RequestObjects } from './request-objects.ts'
import { InvalidRequestPage } from './request-page-error.ts'

export interface PushedAuthorizationDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'organizations' | 'urls' | 'events' | 'clock' | 'dpopProofs'> {
  readonly clientAuthentication: ClientAuthentication
  readonly requestObjects: Pick<RequestObjects, 'expand'>
  readonly pushedRequests: Pick<PushedAuthorizationRequests, 'keep'>
}

const path = '/realms/:realm/protocol/openid-connect/ext/par/request'
/** Longest request that is kept, in characters of its parameters. */
const requestCharactersMax = 65_536
/** Requests of public clients from one network. */
const publicRequestsPerMinuteMax = 300
/** How the client shows who it is: nothing of the request itself. */
const clientParameters = ['client_secret', 'client_assertion', 'client_assertion_type']

/** `POST …/ext/par/request` (RFC 9126 §2): a client sends its authorization request before the browser comes with it. */
export function registerPushedAuthorization(
  app: FastifyInstance,
  deps: PushedAuthorizationDeps,
): void {
  const allowance = new RowAllowance(deps.clock, publicRequestsPerMinuteMax)
  app.post(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    requireUsableRealm(deps, request, realm)
    const form = formOf(request)
    const places = placesOf(deps, request, realm)
    const client = await readableRefusal(request, reply, () =>
      authenticate(deps, request, form, realm, places),
    )
    requireClientOrigin(request, reply, client, places)
    requireAllowance(allowance, client, deps.urls.clientAddress(request))
    try {
      const policed = { realm, client, places, request, form }
      const jkt = await provedKey(deps, policed, reply)
      const parameters = await checkedParameters(deps, policed, jkt)
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

/**
 * Nobody has to prove anything to push the request of a public client, and each is a row.
 * @throws OAuthError 429 (RFC 9126 §2.3) when an address has pushed too many
 */
function requireAllowance(allowance: RowAllowance, client: Client, ipAddress: string): void {
  if (!client.representation.publicClient) return
  if (!allowance.take(networkOfAddress(ipAddress))) {
    throw new OAuthError(429, 'invalid_request', 'Too many requests', {
      headers: { 'retry-after': '60' },
    })
  }
}

/** As Keycloak it tells no more than that it failed, but by the code of RFC 6749 §5.2, to which RFC 9126 §2.3 refers. */
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
    throw new OAuthError(401, 'invalid_client', 'Authentication failed.')
  }
}

/**
 * The checks of the authorization endpoint, so that the browser does not come with a request that is wrong.
 * @returns what to keep
 * @throws OAuthError 400
 */
async function checkedParameters(
  deps: PushedAuthorizationDeps,
  policed: PolicedRequest,
  jkt: string | undefined,
): Promise<URLSearchParams> {
  const { realm, client, places, form } = policed
  if (form.has('request_uri')) {
    throw invalid('invalid_request', 'It is not allowed to include request_uri to PAR.')
  }
  const characters = [...form].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  // RFC 9126 §2.3.
  if (characters > requestCharactersMax)
    throw new OAuthError(413, 'invalid_request', 'Request too large')
  const parameters = new URLSearchParams(form)
  for (const name of clientParameters) parameters.delete(name)
  if (jkt !== undefined && !parameters.has('dpop_jkt')) parameters.set('dpop_jkt', jkt)
  try {
    const request = await authorizationRequestOf(
      deps.requestObjects,
      realm,
      client,
      places,
      parameters,
    )
    requireProvedKey(request.parameters, jkt)
    const { scope } = checkedRequest(request)
    await requireKnownOrganizations(deps.organizations, request)
    const { redirectUri, requestObject } = request
    const facts = { scope, redirectUri, requestObject, parameters: request.parameters }
    await enforcePolicies(deps, 'PUSHED_AUTHORIZATION_REQUEST', policed, facts)
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

/** RFC 9449 §10.1: a proof that comes with the request says which key the code is for, as `dpop_jkt` does. */
async function provedKey(
  deps: PushedAuthorizationDeps,
  { realm, places, request }: PolicedRequest,
  reply: FastifyReply,
): Promise<string | undefined> {
  if (request.headers['dpop'] === undefined) return undefined
  const wanted = { key: true, certificate: false }
  const asked = [realm, wanted, places, request, reply, 'ext/par/request'] as const
  return (await requestConfirmation(deps, ...asked)).jkt
}

/** RFC 9449 §10.1: what the request names, be it in its request object, is the key of the proof that came with it. */
function requireProvedKey(parameters: URLSearchParams, jkt: string | undefined): void {
  if (jkt === undefined || parameters.get('dpop_jkt') === jkt) return
  throw invalid('invalid_dpop_proof', 'DPoP Proof public key thumbprint does not match dpop_jkt')
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
