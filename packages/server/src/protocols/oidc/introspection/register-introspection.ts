import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { VerifiedToken } from '../../../domains/tokens/access-tokens.ts'
import { addAudience } from '../../../domains/tokens/mappers/claim-writer.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { sendJson } from '../../../http/json-answer.ts'
import { placesOf } from '../../../login/request-places.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type {
  AuthenticatedClient,
  ClientAuthentication,
} from '../client-authentication/client-authentication.ts'
import { type EnforcementDeps, enforcePolicies } from '../client-policies/enforce-policies.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, refuseDuplicates, requireUsableRealm } from '../realm-request.ts'

export interface IntrospectionDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'urls' | 'accessTokens' | 'tokens' | 'events' | 'clock'> {
  readonly clientAuthentication: ClientAuthentication
}

const path = '/realms/:realm/protocol/openid-connect/token/introspect'
const refreshTypes = ['Refresh', 'Offline']
/** Claims that mean something only to who issued the token, or inside of an id token. */
const internalClaims = new Set([
  'authorization',
  'aud_x',
  'prov',
  'reuse_id',
  'at_hash',
  'c_hash',
  's_hash',
])
const jwtAnswer = 'application/token-introspection+jwt'
const hints = ['access_token', 'refresh_token', 'requesting_party_token']

/** `POST …/token/introspect` (RFC 7662). */
export function registerIntrospection(app: FastifyInstance, deps: IntrospectionDeps): void {
  app.post(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    const form = formOf(request)
    requireUsableRealm(deps, request, realm)
    refuseDuplicates(form)
    const places = placesOf(deps, request, realm)
    const { client } = await authenticate(deps, request, form, realm, places)
    if (client.representation.publicClient) {
      throw new OAuthError(403, 'invalid_request', 'Client not allowed.')
    }
    await enforcePolicies(deps, 'TOKEN_INTROSPECT', { realm, client, places, request, form })
    const text = form.get('token')
    if (text === null) throw new OAuthError(400, 'invalid_request', 'Token not provided.')
    const hint = form.get('token_type_hint') ?? 'access_token'
    if (!hints.includes(hint)) {
      throw new OAuthError(400, 'invalid_request', 'Unsupported token type.')
    }
    const answer = await introspect(deps, realm, places, client, text, hint)
    if (answer['active'] === true && wantsJwt(request, client)) {
      const { active: _, client_id: __, username: ___, token_type: ____, ...claims } = answer
      answer['jwt'] = await deps.tokens.sign(realm, client, 'access', claims)
    }
    tell(deps, request, realm, client, hint, answer)
    reply.header('cache-control', 'no-cache')
    if (!prefersJwt(request)) {
      sendJson(reply, JSON.stringify(answer))
      return reply
    }
    const signed = await deps.tokens.sign(realm, client, 'introspection', {
      iss: issuerOf(places, realm),
      aud: client.clientId,
      iat: epochSeconds(deps.clock),
      token_introspection: answer,
    })
    return await reply.type(jwtAnswer).send(signed)
  })
}

/** Here Keycloak answers a wrong secret with another error than at the token endpoint. */
async function authenticate(
  deps: IntrospectionDeps,
  request: FastifyRequest,
  form: URLSearchParams,
  realm: Realm,
  places: ServerPlaces,
): Promise<AuthenticatedClient> {
  try {
    return await deps.clientAuthentication.authenticate(request, form, realm, places)
  } catch (error) {
    if (error instanceof OAuthError && error.error === 'unauthorized_client') {
      throw new OAuthError(401, 'invalid_client', 'Client authentication failed.')
    }
    throw error
  }
}

async function introspect(
  deps: IntrospectionDeps,
  realm: Realm,
  places: ServerPlaces,
  caller: Client,
  text: string,
  hint: string,
): Promise<Claims> {
  const inactive = { active: false }
  const refresh = hint === 'refresh_token'
  const types = refresh ? refreshTypes : ['Bearer', 'DPoP', 'ID']
  const verdict = await deps.accessTokens.verify(
    realm,
    issuerOf(places, realm),
    text,
    types,
    'copy',
    'whoever',
  )
  if (!verdict.valid) return inactive
  const { token } = verdict
  const audiences = [token.claims['aud']].flat()
  const isAudience = audiences.includes(caller.clientId)
  if (hint === 'requesting_party_token') {
    return isAudience ? permissionClaims(token.claims) : inactive
  }
  const { attributes } = caller.representation
  const asksForAll = attributes?.['allow.token.introspection.without.audience.check'] === 'true'
  const mayAsk = refresh ? token.client.id === caller.id : asksForAll || isAudience
  return mayAsk ? await activeClaims(deps, realm, places, token) : inactive
}

/** What a requesting party token permits (UMA 2.0 Federated Authorization §5.1.1), with Keycloak's names beside the standard's. */
function permissionClaims(claims: Claims): Claims {
  const { permissions } = (claims['authorization'] ?? {}) as { permissions?: unknown }
  if (!Array.isArray(permissions)) return { active: false }
  const { exp, iat, jti, aud, typ, acr } = claims
  return {
    exp,
    iat,
    jti,
    aud,
    typ,
    acr,
    permissions: permissions.map(({ rsid, rsname, scopes }: Record<string, unknown>) => ({
      rsid,
      rsname,
      scopes,
      resource_id: rsid,
      resource_scopes: scopes ?? [],
    })),
    active: true,
  }
}

/** The token's own claims and those that mappers show to resource servers only. */
async function activeClaims(
  { tokens }: IntrospectionDeps,
  realm: Realm,
  places: ServerPlaces,
  { claims: given, client, user, session }: VerifiedToken,
): Promise<Claims> {
  const audiences = given['aud_x']
  const claims = Object.fromEntries(
    Object.entries(given).filter(([name]) => !internalClaims.has(name)),
  )
  const aud = claims['aud']
  if (aud !== undefined) claims['aud'] = [aud].flat()
  const scope = typeof given['scope'] === 'string' ? given['scope'] : session.client.notes['scope']
  const subject = { realm, client, user, session, places, scope }
  const access = await tokens.access(subject)
  const memberships = await tokens.memberships(user)
  const lightweight: Claims = { ...claims }
  tokens.applyMappers(lightweight, 'introspection', subject, access, memberships, false)
  if (audiences !== undefined) {
    for (const audience of [audiences].flat()) addAudience(lightweight, String(audience))
  }
  return {
    ...lightweight,
    ...soleAudience(lightweight['aud']),
    client_id: client.clientId,
    username: user.username,
    token_type: given['typ'],
    active: true,
  }
}

function soleAudience(aud: unknown): Claims {
  return Array.isArray(aud) && aud.length === 1 ? { aud: aud[0] } : {}
}

/** RFC 9701 §4: the whole answer as a JWT, for who asks for nothing else. */
function prefersJwt({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.toLowerCase().includes(jwtAnswer)
}

/** A compact token in the answer, for those who ask for it and may have it. */
function wantsJwt(request: FastifyRequest, client: Client): boolean {
  const allowed =
    client.representation.attributes?.['client.introspection.response.allow.jwt.claim.enabled']
  return allowed === 'true' && (request.headers.accept ?? '').includes('application/jwt')
}

function tell(
  { events, urls }: IntrospectionDeps,
  request: FastifyRequest,
  realm: Realm,
  client: Client,
  hint: string,
  answer: Claims,
): void {
  const active = answer['active'] === true
  events.record({
    type: active ? 'INTROSPECT_TOKEN' : 'INTROSPECT_TOKEN_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    ipAddress: urls.clientAddress(request),
    error: active ? undefined : 'invalid_token',
    details: { token_type: hint },
  })
}
