import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { revokedTokenId } from '../../../domains/sessions/single-use-objects.ts'
import { isOffline, type VerifiedToken } from '../../../domains/tokens/access-tokens.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import {
  claimsOfToken,
  type EnforcementDeps,
  enforcePolicies,
} from '../client-policies/enforce-policies.ts'
import { readableRefusal, registerPreflight, requireClientOrigin } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, refuseDuplicates, requireUsableRealm } from '../realm-request.ts'

export interface RevocationDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'urls' | 'accessTokens' | 'sessions' | 'events'> {
  readonly clientAuthentication: ClientAuthentication
}

const path = '/realms/:realm/protocol/openid-connect/revoke'
const knownTypes = ['Bearer', 'DPoP', 'Refresh', 'Offline', 'ID']
/** A marker outlives the token that it revokes by this much. */
const markerMarginSeconds = 120

/** `POST …/revoke` (RFC 7009). */
export function registerRevocation(app: FastifyInstance, deps: RevocationDeps): void {
  app.post(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    const form = formOf(request)
    requireUsableRealm(deps, request, realm)
    refuseDuplicates(form)
    const places = placesOf(deps, request, realm)
    const { client } = await readableRefusal(request, reply, () =>
      deps.clientAuthentication.authenticateActive(request, form, realm, places),
    )
    requireClientOrigin(request, reply, client, places)
    const text = form.get('token')
    const policed = { realm, client, places, request, form }
    await enforcePolicies(deps, 'TOKEN_REVOKE', policed, { token: claimsOfToken(text) })
    if (text === null) throw new OAuthError(400, 'invalid_request', 'Token not provided')
    const issuer = issuerOf(places, realm)
    const { accessTokens } = deps
    const verdict = await accessTokens.verify(realm, issuer, text, knownTypes, 'store', 'whoever')
    // A token that is no good any more is not an error (RFC 7009 §2.2); Keycloak still says so.
    if (!verdict.valid) throw new OAuthError(200, 'invalid_token', 'Invalid token')
    await revoke(deps, client, verdict.token)
    tell(deps, request, realm, client, verdict.token)
    return reply.code(200).send()
  })
  registerPreflight(app, path, 'POST, OPTIONS')
}

/** A refresh token takes the client's part of the session with it; an access token is remembered as revoked. */
async function revoke(deps: RevocationDeps, client: Client, token: VerifiedToken): Promise<void> {
  const { claims, session } = token
  if (claims['azp'] !== client.clientId) {
    throw new OAuthError(400, 'invalid_request', 'Unmatching clients')
  }
  switch (claims['typ']) {
    case 'Refresh':
    case 'Offline':
      await deps.sessions.endClientSession(session.id, isOffline(claims), client.id, true)
      return
    case 'DPoP':
    case 'Bearer': {
      const expiry = (Number(claims['exp']) + markerMarginSeconds) * 1_000
      const sessionId = session.transient ? null : session.id
      await deps.sessions.revokeToken(revokedTokenId(String(claims['jti'])), sessionId, expiry)
      return
    }
    default:
      throw new OAuthError(400, 'unsupported_token_type', 'Unsupported token type')
  }
}

function tell(
  { events, urls }: RevocationDeps,
  request: FastifyRequest,
  realm: Realm,
  client: Client,
  { claims, user, session }: VerifiedToken,
): void {
  const refresh = claims['typ'] === 'Refresh' || claims['typ'] === 'Offline'
  events.record({
    type: 'REVOKE_GRANT',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: user.id,
    sessionId: session.transient ? undefined : session.id,
    ipAddress: urls.clientAddress(request),
    details: refresh
      ? { refresh_token_id: String(claims['jti']), refresh_token_type: String(claims['typ']) }
      : { token_id: String(claims['jti']) },
  })
}
