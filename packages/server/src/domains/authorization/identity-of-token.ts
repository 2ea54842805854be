import type { Realm } from '../realms/realm.ts'
import type { VerifiedToken } from '../tokens/access-tokens.ts'
import type { Claims } from '../tokens/token-context.ts'
import type { ClientId } from '../typed-ids.ts'
import type { Users } from '../users/users.ts'
import type { Identity } from './policy-conditions.ts'

export interface IdentityOfTokenDeps {
  readonly users: Pick<Users, 'memberships'>
}

/** Who asks by a token, as policies look at it: what the token says counts, not what its user could have. */
export async function identityOfToken(
  deps: IdentityOfTokenDeps,
  realm: Realm,
  token: Pick<VerifiedToken, 'claims' | 'client' | 'user'>,
  { context, now }: Pick<Identity, 'context' | 'now'>,
): Promise<Identity> {
  const { claims, client, user } = token
  const { roles, groups } = await deps.users.memberships(user)
  const shown = namesIn(claims)
  const inToken = roles.filter(({ clientId, name }) => shown(clientId, name))
  const granted = new Set(String(claims['scope'] ?? '').split(' '))
  return {
    id: isResourceServer(token) ? client.id : user.id,
    userId: user.id,
    clientUuid: client.id,
    roleIds: new Set(inToken.map(({ id }) => id)),
    heldRoleIds: new Set(roles.map(({ id }) => id)),
    groups,
    clientScopeIds: new Set(
      realm.clientScopes.filter(({ name }) => granted.has(name)).map(({ id }) => id),
    ),
    claims: textsOf(claims),
    context,
    now,
  }
}

/** Whether a token is one that a client which protects resources has got for itself. */
export function isResourceServer({
  client,
  user,
}: Pick<VerifiedToken, 'client' | 'user'>): boolean {
  return (
    user.serviceAccountClientUuid === client.id &&
    client.representation.authorizationServicesEnabled === true
  )
}

/** @returns whether a token shows a role of the realm (`clientId` null) or of a client */
function namesIn(claims: Claims): (clientId: ClientId | null, name: string) => boolean {
  const realmRoles = rolesOf(claims['realm_access'])
  const access = (claims['resource_access'] ?? {}) as Record<string, unknown>
  return (clientId, name) =>
    clientId === null
      ? realmRoles.has(name)
      : Object.hasOwn(access, clientId) && rolesOf(access[clientId]).has(name)
}

function rolesOf(access: unknown): ReadonlySet<string> {
  const { roles } = (access ?? {}) as { roles?: unknown }
  return new Set(Array.isArray(roles) ? roles.map(String) : [])
}

/** Claims as lists of texts; objects as JSON. */
export function textsOf(claims: Claims): Record<string, readonly string[]> {
  const text = (value: unknown) =>
    value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(text) : [text(value)]]),
  )
}
