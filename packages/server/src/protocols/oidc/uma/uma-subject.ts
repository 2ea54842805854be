import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import {
  type AccessTokens,
  transientSession,
  type VerifiedToken,
} from '../../../domains/tokens/access-tokens.ts'
import { hasLightweightTokens, issuerOf, type Tokens } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { Users } from '../../../domains/users/users.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { GrantRequest } from '../grants/grant.ts'
import { OAuthError } from '../oauth-error.ts'

export const jwtFormat = 'urn:ietf:params:oauth:token-type:jwt'
export const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken'

export interface UmaSubjectDeps {
  readonly accessTokens: Pick<AccessTokens, 'verify'>
  readonly tokens: Pick<Tokens, 'access' | 'accessClaims' | 'applyMappers' | 'memberships'>
  readonly users: Pick<Users, 'serviceAccountOf'>
  readonly clock: Clock
}

/** Whose permissions are asked for. */
export type UmaSubject = VerifiedToken

const refused = (error: string, description: string, eventError = 'invalid_token') =>
  new OAuthError(400, error, description, { eventError })

/**
 * The token that says whose permissions are asked for: the bearer token of the request, an ID token or a subject token of an
 * authenticated client, or that client itself.
 * @throws OAuthError for a token that is not good
 */
export async function umaSubject(
  deps: UmaSubjectDeps,
  request: GrantRequest,
  format: string | null,
): Promise<UmaSubject> {
  const { realm, form, places, bearer } = request
  if (bearer) return await withFullClaims(deps, realm, places, bearer)
  if (format === idTokenFormat) return await byIdToken(deps, request)
  const subjectToken = form.get('subject_token')
  if (subjectToken === null) return await clientItself(deps, request)
  const issuer = issuerOf(places, realm)
  const verdict = await deps.accessTokens.verify(realm, issuer, subjectToken)
  if (!verdict.valid) throw refused('unauthorized_client', 'Invalid identity')
  return await withFullClaims(deps, realm, places, verdict.token)
}

async function byIdToken(
  deps: UmaSubjectDeps,
  { realm, client, places, form }: GrantRequest,
): Promise<UmaSubject> {
  const text = form.get('claim_token') ?? ''
  const { accessTokens } = deps
  const issuer = issuerOf(places, realm)
  const verdict = await accessTokens.verify(realm, issuer, text, ['ID'], 'store', 'whoever')
  if (!verdict.valid) {
    throw refused('unauthorized_client', 'Invalid signature', 'invalid_signature')
  }
  if (verdict.token.client.id !== client.id) {
    throw refused('invalid_claim_token', 'Token issued to a different client', 'invalid_request')
  }
  return await claimsOfAccess(deps, realm, places, verdict.token)
}

/** Policies look at everything that an access token says, also where the client's own ones say little. */
export async function withFullClaims(
  deps: Pick<UmaSubjectDeps, 'tokens'>,
  realm: Realm,
  places: ServerPlaces,
  token: VerifiedToken,
): Promise<UmaSubject> {
  if (!hasLightweightTokens(token.client)) return token
  const { client, user, session } = token
  const scope = session.client.notes['scope']
  const subject = { realm, client, user, session, places, scope }
  const claims = { ...token.claims }
  const access = await deps.tokens.access(subject)
  const memberships = await deps.tokens.memberships(user)
  deps.tokens.applyMappers(claims, 'introspection', subject, access, memberships, false)
  return { ...token, claims }
}

/** What an access token of the same session would say. */
async function claimsOfAccess(
  deps: UmaSubjectDeps,
  realm: Realm,
  places: ServerPlaces,
  token: Pick<VerifiedToken, 'client' | 'user' | 'session'>,
): Promise<UmaSubject> {
  const { client, user, session } = token
  const scope = session.client.notes['scope']
  const subject = { realm, client, user, session, places, scope, grant: 'na' as const }
  const access = await deps.tokens.access(subject)
  const memberships = await deps.tokens.memberships(user)
  return { ...token, claims: deps.tokens.accessClaims(subject, access, memberships) }
}

async function clientItself(
  deps: UmaSubjectDeps,
  { realm, client, places }: GrantRequest,
): Promise<UmaSubject> {
  const user = await serviceAccount(deps, realm, client)
  const session = transientSession(deps.clock.now(), {})
  return await claimsOfAccess(deps, realm, places, { client, user, session })
}

async function serviceAccount(deps: UmaSubjectDeps, realm: Realm, client: Client) {
  const { publicClient, serviceAccountsEnabled } = client.representation
  const unable = (description: string) =>
    new OAuthError(401, 'unauthorized_client', description, { eventError: 'invalid_client' })
  if (publicClient) throw unable('Public client not allowed to retrieve service account')
  const user = serviceAccountsEnabled
    ? await deps.users.serviceAccountOf(realm.id, client.id)
    : null
  if (!user?.enabled) throw unable('Client not enabled to retrieve service account')
  return user
}
