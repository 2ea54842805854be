import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../domains/clients/client.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { readAuthorization } from '../../domains/tokens/presented-tokens.ts'
import { issuerOf } from '../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../domains/tokens/web-origins.ts'
import type { SessionId } from '../../domains/typed-ids.ts'
import type { User } from '../../domains/users/user.ts'
import { HttpError } from '../../http/http-error.ts'
import { allowCallerOrigin } from '../../login/caller-origin.ts'
import { placesOf } from '../../login/request-places.ts'
import type { AccountDeps } from './account-deps.ts'

/** Roles of a realm's client `account`. */
export type AccountRole =
  | 'manage-account'
  | 'view-profile'
  | 'view-applications'
  | 'view-consent'
  | 'manage-consent'
  | 'manage-account-links'
  | 'view-groups'

/** A request of somebody about their own account. */
export interface AccountCall {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly realm: Realm
  readonly user: User
  /** The client that the token was issued to. */
  readonly client: Client
  /** The session that the token belongs to; null for tokens without one. */
  readonly sessionId: SessionId | null
  readonly places: ServerPlaces
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | undefined>>
}

const accountClientId = 'account'
const unauthorized = () => new HttpError(401, { error: 'HTTP 401 Unauthorized' })

/**
 * Finds out who asks: an access token of the realm that names the client `account` as audience. Sets the CORS headers.
 * @param anyOf roles of that client, of which the token has to hold one
 * @throws HttpError 401, 403, 404
 */
export async function accountCall(
  deps: AccountDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  anyOf: readonly AccountRole[],
): Promise<AccountCall> {
  const { realm: name = '', ...params } = request.params as Record<string, string>
  const realm = await deps.realms.byName(name)
  if (!realm) throw new HttpError(404, { error: 'Realm does not exist' })
  const authorization = readAuthorization(request.headers.authorization)
  if (authorization === null || !realm.enabled) throw unauthorized()
  const places = placesOf(deps, request, realm)
  const presented = {
    ...authorization,
    proof: request.headers['dpop'],
    certificate: deps.clientCertificates.of(request)?.thumbprint,
    method: request.method,
    urls: [addressOf(request, places)],
  }
  const verdict = await deps.presentedTokens.verify(realm, issuerOf(places, realm), presented)
  if (!verdict.valid) {
    if (verdict.nonce !== undefined) reply.header('dpop-nonce', verdict.nonce)
    throw unauthorized()
  }
  const { claims, client, user } = verdict.token
  if (![claims['aud']].flat().includes(accountClientId)) throw unauthorized()
  allowCallerOrigin(request, reply, client, places, 'frontend')
  const roles = accountRoles(claims['resource_access'])
  if (!anyOf.some((role) => roles.has(role))) {
    throw new HttpError(403, { error: 'HTTP 403 Forbidden' })
  }
  const sessionId = typeof claims['sid'] === 'string' ? claims['sid'] : null
  const query = request.query as Record<string, string | undefined>
  return { request, reply, realm, user, client, sessionId, places, params, query }
}

/** Where the request was sent, as its sender sees this server. */
function addressOf({ url }: FastifyRequest, { frontend }: ServerPlaces): string {
  const [path = ''] = url.split('?')
  return frontend + path.slice(Math.max(0, path.indexOf('/realms/')))
}

function accountRoles(resourceAccess: unknown): ReadonlySet<string> {
  const access = (resourceAccess ?? {}) as Record<string, { roles?: unknown }>
  const roles = Object.hasOwn(access, accountClientId) ? access[accountClientId]?.roles : []
  return new Set(Array.isArray(roles) ? roles.map(String) : [])
}
