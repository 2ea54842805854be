import type { FastifyInstance } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Clients } from '../../../domains/clients/clients.ts'
import type { Events } from '../../../domains/events/events.ts'
import { type FlowPurpose, purposeOf } from '../../../domains/flows/flow-purpose.ts'
import type { Organizations } from '../../../domains/organizations/organizations.ts'
import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import type { PolicyEnforcement } from '../../../domains/policy-enforcement/policy-enforcement.ts'
import type { ClientCall } from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Realms } from '../../../domains/realms/realms.ts'
import { TokenProtectionProblem } from '../../../domains/tokens/token-protection-problem.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { BrowserAnswer, BrowserRequest } from '../../../http/browser-request.ts'
import type { ServerUrls } from '../../../http/server-urls.ts'
import type { LoginStart } from '../../../login/login-start.ts'
import { pageRoute, refusalTexts } from '../../../login/page-route.ts'
import type { RealmRefusal } from '../../../login/realm-refusal.ts'
import type { ClientIdDocuments } from '../client-id-metadata/client-id-documents.ts'
import { checkedRequest, requireKnownOrganizations } from './authorization-checks.ts'
import { AuthorizationError } from './authorization-error.ts'
import {
  type AuthorizationRequest,
  authorizationRequestOf,
  parameterOf,
} from './authorization-request.ts'
import type { AuthorizationResponses } from './authorization-responses.ts'
import { beginInvitedRegistration, type InvitedRegistrationDeps } from './invited-registration.ts'
import { errorParameters } from './oidc-login-protocol.ts'
import { isPushed, type PushedAuthorizationRequests } from './pushed-authorization-requests.ts'
import { withPolicies } from './recheck-policies.ts'
import { withForm } from './request-form.ts'
import type { RequestObjects } from './request-objects.ts'
import { InvalidRequestPage } from './request-page-error.ts'

export interface AuthorizationEndpointDeps extends InvitedRegistrationDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly clients: Pick<Clients, 'byClientId'>
  readonly organizations: Pick<Organizations, 'hasAlias'>
  readonly urls: ServerUrls
  readonly events: Pick<Events, 'record'>
  readonly pushedRequests: Pick<PushedAuthorizationRequests, 'expand'>
  readonly requestObjects: Pick<RequestObjects, 'expand'>
  readonly policyEnforcement: Pick<PolicyEnforcement, 'enforce'>
  /** Null where clients are none by the address of their metadata. */
  readonly clientIdDocuments: Pick<ClientIdDocuments, 'prepare'> | null
  readonly responses: Pick<AuthorizationResponses, 'answer'>
  readonly login: LoginStart
}

/** The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2), by GET and by POST. */
export function registerAuthorizationEndpoint(
  app: FastifyInstance,
  deps: AuthorizationEndpointDeps,
): void {
  const authorization = (purpose?: FlowPurpose) =>
    pageRoute(
      { ...deps, pages: deps.login },
      {
        answer: (realm, browser) => authorize(deps, realm, browser, purpose),
        refused: (realm, browser, refusal) => {
          recordError(deps, realm, browser, null, refusalErrors[refusal])
          return deps.login.errorPage(realm, browser, null, 400, { key: refusalTexts[refusal] })
        },
      },
    )
  const root = '/realms/:realm/protocol/openid-connect'
  app.get(`${root}/auth`, authorization())
  app.post(`${root}/auth`, authorization())
  app.get(`${root}/registrations`, authorization('registration'))
}

async function authorize(
  deps: AuthorizationEndpointDeps,
  realm: Realm,
  browser: BrowserRequest,
  purpose: FlowPurpose | undefined,
): Promise<BrowserAnswer> {
  const parameters = parametersOf(browser)
  let client: Client | null = null
  try {
    await deps.clientIdDocuments?.prepare(realm, parameters, browser.ipAddress)
    client = await clientOf(deps, realm, parameters)
    const invitation = purpose === 'registration' ? parameters.get('token') : null
    if (invitation !== null) {
      return await beginInvitedRegistration(deps, { realm, browser, client }, invitation)
    }
    const sent = await expandPushed(deps, realm, client, browser, parameters)
    const places = { frontend: browser.frontendUrl, admin: browser.adminUrl }
    const request = await authorizationRequestOf(deps.requestObjects, realm, client, places, sent)
    return await answerRequest(deps, browser, parameters, request, purpose)
  } catch (error) {
    if (error instanceof TokenProtectionProblem) {
      recordError(deps, realm, browser, client, 'invalid_client', parameters)
      return deps.login.errorPage(realm, browser, client, 400, { key: 'invalidRequestMessage' })
    }
    if (error instanceof ClientPolicyRefusal) {
      recordError(deps, realm, browser, client, error.error, parameters)
      return deps.login.errorPage(realm, browser, client, error.status, { key: error.message })
    }
    if (!(error instanceof InvalidRequestPage)) throw error
    recordError(deps, realm, browser, client, error.eventError, parameters)
    const { key, params, status } = error
    return deps.login.errorPage(realm, browser, client, status, { key, params })
  }
}

async function answerRequest(
  deps: AuthorizationEndpointDeps,
  browser: BrowserRequest,
  sent: URLSearchParams,
  request: AuthorizationRequest,
  asked: FlowPurpose | undefined,
): Promise<BrowserAnswer> {
  const { realm, client, parameters } = request
  try {
    const reference = isPushed(sent) ? sent.get('request_uri') : null
    const checked = withForm(checkedRequest(request), reference, request.requestObject)
    await requireKnownOrganizations(deps.organizations, request)
    const { redirectUri, requestObject } = request
    const call = { ...callOf(realm, client, browser, sent), redirectUri, requestObject, parameters }
    const { scope } = checked
    const effects = await enforceHere(deps, { ...call, event: 'AUTHORIZATION_REQUEST', scope })
    const purpose = asked ?? purposeOf(checked)
    if (purpose === 'registration' && !realm.settings.registrationAllowed) {
      throw new InvalidRequestPage('registrationNotAllowedMessage', [], {
        eventError: 'registration_disabled',
      })
    }
    const remembered = withPolicies(checked, { realm, client }, effects)
    return await deps.login.begin(realm, browser, client, remembered, purpose)
  } catch (error) {
    if (!(error instanceof AuthorizationError)) throw error
    recordError(deps, realm, browser, client, error.error, parameters)
    const { frontendUrl, adminUrl } = browser
    const parties = { realm, client, frontendUrl, adminUrl }
    const state = parameterOf(request, 'state')
    const fields = errorParameters(
      parties,
      { parameters: state === undefined ? {} : { state } },
      error.error,
      error.description,
    )
    const answer = await deps.responses.answer(parties, request.redirectUri, parameters, fields)
    return deps.login.toClient(realm, browser, answer)
  }
}

/** A request by the browser, as client policies look at it. */
function callOf(
  realm: Realm,
  client: Client,
  browser: BrowserRequest,
  sent: URLSearchParams,
): Omit<ClientCall, 'event'> {
  const issuer = issuerOf({ frontend: browser.frontendUrl }, realm)
  const pushed = isPushed(sent) ? 'yes' : 'no'
  return { realm, client, issuer, sent, parameters: sent, method: browser.method, pushed }
}

/** Reads a pushed request, and lets client policies look at what the browser has brought. */
async function expandPushed(
  deps: AuthorizationEndpointDeps,
  realm: Realm,
  client: Client,
  browser: BrowserRequest,
  sent: URLSearchParams,
): Promise<URLSearchParams> {
  const call = {
    ...callOf(realm, client, browser, sent),
    event: 'PRE_AUTHORIZATION_REQUEST',
  } as const
  try {
    const parameters = await deps.pushedRequests.expand(realm, client, sent)
    await deps.policyEnforcement.enforce({ ...call, parameters })
    return parameters
  } catch (error) {
    if (error instanceof InvalidRequestPage && call.pushed === 'yes') {
      await deps.policyEnforcement.enforce({ ...call, pushed: 'unknown' })
    }
    throw error
  }
}

/** @throws AuthorizationError, which the client is told */
async function enforceHere(deps: AuthorizationEndpointDeps, call: ClientCall) {
  try {
    return await deps.policyEnforcement.enforce(call)
  } catch (error) {
    if (!(error instanceof ClientPolicyRefusal)) throw error
    throw new AuthorizationError(error.error, error.message)
  }
}

/** Keycloak's error codes of the events. */
const refusalErrors: Readonly<Record<RealmRefusal, string>> = {
  'https-required': 'ssl_required',
  'realm-disabled': 'realm_disabled',
}

function parametersOf({ method, form, query }: BrowserRequest): URLSearchParams {
  return method === 'POST' ? form : query
}

async function clientOf(
  deps: AuthorizationEndpointDeps,
  realm: Realm,
  parameters: URLSearchParams,
): Promise<Client> {
  const ids = parameters.getAll('client_id')
  const [id] = ids
  if (id === undefined || id === '' || ids.length > 1) {
    throw new InvalidRequestPage('invalidRequestMessage')
  }
  const client = await deps.clients.byClientId(realm.id, id)
  if (client === null) {
    throw new InvalidRequestPage('clientNotFoundMessage', [], { eventError: 'client_not_found' })
  }
  if (!client.enabled) {
    throw new InvalidRequestPage('clientDisabledMessage', [], { eventError: 'client_disabled' })
  }
  if (client.representation.bearerOnly === true) {
    const options = { status: 403, eventError: 'not_allowed' }
    throw new InvalidRequestPage('bearerOnlyMessage', [], options)
  }
  const { protocol } = client.representation
  if (protocol !== undefined && protocol !== 'openid-connect') {
    throw new InvalidRequestPage('wrongClientProtocolMessage', [], { eventError: 'invalid_client' })
  }
  return client
}

function recordError(
  deps: AuthorizationEndpointDeps,
  realm: Realm,
  browser: BrowserRequest,
  client: Client | null,
  error: string,
  parameters = parametersOf(browser),
): void {
  const redirectUri = parameters.get('redirect_uri')
  deps.events.record({
    type: 'LOGIN_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client?.clientId ?? parameters.get('client_id') ?? undefined,
    ipAddress: browser.ipAddress,
    error,
    details: redirectUri === null ? {} : { redirect_uri: redirectUri },
  })
}
