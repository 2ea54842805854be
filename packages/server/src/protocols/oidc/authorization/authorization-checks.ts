import type { ClientRequest } from '../../../domains/flows/engine/client-request.ts'
import type { Organizations } from '../../../domains/organizations/organizations.ts'
import {
  AuthorizationDetails,
  AuthorizationDetailsProblem,
} from '../../../domains/tokens/authorization-details.ts'
import { wantsCertificate, wantsDpop } from '../../../domains/tokens/confirmation.ts'
import { requestedScopes } from '../../../domains/tokens/granted-scopes.ts'
import { asksInvalidScopes } from '../../../domains/tokens/invalid-scopes.ts'
import { AuthorizationError } from './authorization-error.ts'
import { type AuthorizationRequest, parameterOf } from './authorization-request.ts'
import { authenticationRequestOf } from './requested-authentication.ts'
import { areResources } from './resource-indicators.ts'
import {
  defaultResponseMode,
  isImplicitOrHybrid,
  type ResponseMode,
  responseModes,
} from './response-mode.ts'
import { parseResponseType } from './response-type.ts'

/** PKCE code challenges (RFC 7636 §4.2). */
const challengeShape = /^[A-Za-z0-9\-._~]{43,128}$/

/** Parameters of a request that the answer and the tokens need later. */
const keptParameters = [
  'response_type',
  'response_mode',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'acr_values',
  'claims',
  'dpop_jkt',
  'authorization_details',
]

/** No type has rules of its own yet. */
const details = new AuthorizationDetails()

type Check = (request: AuthorizationRequest) => void

/** In this order; each throws AuthorizationError, which the client is told by redirect. */
const checks: readonly Check[] = [
  checkResponseType,
  checkResponseMode,
  checkFlowEnabled,
  checkConfirmation,
  checkDuplicates,
  checkScope,
  checkResources,
  checkDetails,
  checkNonce,
  checkPkce,
]

/**
 * Checks everything that is told to the client, in order.
 * @returns the request as the login takes it
 * @throws AuthorizationError
 */
export function checkedRequest(request: AuthorizationRequest): ClientRequest {
  for (const check of checks) check(request)
  const parameters: Record<string, string> = {}
  for (const name of keptParameters) {
    const value = parameterOf(request, name)
    if (value !== undefined) parameters[name] = value
  }
  if (parameters['code_challenge'] !== undefined) parameters['code_challenge_method'] ??= 'plain'
  if (request.sentRedirectUri !== null) parameters['redirect_uri'] = request.sentRedirectUri
  return {
    protocol: 'openid-connect',
    redirectUri: request.redirectUri,
    scope: parameterOf(request, 'scope') ?? '',
    parameters,
    ...authenticationRequestOf(request),
  }
}

function checkResponseType(request: AuthorizationRequest): void {
  const text = parameterOf(request, 'response_type')
  if (text === undefined) {
    throw new AuthorizationError('invalid_request', 'Missing parameter: response_type')
  }
  if (parseResponseType(text) === undefined) {
    throw new AuthorizationError('unsupported_response_type')
  }
}

function checkResponseMode(request: AuthorizationRequest): void {
  const mode = parameterOf(request, 'response_mode')
  if (mode === undefined) return
  if (!responseModes.includes(mode as ResponseMode)) {
    throw new AuthorizationError('invalid_request', 'Invalid parameter: response_mode')
  }
  const type = parseResponseType(parameterOf(request, 'response_type') ?? '')
  if (type !== undefined && isImplicitOrHybrid(type) && mode.startsWith('query')) {
    throw new AuthorizationError(
      'invalid_request',
      `Response_mode '${mode}' not allowed for implicit or hybrid flow`,
    )
  }
}

function checkFlowEnabled({ client, parameters }: AuthorizationRequest): void {
  const type = parseResponseType(parameters.get('response_type') ?? '')
  if (type === undefined) return
  const { standardFlowEnabled, implicitFlowEnabled } = client.representation
  const disabled = (flow: string) =>
    new AuthorizationError(
      'unauthorized_client',
      `Client is not allowed to initiate browser login with given response_type. ${flow} flow is disabled for the client.`,
    )
  if ((type.code || type.none) && standardFlowEnabled === false) throw disabled('Standard')
  if (isImplicitOrHybrid(type) && implicitFlowEnabled !== true) throw disabled('Implicit')
}

/** No key and no certificate can be proved here, so that a client whose tokens must be bound gets none by the browser. */
function checkConfirmation({ realm, client, parameters }: AuthorizationRequest): void {
  const type = parseResponseType(parameters.get('response_type') ?? '')
  if (type?.token !== true || !(wantsDpop(realm, client) || wantsCertificate(client))) return
  throw new AuthorizationError(
    'unauthorized_client',
    'Access tokens of this client are bound and cannot be issued here',
  )
}

/** RFC 6749 §3.1: parameters must not be included more than once. */
function checkDuplicates({ parameters }: AuthorizationRequest): void {
  const names = [...parameters.keys()].filter((name) => name !== 'resource')
  if (new Set(names).size !== names.length) {
    throw new AuthorizationError('invalid_request', 'duplicated parameter')
  }
}

function checkScope(request: AuthorizationRequest): void {
  const scope = parameterOf(request, 'scope')
  const { invalid } = requestedScopes(request.realm, request.client, scope)
  if (invalid.length > 0) throw new AuthorizationError('invalid_scope', `Invalid scopes: ${scope}`)
}

/** @throws AuthorizationError for scopes that name an organization which is not there */
export async function requireKnownOrganizations(
  organizations: Pick<Organizations, 'hasAlias'>,
  request: AuthorizationRequest,
): Promise<void> {
  const { realm, client } = request
  const scope = parameterOf(request, 'scope')
  if (await asksInvalidScopes(organizations, realm, client, scope)) {
    throw new AuthorizationError('invalid_scope', `Invalid scopes: ${scope}`)
  }
}

/** RFC 8707 §2. */
function checkResources({ parameters }: AuthorizationRequest): void {
  if (areResources(parameters.getAll('resource'))) return
  throw new AuthorizationError(
    'invalid_target',
    'The requested resource is invalid, missing, unknown, or malformed.',
  )
}

/** RFC 9396 §5, with Keycloak's error. */
function checkDetails(request: AuthorizationRequest): void {
  const text = request.parameters.get('authorization_details')
  if (text === null) return
  try {
    details.read(request.realm, request.client, text)
  } catch (error) {
    if (!(error instanceof AuthorizationDetailsProblem)) throw error
    throw new AuthorizationError('invalid_request', error.message)
  }
}

/** OpenID Connect Core §3.2.2.1 and §3.3.2.11: an ID token by the browser needs a nonce. */
function checkNonce(request: AuthorizationRequest): void {
  const type = parseResponseType(request.parameters.get('response_type') ?? '')
  if (type?.idToken !== true || parameterOf(request, 'nonce') !== undefined) return
  throw new AuthorizationError('invalid_request', 'Missing parameter: nonce')
}

function checkPkce(request: AuthorizationRequest): void {
  const type = parseResponseType(request.parameters.get('response_type') ?? '')
  if (type?.code !== true) return
  const invalid = (text: string) => new AuthorizationError('invalid_request', text)
  const required = request.client.representation.attributes?.['pkce.code.challenge.method']
  const method = parameterOf(request, 'code_challenge_method')
  const challenge = parameterOf(request, 'code_challenge')
  if (required) {
    if (method === undefined) throw invalid('Missing parameter: code_challenge_method')
    if (method !== required) {
      throw invalid('Invalid parameter: code challenge method is not matching the configured one')
    }
  }
  if (challenge === undefined) {
    if (method !== undefined) throw invalid('Missing parameter: code_challenge')
    return
  }
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    throw invalid('Invalid parameter: code_challenge_method')
  }
  if (!challengeShape.test(challenge)) throw invalid('Invalid parameter: code_challenge')
}

/** @returns how answers to this request travel, also when the request itself is wrong */
export function responseModeOf(parameters: URLSearchParams): ResponseMode {
  const type = parseResponseType(parameters.get('response_type') ?? '')
  const wished = parameters.get('response_mode') as ResponseMode | null
  if (wished !== null && responseModes.includes(wished)) return wished
  return type === undefined ? 'query' : defaultResponseMode(type)
}
