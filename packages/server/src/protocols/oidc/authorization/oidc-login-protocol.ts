import type { Client } from '../../../domains/clients/client.ts'
import { completionOf } from '../../../domains/flows/completion-of.ts'
import type { ClientRequest } from '../../../domains/flows/engine/client-request.ts'
import { noLoa, plainRequest } from '../../../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../../../domains/flows/engine/flow-failure.ts'
import type {
  ClientAnswer,
  LoginCompletion,
  LoginParties,
  LoginProtocol,
  LoginRefusal,
  RequestProblem,
  SuccessfulLogin,
} from '../../../domains/flows/login-protocol.ts'
import { organizationNote } from '../../../domains/organizations/organization.ts'
import type { PolicyEnforcement } from '../../../domains/policy-enforcement/policy-enforcement.ts'
import type { Sessions } from '../../../domains/sessions/sessions.ts'
import { levelNote, ssoNote } from '../../../domains/tokens/authentication-level.ts'
import { TokenProtectionProblem } from '../../../domains/tokens/token-protection-problem.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { AuthorizationResponses } from './authorization-responses.ts'
import type { FrontChannelTokens } from './front-channel-tokens.ts'
import type { PushedAuthorizationRequests } from './pushed-authorization-requests.ts'
import { policyProblem } from './recheck-policies.ts'
import { recheckRequest } from './recheck-request.ts'
import { type AnswerParameters, isImplicitOrHybrid } from './response-mode.ts'
import { parseResponseType, type ResponseType } from './response-type.ts'

export interface OidcLoginProtocolDeps {
  readonly sessions: Pick<Sessions, 'complete'>
  readonly responses: Pick<AuthorizationResponses, 'answer'>
  readonly frontChannelTokens: Pick<FrontChannelTokens, 'issue'>
  readonly pushedRequests: Pick<PushedAuthorizationRequests, 'finish'>
  readonly policyEnforcement: Pick<PolicyEnforcement, 'enforce'>
}

/** Error and description by the reason (OpenID Connect Core §3.1.2.6; texts of Keycloak). */
const refusals: Readonly<Record<LoginRefusal, readonly [error: string, description?: string]>> = {
  'passive-login-required': ['login_required'],
  'passive-interaction-required': ['interaction_required'],
  'cancelled-by-user': ['access_denied'],
  'consent-denied': ['access_denied'],
  'already-logged-in': ['temporarily_unavailable', 'authentication_expired'],
}

/** Parameters of the request that become notes of the client session. */
const notedParameters = [
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'acr_values',
  'claims',
  'dpop_jkt',
  'authorization_details',
]

/** OpenID Connect's part of a login in the browser: authorization responses. */
export class OidcLoginProtocol implements LoginProtocol {
  readonly name = 'openid-connect'
  readonly #deps: OidcLoginProtocolDeps

  constructor(deps: OidcLoginProtocolDeps) {
    this.#deps = deps
  }

  async complete(login: SuccessfulLogin): Promise<LoginCompletion> {
    const { request, client } = login
    const type = responseTypeOf(request)
    const tokens = isImplicitOrHybrid(type)
    const notes = clientNotes(login)
    await this.#finishPushed(login)
    const completed = await this.#deps.sessions.complete({
      ...completionOf(login),
      redirectUri: request.parameters['redirect_uri'] ?? null,
      clientNotes: notes,
      withCode: type.code,
      ...(tokens ? { attach: client } : {}),
    })
    if (completed.outcome !== 'completed') return completed
    const { session, code } = completed
    const issued = tokens
      ? await encryptedOrRefused(() =>
          this.#deps.frontChannelTokens.issue(login, session, notes, code),
        )
      : []
    const parameters: [string, string][] = [
      ...stateOf(request),
      ...unlessExcluded(client, 'exclude.session.state.from.auth.response', [
        'session_state',
        session.id,
      ]),
      ...issuerParameter(login),
      ...optional('kc_action', login.kcAction),
      ...optional('kc_action_status', login.kcActionStatus),
      ...optional('code', code),
      ...issued,
    ]
    return { outcome: 'completed', session, answer: await this.#answer(login, request, parameters) }
  }

  /** @throws FlowFailure when another login by the same pushed request was faster */
  async #finishPushed({ realm, request }: SuccessfulLogin): Promise<void> {
    const uri = request.parameters['request_uri']
    if (uri === undefined || (await this.#deps.pushedRequests.finish(realm, uri))) return
    throw new FlowFailure('invalid_request', { message: { key: 'invalidRequestMessage' } })
  }

  async refuse(
    parties: LoginParties,
    request: ClientRequest,
    refusal: LoginRefusal,
    reason?: string,
  ): Promise<ClientAnswer> {
    const [error, description] = refusals[refusal]
    const fields = errorParameters(parties, request, error, reason ?? description)
    return await this.#answer(parties, request, fields)
  }

  async recheck(parties: LoginParties, request: ClientRequest): Promise<RequestProblem | null> {
    const problem =
      recheckRequest(parties, request) ??
      (await policyProblem(this.#deps.policyEnforcement, parties, request))
    if (problem === null) return null
    if (problem instanceof FlowFailure) return { kind: 'page', failure: problem }
    const { error, description } = problem
    const fields = errorParameters(parties, request, error, description)
    const answer = await this.#answer(parties, request, fields)
    return { kind: 'answer', error, answer }
  }

  clientData(request: ClientRequest): string {
    const { response_type: rt, response_mode: rm, state: st } = request.parameters
    return Buffer.from(JSON.stringify({ ru: request.redirectUri, rt, rm, st })).toString(
      'base64url',
    )
  }

  fromClientData(_client: Client, clientData: string): ClientRequest | null {
    try {
      const { ru, rt, rm, st } = JSON.parse(
        Buffer.from(clientData, 'base64url').toString(),
      ) as Record<string, unknown>
      if (typeof ru !== 'string' || typeof rt !== 'string') return null
      if (parseResponseType(rt) === undefined) return null
      const parameters = {
        response_type: rt,
        redirect_uri: ru,
        ...(typeof rm === 'string' ? { response_mode: rm } : {}),
        ...(typeof st === 'string' ? { state: st } : {}),
      }
      return { ...wayBack, redirectUri: ru, parameters }
    } catch {
      return null
    }
  }

  async #answer(
    parties: LoginParties,
    request: ClientRequest,
    fields: AnswerParameters,
  ): Promise<ClientAnswer> {
    const parameters = new URLSearchParams({ ...request.parameters })
    const { responses } = this.#deps
    return await encryptedOrRefused(() =>
      responses.answer(parties, request.redirectUri, parameters, fields),
    )
  }
}

/** What a client wants encrypted and cannot be is not sent: the user is told, since nobody else can be. */
async function encryptedOrRefused<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof TokenProtectionProblem)) throw error
    throw new FlowFailure('invalid_client', { message: { key: 'invalidRequestMessage' } })
  }
}

/** A request of which nothing but the way back is known. */
const wayBack: ClientRequest = { ...plainRequest, scope: 'openid' }

/** @returns the parameters of an error answer, in Keycloak's order */
export function errorParameters(
  parties: LoginParties,
  request: Pick<ClientRequest, 'parameters'>,
  error: string,
  description?: string,
): AnswerParameters {
  return [
    ['error', error],
    ...optional('error_description', description ?? null),
    ...stateOf(request),
    ...issuerParameter(parties),
  ]
}

function clientNotes(login: SuccessfulLogin): Record<string, string> {
  const { request, loa, ssoAuth, organization } = login
  const notes: Record<string, string> = {
    scope: request.scope,
    iss: issuerOf({ frontend: login.frontendUrl }, login.realm),
    redirect_uri: request.redirectUri,
  }
  for (const name of notedParameters) {
    const value = request.parameters[name]
    if (value !== undefined) notes[name] = value
  }
  if (loa !== noLoa) notes[levelNote] = String(loa)
  if (ssoAuth) notes[ssoNote] = 'true'
  if (organization !== null) notes[organizationNote] = organization
  return notes
}

function responseTypeOf(request: ClientRequest): ResponseType {
  const type = parseResponseType(request.parameters['response_type'] ?? 'code')
  if (type === undefined) throw new Error('a checked request has a response type')
  return type
}

function stateOf({ parameters }: Pick<ClientRequest, 'parameters'>): [string, string][] {
  return optional('state', parameters['state'] ?? null)
}

/** RFC 9207. */
function issuerParameter({ client, frontendUrl, realm }: LoginParties): [string, string][] {
  const iss = issuerOf({ frontend: frontendUrl }, realm)
  return unlessExcluded(client, 'exclude.issuer.from.auth.response', ['iss', iss])
}

function unlessExcluded(
  client: Client,
  attribute: string,
  parameter: [string, string],
): [string, string][] {
  return client.representation.attributes?.[attribute] === 'true' ? [] : [parameter]
}

function optional(name: string, value: string | null): [string, string][] {
  return value === null ? [] : [[name, value]]
}
