import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Client } from '../../../domains/clients/client.ts'
import { RowAllowance } from '../../../domains/flows/login-state/row-allowance.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { placesOf } from '../../../login/request-places.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import {
  claimsOfToken,
  type EnforcementDeps,
  enforcePolicies,
} from '../client-policies/enforce-policies.ts'
import { requireValidScope } from '../grants/scope-check.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, refuseDuplicates, requireUsableRealm } from '../realm-request.ts'
import type { AuthenticationChannel } from './authentication-channel.ts'
import type { CibaDecisions } from './ciba-decisions.ts'
import { type CibaParametersDeps, cibaParameters } from './ciba-parameters.ts'
import { type CibaPolicy, cibaPolicyOf, expiresInSecondsMax } from './ciba-policy.ts'
import type { CibaRequests } from './ciba-requests.ts'
import { type CibaUserDeps, cibaUser } from './ciba-user.ts'
import { answerTokenType } from './http-authentication-channel.ts'

export interface CibaDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'clients' | 'urls' | 'events' | 'accessTokens' | 'organizations'>,
    CibaParametersDeps,
    Omit<CibaUserDeps, 'accessTokens'> {
  readonly clientAuthentication: ClientAuthentication
  readonly cibaRequests: CibaRequests
  readonly authenticationChannel: AuthenticationChannel
  readonly cibaDecisions: Pick<CibaDecisions, 'decide'>
  readonly log: Pick<Logger, 'warn'>
}

/** Below `…/realms/{realm}/`. */
export const backchannelAuthenticationPath = 'protocol/openid-connect/ext/ciba/auth'
const bindingMessage = /^[a-zA-Z0-9-._+/!?#]{1,50}$/
const notificationTokenCharactersMax = 1_024
const scopeCharactersMax = 2_000
const acrCharactersMax = 1_000
/** Users whom one network may have asked within a minute. */
const requestsPerMinuteMax = 120
const answerShape = z.looseObject({ status: z.enum(['SUCCEED', 'UNAUTHORIZED', 'CANCELLED']) })

const invalid = (description: string) => new OAuthError(400, 'invalid_request', description)
const unreachable = (description: string) => new OAuthError(503, 'server_error', description)

/** Backchannel authentication (OpenID Connect CIBA Core §7) and where Keycloak's authentication entities answer. */
export function registerCiba(app: FastifyInstance, deps: CibaDeps): void {
  const requests = new RowAllowance(deps.clock, requestsPerMinuteMax)
  const path = `/realms/:realm/${backchannelAuthenticationPath}`
  app.post(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    requireUsableRealm(deps, request, realm)
    if (!requests.take(networkOfAddress(deps.urls.clientAddress(request)))) {
      throw new OAuthError(429, 'invalid_request', 'Too many requests')
    }
    const answer = await authenticate(deps, realm, request)
    sendJson(reply, JSON.stringify(answer))
    return reply
  })
  app.post(`${path}/callback`, async (request, reply) => {
    const realm = await realmOf(deps, request)
    requireUsableRealm(deps, request, realm)
    await answered(deps, realm, request)
    // What Keycloak says, which means to name a media type.
    const body = { type: 'application', subtype: 'json', parameters: {} }
    const flags = { wildcardSubtype: false, wildcardType: false }
    reply.header('cache-control', 'no-cache')
    return await reply.type('application/json').send(JSON.stringify({ ...body, ...flags }))
  })
}

async function authenticate(deps: CibaDeps, realm: Realm, request: FastifyRequest) {
  const form = formOf(request)
  refuseDuplicates(form)
  const places = placesOf(deps, request, realm)
  const client = await clientOf(deps, request, form, realm)
  const issuer = issuerOf(places, realm)
  const policy = cibaPolicyOf(realm, client)
  const parameters = await cibaParameters(deps, { realm, client, issuer, policy }, form)
  const claims = claimsOfToken(form.get('request'))
  const requestObject = claims && { claims, encrypted: false }
  const facts = { parameters, requestObject, scope: parameters.get('scope') ?? '' }
  const policed = { realm, client, places, request, form }
  await enforcePolicies(deps, 'BACKCHANNEL_AUTHENTICATION_REQUEST', policed, facts)
  const user = await cibaUser(deps, { realm, client, issuer, hint: policy.hint }, parameters)
  const scope = await checkedScope(deps, realm, client, parameters)
  const message = checkedMessage(parameters)
  const notificationToken = checkedToken(policy, parameters)
  if (parameters.has('user_code')) throw invalid('User code not supported')
  const issuedAt = epochSeconds(deps.clock)
  const expiresIn = requestedExpiry(parameters) ?? policy.expiresInSeconds
  const acrValues = parameters.get('acr_values')?.slice(0, acrCharactersMax) ?? null
  const asked = { scope, bindingMessage: message, acrValues }
  const { authReqId, resultId } = await deps.cibaRequests.create(realm, {
    ...asked,
    clientUuid: client.id,
    userId: user.id,
    expiresAt: (issuedAt + expiresIn) * 1_000,
    notificationToken,
  })
  const party = { realm, issuer, client, user, resultId }
  const scopes = [scope, ...consentScopes(realm, client, scope)].join(' ')
  try {
    const expiresAt = issuedAt + expiresIn
    const channel = deps.authenticationChannel
    const sent = await channel.ask({ ...party, ...asked, scope: scopes, issuedAt, expiresAt })
    if (!sent) throw unreachable('Unexpected response from authentication device')
  } catch (error) {
    await deps.cibaRequests.drop(realm, authReqId)
    if (error instanceof OAuthError) throw error
    deps.log.warn(`Realm ${realm.name}: nobody can be asked: ${(error as Error).message}`)
    throw unreachable('Failed to send authentication request')
  }
  return { auth_req_id: authReqId, expires_in: expiresIn, interval: policy.intervalSeconds }
}

/** As at the token endpoint, except that Keycloak answers 401 to clients that may not ask. */
async function clientOf(
  deps: CibaDeps,
  request: FastifyRequest,
  form: URLSearchParams,
  realm: Realm,
): Promise<Client> {
  const places = placesOf(deps, request, realm)
  const { clientAuthentication } = deps
  const { client } = await clientAuthentication.authenticateActive(request, form, realm, places)
  if (!cibaPolicyOf(realm, client).enabled) {
    throw new OAuthError(401, 'invalid_grant', 'Client not allowed OIDC CIBA Grant', {
      eventError: 'not_allowed',
    })
  }
  return client
}

async function checkedScope(
  deps: Pick<CibaDeps, 'organizations'>,
  realm: Realm,
  client: Client,
  parameters: URLSearchParams,
): Promise<string> {
  const scope = parameters.get('scope')
  if (scope === null) throw invalid('missing parameter : scope')
  if (scope.length > scopeCharactersMax) throw invalid('Invalid scope')
  await requireValidScope(deps.organizations, realm, client, scope)
  return scope
}

function checkedMessage(parameters: URLSearchParams): string | null {
  const message = parameters.get('binding_message')
  if (message === null || bindingMessage.test(message)) return message
  throw new OAuthError(
    400,
    'invalid_binding_message',
    'the binding_message value has to be max 50 characters in length and must contain only basic plain-text characters without spaces',
  )
}

/** OpenID Connect CIBA Core §7.1: a client in ping mode gives a token that it is told with, no other does. */
function checkedToken({ mode }: CibaPolicy, parameters: URLSearchParams): string | null {
  const token = parameters.get('client_notification_token')
  if (mode !== 'ping') {
    if (token === null) return null
    throw invalid('Client Notification token supported only for the ping mode')
  }
  if (token === null) {
    throw invalid('Client Notification token needs to be provided with the ping mode')
  }
  if (token.length > notificationTokenCharactersMax) {
    throw invalid('Client Notification token length is limited to 1024 characters')
  }
  // RFC 6750 §2.1: it goes into a header.
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token
  throw invalid('Client Notification token has characters that a bearer token cannot have')
}

function requestedExpiry(parameters: URLSearchParams): number | null {
  const text = parameters.get('requested_expiry')
  if (text === null) return null
  if (!/^\d{1,9}$/.test(text)) throw invalid(`For input string: "${text.slice(0, 100)}"`)
  const seconds = Number(text)
  if (seconds > 0 && seconds <= expiresInSecondsMax) return seconds
  throw invalid(`requested_expiry has to be between 1 and ${expiresInSecondsMax}`)
}

/** Default scopes of the client that are shown to users, which the channel shows too. */
function consentScopes(realm: Realm, client: Client, scope: string): string[] {
  const asked = new Set(scope.split(' '))
  const names = new Set(client.representation.defaultClientScopes ?? [])
  return realm.clientScopes
    .filter(({ name, attributes }) => {
      return names.has(name) && attributes['display.on.consent.screen'] === 'true'
    })
    .map(({ name }) => name)
    .filter((name) => !asked.has(name))
}

/** The authentication entity says what the user has decided. */
async function answered(deps: CibaDeps, realm: Realm, request: FastifyRequest): Promise<void> {
  const { resultId, azp } = answeredRequest(deps, realm, request)
  const body = answerShape.safeParse(request.body)
  const waiting = await deps.cibaRequests.byResultId(realm, resultId)
  const notGood = () => new OAuthError(403, 'invalid_token', 'Invalid token')
  if (waiting?.status !== 'pending') throw notGood()
  const client = await deps.clients.byId(realm.id, waiting.clientUuid)
  if (!client?.enabled) throw invalid('Invalid token recipient')
  if (client.clientId !== azp) throw invalid('Token recipient mismatch')
  if (!body.success) throw invalid('Invalid authentication status')
  const granted = body.data.status === 'SUCCEED'
  const untold = await deps.cibaDecisions.decide(realm, client, resultId, granted)
  if (untold) throw untold
}

/** The token that the authentication entity was given for this one request. */
function answeredRequest(
  { urls, accessTokens }: CibaDeps,
  realm: Realm,
  request: FastifyRequest,
): { readonly resultId: string; readonly azp: string } {
  const text = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (text === undefined) throw new OAuthError(401, 'invalid_token', 'Invalid token')
  const issuer = issuerOf(placesOf({ urls }, request, realm), realm)
  const claims = accessTokens.signedClaims(realm, issuer, text, answerTokenType)
  const { aud, jti, azp } = claims ?? {}
  if (aud !== issuer || typeof jti !== 'string' || typeof azp !== 'string') {
    throw new OAuthError(403, 'invalid_token', 'Invalid token')
  }
  return { resultId: jti, azp }
}
