import type { Transaction } from '../../database/database.ts'
import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientUuid, SessionId, UserId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'
import type { AuthorizationCode, ClientSession, UserSession } from './session.ts'

/** Writes something in the transaction that starts or continues a session. */
export type SessionTrace = (tx: Transaction, sessionId: SessionId) => Promise<void>

/** What ends a browser login. */
export interface LoginToComplete {
  readonly realm: Realm
  readonly user: User
  readonly clientUuid: ClientUuid
  /** The SSO session that this login continues; null starts a new one. */
  readonly existingSessionId: SessionId | null
  readonly rememberMe: boolean
  readonly ipAddress: string
  /** Session notes (`AUTH_TIME`, `acr` level map, …), merged into those of an existing session. */
  readonly sessionNotes: Readonly<Record<string, string>>
  /** Whether the user has proved who it is just now, so that the failures before are forgotten. */
  readonly authenticated: boolean
  /** Whether that was by this very request: then it is refused if wrong guesses have locked the user meanwhile. */
  readonly provedNow: boolean
  /** As sent; null when the request had none. */
  readonly redirectUri: string | null
  readonly clientNotes: Readonly<Record<string, string>>
  /** Id of the sealed login state: inserted as a used-marker, so that a replayed form opens no second session. */
  readonly loginStateId: string
  /** Milliseconds since the epoch. */
  readonly loginStateExpiresAt: number
  /** False for response types without a code (`none`, implicit). */
  readonly withCode: boolean
  /** Puts the client under the session in the same statement: for tokens that leave without a code (implicit, hybrid). */
  readonly attach?: Client
  /** Written in the same transaction. */
  readonly alongside?: SessionTrace | null
}

export type CompletedLogin =
  | { readonly outcome: 'completed'; readonly session: UserSession; readonly code: string | null }
  | { readonly outcome: 'replayed' | 'user-changed' | 'session-gone' | 'locked' }

export type RedeemedCode =
  | {
      readonly outcome: 'redeemed'
      readonly code: AuthorizationCode
      readonly session: UserSession
      readonly clientSession: ClientSession
    }
  | {
      readonly outcome: 'unknown' | 'replayed' | 'expired' | 'mismatch' | 'session-gone'
      readonly detail?: string
    }

/** A client that comes under a valid session after its login: for offline tokens, and tokens that come out of another client's. */
export interface ClientToAdd {
  readonly realm: Realm
  readonly session: UserSession
  readonly client: Client
  readonly notes: Readonly<Record<string, string>>
}

/** A session that starts without a browser (password grant). */
export interface SessionToStart {
  readonly realm: Realm
  readonly user: User
  readonly client: Client
  readonly ipAddress: string
  readonly sessionNotes: Readonly<Record<string, string>>
  readonly clientNotes: Readonly<Record<string, string>>
}

/** A session that starts without a client. */
export interface SessionToStartAlone {
  readonly realm: Realm
  readonly userId: UserId
  readonly ipAddress: string
  readonly notes: Readonly<Record<string, string>>
}

export type StartedSession =
  | ({ readonly outcome: 'started' } & SessionWithClient)
  | { readonly outcome: 'user-changed' | 'locked' }

/** A session with the part of it that one client uses. */
export interface SessionWithClient {
  readonly session: UserSession
  readonly clientSession: ClientSession
}

/** A session that has ended, and the clients that are to be told. */
export interface EndedSession {
  readonly session: UserSession
  readonly clientUuids: readonly ClientUuid[]
}
