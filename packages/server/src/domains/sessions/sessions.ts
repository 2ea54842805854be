import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'
import type { AuthorizationCode, ClientSession, UserSession } from './session.ts'

/** What ends a browser login. */
export interface LoginToComplete {
  readonly realm: Realm
  readonly user: User
  readonly clientUuid: string
  /** The SSO session that this login continues; null starts a new one. */
  readonly existingSessionId: string | null
  readonly rememberMe: boolean
  readonly ipAddress: string
  /** Session notes (`AUTH_TIME`, `acr` level map, …), merged into those of an existing session. */
  readonly sessionNotes: Readonly<Record<string, string>>
  /** As sent; null when the request had none. */
  readonly redirectUri: string | null
  readonly clientNotes: Readonly<Record<string, string>>
  /** Id of the sealed login state: inserted as a used-marker, so that a replayed form opens no second session. */
  readonly loginStateId: string
  /** Milliseconds since the epoch. */
  readonly loginStateExpiresAt: number
  /** False for response types without a code (`none`, implicit). */
  readonly withCode: boolean
}

export type CompletedLogin =
  | { readonly outcome: 'completed'; readonly session: UserSession; readonly code: string | null }
  | { readonly outcome: 'replayed' | 'user-changed' | 'session-gone' }

export type RedeemedCode =
  | { readonly outcome: 'redeemed'; readonly code: AuthorizationCode; readonly session: UserSession; readonly clientSession: ClientSession }
  | { readonly outcome: 'unknown' | 'replayed' | 'expired' | 'mismatch' | 'session-gone'; readonly detail?: string }

/** Verbs of SSO sessions, client sessions and authorization codes (cluster.md §4). */
export interface Sessions {
  /** One writing transaction: user re-read FOR SHARE, session inserted or touched, used-marker and code inserted. */
  complete(login: LoginToComplete): Promise<CompletedLogin>
  /** One writing transaction: code consumed (also when a check fails after it), parent session locked, client session upserted. */
  redeem(realm: Realm, code: string, check: (code: AuthorizationCode) => string | null): Promise<RedeemedCode>
  /** The session if it is valid now by the present settings; reads SQL. */
  valid(realm: Realm, sessionId: string, offline: boolean): Promise<UserSession | null>
  /** Ends one session everywhere (sync commit, event). @returns whether it existed */
  end(realm: Realm, sessionId: string): Promise<boolean>
  /** Ends all sessions of a user, under the user's row lock. */
  endAllOf(realm: Realm, userId: string): Promise<number>
}
