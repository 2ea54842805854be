import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import { TokenProtectionProblem } from '../../../domains/tokens/token-protection-problem.ts'
import type { ClientId } from '../../../domains/typed-ids.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import { effectiveClient } from '../client-policies/effective-client.ts'
import { type EnforcementDeps, enforcePolicies } from '../client-policies/enforce-policies.ts'
import { answeredBy, confirmationBy, enforceOnGrant } from '../client-policies/grant-policies.ts'
import { requestConfirmation, wantedBy } from '../confirmation/request-confirmation.ts'
import { readableRefusal, registerPreflight, requireClientOrigin } from '../cross-origin.ts'
import type { Grant, GrantAnswer, GrantEvent } from '../grants/grant.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import {
  forbidStoring,
  formOf,
  realmOf,
  refuseDuplicates,
  requireUsableRealm,
} from '../realm-request.ts'

export interface TokenEndpointDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'urls' | 'events' | 'dpopProofs'> {
  readonly clientAuthentication: ClientAuthentication
  readonly grants: readonly Grant[]
}

export const tokenPath = '/realms/:realm/protocol/openid-connect/token'

/** `POST …/token` (RFC 6749 §3.2). */
export function registerToken(app: FastifyInstance, deps: TokenEndpointDeps): void {
  const grants = new Map(deps.grants.map((grant) => [grant.type, grant]))
  app.post(tokenPath, async (request, reply) => {
    const realm = await realmOf(deps, request)
    forbidStoring(reply)
    const response = await answer(deps, grants, realm, request, reply)
    const written = deps.events.written(realm.name)
    if (written !== undefined) await written
    sendJson(reply, JSON.stringify(response))
  })
  registerPreflight(app, tokenPath, 'POST, OPTIONS')
}

/** The checks of a token request, in the order in which Keycloak makes them. */
async function answer(
  deps: TokenEndpointDeps,
  grants: ReadonlyMap<string, Grant>,
  realm: Realm,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<GrantAnswer['response']> {
  const form = formOf(request)
  requireUsableRealm(deps, request, realm)
  const grantType = form.get('grant_type')
  if (grantType === null) {
    throw new OAuthError(400, 'invalid_request', 'Missing form parameter: grant_type')
  }
  const grant = grants.get(grantType)
  if (!grant) throw new OAuthError(400, 'unsupported_grant_type', 'Unsupported grant_type')
  refuseDuplicates(form, grant.repeatable)
  const ipAddress = deps.urls.clientAddress(request)
  const event: GrantEvent & { clientId?: ClientId } = { details: { grant_type: grantType } }
  const tell = (type: string, error?: string) => {
    const { clientId, userId, sessionId, details } = event
    const { id: realmId, name: realmName } = realm
    deps.events.record({
      type,
      realmId,
      realmName,
      clientId,
      userId,
      sessionId,
      ipAddress,
      error,
      details,
    })
  }
  try {
    const places = placesOf(deps, request, realm)
    event.clientId = form.get('client_id') ?? ''
    const bearer = (await grant.bearerOf?.(request, realm, places)) ?? undefined
    const authenticated = bearer
      ? { client: bearer.client, method: 'bearer' }
      : await readableRefusal(request, reply, () =>
          deps.clientAuthentication.authenticateActive(request, form, realm, places),
        )
    const { client, method } = authenticated
    event.clientId = client.clientId
    event.details['client_auth_method'] = method
    requireClientOrigin(request, reply, client, places)
    const policed = { realm, client, places, request, form }
    const effects = await enforceOnGrant(deps, grantType, policed)
    const wanted = [realm, wantedBy(realm, client), places, request, reply, 'token'] as const
    const confirmation = await requestConfirmation(deps, ...wanted)
    const cookies: string[] = []
    const issued = await grant.issue({
      realm,
      client: effectiveClient(client, effects),
      form,
      places,
      ipAddress,
      confirmation: confirmationBy(confirmation, effects),
      certificate: () => deps.clientCertificates.knownOf(request),
      cookies,
      event,
      bearer,
      enforce: (policyEvent, facts) => enforcePolicies(deps, policyEvent, policed, facts),
    })
    if (issued.accessTokenId !== null) event.details['token_id'] = issued.accessTokenId
    if ('scope' in issued.response) event.details['scope'] = String(issued.response['scope'])
    if (issued.refreshTokenId !== null) {
      event.details[
        grantType === 'refresh_token' ? 'updated_refresh_token_id' : 'refresh_token_id'
      ] = issued.refreshTokenId
    }
    tell(grant.eventType)
    for (const cookie of cookies) reply.header('set-cookie', cookie)
    return answeredBy(issued.response, effects)
  } catch (error) {
    if (error instanceof TokenProtectionProblem) {
      request.log.warn(error.message)
      tell(`${grant.eventType}_ERROR`, 'invalid_client')
      throw new OAuthError(400, 'invalid_client', error.message)
    }
    if (error instanceof OAuthError) {
      if (error.eventReason !== undefined) event.details['reason'] = error.eventReason
      tell(`${grant.eventType}_ERROR`, error.eventError)
    }
    throw error
  }
}
