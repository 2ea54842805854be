import type { FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { RegistrationToken } from '../../../domains/tokens/registration-tokens.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { validWebOrigins } from '../../../domains/tokens/web-origins.ts'
import type { User } from '../../../domains/users/user.ts'
import { placesOf } from '../../../login/request-places.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'

/** Who asks for a registration. */
export type RegistrationCaller =
  | { readonly kind: 'anonymous' }
  | RegistrationToken
  /** Somebody with a role of administration. */
  | {
      readonly kind: 'bearer'
      readonly user: User
      readonly roles: ReadonlySet<string>
      /** Web origins of the client that the token is of. */
      readonly origins: readonly string[]
    }

export type RegistrationCallerDeps = Pick<
  OidcDeps,
  'accessTokens' | 'registrationTokens' | 'roles' | 'users' | 'urls'
>

const bearer = /^Bearer +(\S+)$/i

/** @throws OAuthError 401 */
export async function registrationCaller(
  deps: RegistrationCallerDeps,
  realm: Realm,
  request: FastifyRequest,
): Promise<RegistrationCaller> {
  const text = bearer.exec(request.headers.authorization ?? '')?.[1]
  if (text === undefined) return { kind: 'anonymous' }
  const issuer = issuerOf(placesOf(deps, request, realm), realm)
  const token = deps.registrationTokens.read(realm, issuer, text)
  if (token !== null) return token
  const verdict = await deps.accessTokens.verify(realm, issuer, text)
  if (!verdict.valid) throw invalidToken('Failed decode token')
  const { user, client } = verdict.token
  const origins = validWebOrigins(client, placesOf(deps, request, realm))
  const owner = realm.adminClients.own
  if (owner === null) return { kind: 'bearer', user, roles: new Set(), origins }
  const all = await deps.roles.ofClient(realm.id, owner)
  const held = await deps.users.heldOf(user, `client:${owner}`, all)
  const usable = await inScope(deps, realm, client, owner)
  const roles = all.filter(({ id }) => held.has(id) && (usable === null || usable.has(id)))
  return { kind: 'bearer', user, roles: new Set(roles.map(({ name }) => name)), origins }
}

/** Roles that a client without full scope passes on; null = all. */
async function inScope(
  { roles }: RegistrationCallerDeps,
  realm: Realm,
  client: Client,
  owner: string,
): Promise<ReadonlySet<string> | null> {
  if (client.representation.fullScopeAllowed !== false || client.id === owner) return null
  const mapped = await roles.inScopeOf(realm.id, client.id)
  return new Set(mapped.map(({ id }) => id))
}

export function invalidToken(description: string): OAuthError {
  return new OAuthError(401, 'invalid_token', description)
}

export function insufficientScope(description: string): OAuthError {
  return new OAuthError(403, 'insufficient_scope', description)
}
