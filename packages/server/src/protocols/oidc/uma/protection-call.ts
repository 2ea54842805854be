import type { FastifyRequest } from 'fastify'
import { isResourceServer } from '../../../domains/authorization/identity-of-token.ts'
import type { PermissionTickets } from '../../../domains/authorization/permission-tickets.ts'
import { protectionRole } from '../../../domains/authorization/protection-role.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { ResourceServers } from '../../../domains/authorization/resource-servers.ts'
import type { Groups } from '../../../domains/groups/groups.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { placesOf } from '../../../login/request-places.ts'
import { ownMember } from '../../../shared/own-member.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf, requireUsableRealm } from '../realm-request.ts'
import type { PermissionRequestTokens } from './permission-request-tokens.ts'
import { type UmaSubject, withFullClaims } from './uma-subject.ts'

export interface ProtectionDeps
  extends Pick<
    OidcDeps,
    'realms' | 'clients' | 'users' | 'roles' | 'accessTokens' | 'tokens' | 'urls' | 'clock'
  > {
  readonly resourceServers: ResourceServers
  readonly permissionTickets: PermissionTickets
  readonly permissionRequestTokens: PermissionRequestTokens
  readonly groups: Pick<Groups, 'byId' | 'byPath'>
}

/** A request of a resource server, or of one of its users, about what is protected. */
export interface ProtectionCall {
  readonly realm: Realm
  readonly issuer: string
  readonly subject: UmaSubject
  /** The client that the token was issued to, and what it protects. */
  readonly server: ResourceServer
  /** Whether the resource server itself asks; else it is one of its users. */
  readonly isServer: boolean
  /** Of the resource server or the user: what they own carries it. */
  readonly ownerId: string
}

const bearer = /^Bearer +(\S+)$/i

/** An error of the protection API. */
export function protectionError(status: number, error: string, description: string): OAuthError {
  return new OAuthError(status, error, description)
}

/**
 * Finds out who asks.
 * @param withRole whether a user needs the role `uma_protection` of the resource server
 * @throws OAuthError 403
 */
export async function protectionCall(
  deps: ProtectionDeps,
  request: FastifyRequest,
  withRole: boolean,
): Promise<ProtectionCall> {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  const places = placesOf(deps, request, realm)
  const issuer = issuerOf(places, realm)
  const text = bearer.exec(request.headers.authorization ?? '')?.[1]
  const verdict = text === undefined ? null : await deps.accessTokens.verify(realm, issuer, text)
  if (!verdict?.valid) {
    const description = 'Could not obtain bearer access_token from request.'
    throw protectionError(403, 'invalid_bearer_token', description)
  }
  const subject = await withFullClaims(deps, realm, places, verdict.token)
  const { client, user } = subject
  if (client.representation.authorizationServicesEnabled !== true) {
    const description = `Client application [${client.clientId}] is not registered as a resource server.`
    throw protectionError(403, 'invalid_clientId', description)
  }
  const isServer = isResourceServer(subject)
  if (withRole && !isServer && !holdsRole(subject)) {
    throw protectionError(403, 'invalid_scope', 'Requires uma_protection scope.')
  }
  const server = await deps.resourceServers.of(realm.id, client.id)
  return { realm, issuer, subject, server, isServer, ownerId: isServer ? client.id : user.id }
}

function holdsRole({ claims, client: { clientId } }: UmaSubject): boolean {
  const access = (claims['resource_access'] ?? {}) as Record<string, { roles?: unknown }>
  const roles = ownMember(access, clientId)?.roles
  return Array.isArray(roles) && roles.includes(protectionRole)
}

/** Changes what the client protects. @throws OAuthError for what the model refuses */
export async function changeProtected(
  deps: ProtectionDeps,
  { realm, server }: Pick<ProtectionCall, 'realm' | 'server'>,
  change: (server: ResourceServer) => ResourceServer,
): Promise<void> {
  try {
    await deps.resourceServers.change(realm.id, server.clientUuid, change)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw error.reason === 'duplicate'
      ? protectionError(409, 'invalid_request', error.message)
      : protectionError(400, 'invalid_request', error.message)
  }
}

/** @throws OAuthError 400 while administrators alone decide what is protected */
export function requireRemoteManagement({ server }: Pick<ProtectionCall, 'server'>): void {
  if (server.settings.allowRemoteResourceManagement) return
  throw protectionError(400, 'not_supported', 'Remote management is disabled.')
}
