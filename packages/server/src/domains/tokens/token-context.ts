import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { User, UserMemberships } from '../users/user.ts'
import type { ServerPlaces } from './web-origins.ts'

/** Claims of a token that is being built. */
export type Claims = Record<string, unknown>

/** Which token, or which answer, claims are built for. */
export type ClaimsTarget = 'access' | 'id' | 'userinfo' | 'introspection'

/** How a token was asked for; its two letters stand in `jti`. */
export type GrantShortcut = 'ac' | 'cc' | 'ro' | 'rt' | 'te' | 'dg' | 'ci' | 'ag' | 'na'

/** The session behind a token, as far as claims need it. A service account's is transient: no row holds it. */
export interface TokenSession {
  readonly id: string
  readonly transient: boolean
  readonly offline: boolean
  readonly rememberMe: boolean
  readonly startedAt: number
  readonly lastAccess: number
  readonly notes: Readonly<Record<string, string>>
  /** Of the client's part of the session. */
  readonly client: {
    readonly startedAt: number
    readonly lastAccess: number
    readonly notes: Readonly<Record<string, string>>
  }
}

/** Names of roles that the token may show. */
export interface VisibleRoles {
  readonly realm: Set<string>
  /** By `clientId`. */
  readonly clients: Map<string, Set<string>>
}

/** Which organizations the scope asked for: one alias, all, or the only one. */
export type OrganizationChoice = { readonly alias: string } | 'all' | 'single'

/** Everything that protocol mappers may look at. */
export interface MapperContext {
  readonly target: ClaimsTarget
  readonly realm: Realm
  readonly client: Client
  readonly user: User
  readonly memberships: UserMemberships
  readonly session: TokenSession
  readonly places: ServerPlaces
  readonly roles: VisibleRoles
  readonly organizations: OrganizationChoice | null
  /** Where the client's mapper of organizations writes; null without one. */
  readonly organizationClaim: readonly string[] | null
  /** Levels of authentication by their `acr` names. */
  readonly acrLevels: ReadonlyMap<string, number>
}
