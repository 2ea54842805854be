import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'
import { type Confirmation, unconfirmed } from './confirmation.ts'
import type { EffectiveAccess } from './effective-access.ts'
import type { Claims, GrantShortcut, TokenSession } from './token-context.ts'
import type { ServerPlaces } from './web-origins.ts'

/** Who and what tokens are for. */
export interface TokenSubject {
  readonly realm: Realm
  readonly client: Client
  readonly user: User
  readonly session: TokenSession
  /** As asked for by the client: space separated. */
  readonly scope: string | undefined
  readonly places: ServerPlaces
}

/** What to issue. */
export interface TokenRequest extends TokenSubject {
  readonly grant: GrantShortcut
  readonly withRefreshToken: boolean
  /** Chain of a rotated refresh token; null where the realm does not revoke them. */
  readonly reuseId: string | null
  /** What the tokens are bound to, if to anything. */
  readonly confirmation?: Confirmation
  /** `jti` of the refresh token, where it is fixed already. */
  readonly refreshTokenId?: string | undefined
  readonly nonce?: string | undefined
  /** `scope` of the refresh token, where it is not narrowed together with the access token. */
  readonly refreshScope?: string | undefined
  /** Claim `authorization`: what a requesting party token permits (UMA 2.0). */
  readonly authorization?: unknown
  /** Whether the client has no part in the session but this token. */
  readonly onlyThisToken?: boolean
  /** Of a requesting party token: who has asked; `client` is then the one that protects what it is about. */
  readonly issuedFor?: Client
  /** Looks at the claims of the access token last of all: may narrow them, throws to refuse it. */
  readonly finish?: (claims: Claims) => void
  /** Looks at what would be granted before anything is signed; throws to refuse it. */
  readonly check?: (access: EffectiveAccess) => void
}

/** Confidential clients prove who they are at each refresh (RFC 9449 §5); Keycloak holds them to their certificate too. */
export function refreshConfirmation(
  client: Client,
  { jkt, x5t }: Confirmation = unconfirmed,
): Confirmation {
  const key = client.representation.publicClient && jkt !== undefined ? { jkt } : {}
  return x5t === undefined ? key : { ...key, x5t }
}

/** The two letters of a token's id that say what it belongs to. */
export function sessionKind({ transient, offline }: TokenSession, onlyThisToken = false): string {
  if (transient) return 'tr'
  if (onlyThisToken) return offline ? 'ft' : 'nt'
  return offline ? 'of' : 'on'
}

/** Makes requesting party tokens of a client's: they say who has asked, and carry what is permitted. */
export function permit(
  access: Claims,
  refresh: Claims | null,
  { client, issuedFor, authorization }: TokenRequest,
): void {
  for (const claims of refresh ? [access, refresh] : [access]) {
    if (issuedFor) claims['azp'] = issuedFor.clientId
    claims['authorization'] = authorization
  }
  if (!issuedFor || [access['aud']].flat().includes(client.clientId)) return
  access['aud'] = client.clientId
}

/** `token_type` of the answer, and Keycloak's `typ` in the token. */
export function typeOf(confirmation: Confirmation | undefined): 'Bearer' | 'DPoP' {
  return confirmation?.jkt === undefined ? 'Bearer' : 'DPoP'
}

/** `token_type` as an old client expects it. */
export function shownType({ representation }: Client, type: 'Bearer' | 'DPoP'): string {
  const isLower = representation.attributes?.['token.response.type.bearer.lower-case'] === 'true'
  return isLower && type === 'Bearer' ? 'bearer' : type
}

/** One audience is written as a text, several as a list, none not at all (RFC 7519 §4.1.3). */
export function settleAudience(claims: Claims): void {
  const audience = claims['aud']
  if (Array.isArray(audience) && audience.length === 1) claims['aud'] = audience[0]
}
