import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { TokenRefusal, VerifiedToken } from '../../../domains/tokens/access-tokens.ts'
import { boundTo } from '../../../domains/tokens/confirmation.ts'
import { dpopAlgorithms } from '../../../domains/tokens/dpop-proofs.ts'
import { type PresentedToken, readAuthorization } from '../../../domains/tokens/presented-tokens.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { TokenProtectionProblem } from '../../../domains/tokens/token-protection-problem.ts'
import { hasLightweightTokens, issuerOf } from '../../../domains/tokens/tokens.ts'
import { HttpError } from '../../../http/http-error.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { placesOf } from '../../../login/request-places.ts'
import { newUuid } from '../../../shared/random.ts'
import { enforcePolicies } from '../client-policies/enforce-policies.ts'
import { allowAnyOrigin, allowClientOrigin, registerPreflight } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { forbidStoring, formOf, realmOf, requireUsableRealm } from '../realm-request.ts'

export type UserinfoDeps = Pick<
  OidcDeps,
  | 'realms'
  | 'urls'
  | 'presentedTokens'
  | 'tokens'
  | 'clientEncryption'
  | 'events'
  | 'clientCertificates'
  | 'policyEnforcement'
>

const path = '/realms/:realm/protocol/openid-connect/userinfo'
const interactionHeader = 'x-fapi-interaction-id'
const interactionShape = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** `GET` and `POST …/userinfo` (OpenID Connect Core §5.3). */
export function registerUserinfo(app: FastifyInstance, deps: UserinfoDeps): void {
  const serve = async (request: FastifyRequest, reply: FastifyReply) =>
    await answer(deps, request, reply)
  app.get(path, serve)
  app.post(path, serve)
  registerPreflight(app, path, 'GET, HEAD, OPTIONS')
}

async function answer(deps: UserinfoDeps, request: FastifyRequest, reply: FastifyReply) {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  const shown = readAuthorization(request.headers.authorization) ?? formToken(request)
  if (shown === null) return challenge(request, reply, realm, 401)
  const places = placesOf(deps, request, realm)
  const issuer = issuerOf(places, realm)
  const issuers = [issuer, issuerOf({ frontend: deps.urls.backend(request) }, realm)]
  const presented = {
    ...shown,
    proof: request.headers['dpop'],
    certificate: deps.clientCertificates.of(request)?.thumbprint,
    method: request.method,
    urls: issuers.map((each) => `${each}/protocol/openid-connect/userinfo`),
  }
  const verdict = await deps.presentedTokens.verify(realm, issuer, presented, 'copy')
  if (!verdict.valid) {
    if (verdict.nonce !== undefined) reply.header('dpop-nonce', verdict.nonce)
    tell(deps, request, realm, 'USER_INFO_REQUEST_ERROR', undefined, 'invalid_token')
    return challenge(request, reply, realm, 401, 'invalid_token', refusalText(verdict))
  }
  const { token } = verdict
  nameInteraction(request, reply, token)
  const policed = { realm, client: token.client, places, request, form: formOf(request) }
  const facts = { token: token.claims, scope: String(token.claims['scope'] ?? '') }
  try {
    await enforcePolicies(deps, 'USERINFO_REQUEST', policed, facts)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    tell(deps, request, realm, 'USER_INFO_REQUEST_ERROR', token, error.error)
    return challenge(request, reply, realm, error.status, error.error, error.description)
  }
  const { attributes } = token.client.representation
  const isAllowed = attributes?.['allow.userinfo.with.lightweight.access.token'] === 'true'
  if (hasLightweightTokens(token.client) && token.claims['sub'] === undefined && !isAllowed) {
    const description = 'Lightweight access token not allowed for userinfo endpoint'
    return challenge(request, reply, realm, 401, 'invalid_token', description)
  }
  if (
    !String(token.claims['scope'] ?? '')
      .split(' ')
      .includes('openid')
  ) {
    return challenge(request, reply, realm, 403, 'insufficient_scope', 'Missing openid scope')
  }
  if (!allowClientOrigin(request, reply, token.client, places)) {
    throw new HttpError(403, { error: 'Invalid origin' }, noStore)
  }
  const claims = await userinfoClaims(deps, realm, token, places)
  tell(deps, request, realm, 'USER_INFO_REQUEST', token)
  reply.header('cache-control', 'no-cache').header('pragma', 'no-cache')
  return await send(deps, reply, realm, token, claims, issuerOf(places, realm))
}

/**
 * FAPI 1.0 Baseline §6.2.1, item 11: a resource server says again by which id its client knows this call. Where the client named
 * none, it makes one up; here for tokens that are bound to their holder, which the clients of that profile have.
 */
function nameInteraction(request: FastifyRequest, reply: FastifyReply, token: VerifiedToken): void {
  const given = request.headers[interactionHeader]
  if (typeof given === 'string' && interactionShape.test(given)) {
    reply.header(interactionHeader, given)
  } else if (token.claims['cnf'] !== undefined) reply.header(interactionHeader, newUuid())
}

const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** A token in the form body (RFC 6750 §2.2); never one in the query, which ends up in logs. */
function formToken(request: FastifyRequest): Pick<PresentedToken, 'scheme' | 'text'> | null {
  if (request.headers.authorization !== undefined) return null
  const text = formOf(request).get('access_token')
  return text === null ? null : { scheme: 'Bearer', text }
}

async function userinfoClaims(
  { tokens }: UserinfoDeps,
  realm: Realm,
  { claims: given, client, user, session }: VerifiedToken,
  places: ReturnType<typeof placesOf>,
): Promise<Claims> {
  const scope = String(given['scope'] ?? '')
  return await tokens.userinfoClaims({ realm, client, user, session, places, scope })
}

/** JSON, or a signed or encrypted JWT where the client wants one (OpenID Connect Core §5.3.2). */
async function send(
  deps: UserinfoDeps,
  reply: FastifyReply,
  realm: Realm,
  { client }: VerifiedToken,
  claims: Claims,
  issuer: string,
) {
  const algorithm = client.representation.attributes?.['user.info.response.signature.alg']
  const signs = Boolean(algorithm) && algorithm !== 'none' && algorithm !== 'unsigned'
  const { tokens, clientEncryption } = deps
  if (!signs && !clientEncryption.wants(client, 'userinfo')) {
    sendJson(reply, JSON.stringify(claims))
    return
  }
  const complete = { ...claims, iss: issuer, aud: client.clientId }
  try {
    const plain = signs
      ? await tokens.sign(realm, client, 'userinfo', complete)
      : JSON.stringify(complete)
    const text = await clientEncryption.encrypt(client, 'userinfo', plain, signs)
    return reply.type('application/jwt').send(text)
  } catch (error) {
    // The client gets nothing rather than something that is not protected as it wants it.
    if (!(error instanceof TokenProtectionProblem)) throw error
    throw new HttpError(400, { error: 'invalid_client', error_description: error.message }, noStore)
  }
}

/** RFC 6750 §3: the reason stands in the header, there is no body. */
function challenge(
  request: FastifyRequest,
  reply: FastifyReply,
  realm: Realm,
  status: number,
  error?: string,
  description?: string,
) {
  const scheme = readAuthorization(request.headers.authorization)?.scheme ?? 'Bearer'
  const parts = [`realm="${headerText(realm.name)}"`]
  if (scheme === 'DPoP') parts.unshift(`algs="${dpopAlgorithms.join(' ')}"`)
  if (error !== undefined) parts.push(`error="${error}"`)
  if (description !== undefined) parts.push(`error_description="${description}"`)
  forbidStoring(reply)
  allowAnyOrigin(request, reply)
  if (request.headers.origin !== undefined) {
    const exposed = 'Access-Control-Allow-Methods, WWW-Authenticate'
    reply.header('access-control-expose-headers', exposed)
  }
  reply.code(status).header('www-authenticate', `${scheme} ${parts.join(', ')}`)
  return reply.type('text/plain;charset=utf-8').send('')
}

/** What a quoted string of a header can hold (RFC 9110 §5.6.4); other characters are percent-encoded. */
function headerText(text: string): string {
  return text.replaceAll(/["\\]/g, '').replaceAll(/[^\x20-\x7e]/gu, (character) => {
    const bytes = [...Buffer.from(character)]
    return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  })
}

function refusalText({ reason, claims }: { reason: TokenRefusal; claims?: Claims }): string {
  switch (reason) {
    case 'not-confirmed':
      return claims && boundTo(claims)?.x5t !== undefined
        ? 'Client certificate missing, or its thumbprint and one in the token did NOT match'
        : 'Token verification failed'
    case 'no-session':
    case 'no-client-session':
      return 'user_session_not_found'
    case 'client-disabled':
      return 'Client disabled'
    case 'user-disabled':
      return 'User disabled'
    case 'unknown-user':
      return 'User not found'
    default:
      return 'Token verification failed'
  }
}

function tell(
  { events, urls }: UserinfoDeps,
  request: FastifyRequest,
  realm: Realm,
  type: string,
  token?: VerifiedToken,
  error?: string,
): void {
  events.record({
    type,
    realmId: realm.id,
    realmName: realm.name,
    clientId: token?.client.clientId,
    userId: token?.user.id,
    sessionId: token && !token.session.transient ? token.session.id : undefined,
    ipAddress: urls.clientAddress(request),
    error,
    details: { auth_method: 'validate_access_token' },
  })
}
