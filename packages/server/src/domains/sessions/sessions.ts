import type { Database, Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import type { LoginFailures } from '../credentials/login-failures/login-failures.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Keys } from '../keys/keys.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientUuid, SessionId, UserId } from '../typed-ids.ts'
import { AnnouncedWrites } from './announced-writes.ts'
import { AuthorizationCodes } from './authorization-codes.ts'
import type {
  AuthorizationCode,
  ClientSession,
  ListedSession,
  RefreshChain,
  UserSession,
} from './session.ts'
import { SessionCopies, type SessionOwners } from './session-copies.ts'
import type { ClientSessionCount } from './session-count-store.ts'
import { SessionCounts } from './session-counts.ts'
import { SessionEndings } from './session-endings.ts'
import type { SessionKeeping } from './session-keeping.ts'
import { isClientSessionValid, isSessionValid } from './session-lifetimes.ts'
import type { SessionListing } from './session-list-store.ts'
import type { SessionAnswer, SessionQuestion } from './session-look-up-store.ts'
import { SessionLookUps } from './session-look-ups.ts'
import { SessionStarts } from './session-starts.ts'
import { SessionTouches } from './session-touches.ts'
import type {
  ClientToAdd,
  CompletedLogin,
  EndedSession,
  LoginToComplete,
  RedeemedCode,
  SessionToStart,
  SessionToStartAlone,
  SessionWithClient,
  StartedSession,
} from './session-verbs.ts'

export type { CompletedLogin, EndedSession, LoginToComplete, RedeemedCode, SessionWithClient }

export interface SessionsDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly keeping: SessionKeeping
  /** Failed attempts, where they are kept apart from the rows of sessions. */
  readonly failures: Pick<LoginFailures, 'apart' | 'lockedNow' | 'forget'>
  /** Told when a batch of touches could not be written; it is tried again. */
  readonly onTouchError: (error: unknown) => void
  /** Distributed caches with owners; null = userinfo and introspection read SQL too. */
  readonly owners: SessionOwners | null
}

/**
 * SSO sessions, client sessions and authorization codes (cluster.md §4). SQL is their only truth. What ends a session
 * announces it in the same transaction, so that every owner's copy dies (cluster.md §7, R5); what changes one announces it
 * where owners keep copies at all.
 */
export class Sessions {
  readonly #deps: SessionsDeps
  readonly #counts: SessionCounts
  readonly #codes: AuthorizationCodes
  readonly #lookUps: SessionLookUps<SessionAnswer>
  readonly #copies: SessionCopies | null
  readonly #endings: SessionEndings
  readonly #starts: SessionStarts
  readonly #touches: SessionTouches

  constructor(deps: SessionsDeps) {
    this.#deps = deps
    const { database, keeping, failures } = deps
    const { lookUps, logins, sessions } = keeping
    this.#counts = new SessionCounts(database, keeping.counts)
    this.#lookUps = new SessionLookUps((asked) => lookUps.answer(database, asked))
    this.#copies = deps.owners === null ? null : new SessionCopies(deps.owners, lookUps)
    this.#endings = new SessionEndings({ database, store: sessions })
    const announces = this.#copies !== null
    const writes = new AnnouncedWrites({ database, store: logins, announces, failures })
    this.#codes = new AuthorizationCodes({
      ...deps,
      store: logins,
      writes,
      endings: this.#endings,
    })
    this.#starts = new SessionStarts({
      database,
      clock: deps.clock,
      codes: this.#codes,
      writes,
      store: sessions,
    })
    const { touches: store } = keeping
    this.#touches = new SessionTouches({ database, store, onError: deps.onTouchError })
  }

  /** One statement, one writing transaction: user locked and re-read, used-marker, session, code. */
  async complete(login: LoginToComplete): Promise<CompletedLogin> {
    return await this.#starts.complete(login)
  }

  /** Starts a session with one client at once, unless the user changed, is disabled or locked meanwhile. */
  async start(start: SessionToStart): Promise<StartedSession> {
    return await this.#starts.withClient(start)
  }

  /**
   * Starts a session that no client is in yet: somebody acts as the user from now on.
   * @returns null when the user is gone or disabled
   */
  async startAlone(start: SessionToStartAlone): Promise<UserSession | null> {
    return await this.#starts.alone(start)
  }

  /**
   * One statement: the code is consumed (and stays so when a check fails after it), the parent session locked, the client
   * put under it. Where a check fails, the client stays there without a token: as Keycloak's, whose client sessions begin
   * with the login. A code that was used before ends what `client` has of the session (RFC 6749 §4.1.2).
   * @param client who presents the code, authenticated
   * @param check compares client, redirect URI and PKCE; returns what is wrong, or null
   */
  async redeem(
    realm: Realm,
    text: string,
    client: Client,
    check: (code: AuthorizationCode) => string | null,
  ): Promise<RedeemedCode> {
    return await this.#codes.redeem(realm, text, client, check)
  }

  /** Copies a session into an offline session (scope `offline_access`). @returns null when the user is gone or disabled */
  async startOffline(added: ClientToAdd): Promise<SessionWithClient | null> {
    return await this.#starts.offline(added)
  }

  /** Puts a client under a session that is valid. @returns null when the session has ended meanwhile */
  async attach(added: ClientToAdd): Promise<SessionWithClient | null> {
    return await this.#starts.attach(added)
  }

  /** The session if it is valid now by the present settings; reads SQL. */
  async valid(realm: Realm, sessionId: SessionId, offline: boolean): Promise<UserSession | null> {
    const { session } = await this.lookUp({ sessionId, offline, clientUuid: null, objectId: null })
    return session && isSessionValid(realm, session, this.#deps.clock.now()) ? session : null
  }

  /** A session and a client's part of it, each only if valid now; one read. */
  async validFor(
    realm: Realm,
    client: Client,
    sessionId: SessionId,
    offline: boolean,
  ): Promise<{ session: UserSession | null; clientSession: ClientSession | null }> {
    const question = { sessionId, offline, clientUuid: client.id, objectId: null }
    const answer = await this.lookUp(question)
    return this.validOf(realm, client, answer)
  }

  /** Leaves out of an answer what is not valid now. */
  validOf(
    realm: Realm,
    client: Client,
    answer: SessionAnswer,
  ): { session: UserSession | null; clientSession: ClientSession | null } {
    const now = this.#deps.clock.now()
    const { session, clientSession } = answer
    if (!session || !isSessionValid(realm, session, now)) {
      return { session: null, clientSession: null }
    }
    const valid = clientSession && isClientSessionValid(realm, client, session, clientSession, now)
    return { session, clientSession: valid ? clientSession : null }
  }

  /** Session, client session and a once-only object in one read; says nothing about validity. */
  async lookUp(question: SessionQuestion): Promise<SessionAnswer> {
    return await this.#lookUps.ask(question)
  }

  /**
   * As `lookUp`, from the owner's copy where there is one that says yes; what a copy refuses, SQL is asked about. For
   * userinfo and introspection only: whatever issues or extends tokens asks `lookUp` (cluster.md §7, R1).
   */
  async lookUpCopy(
    realm: Realm,
    client: Client,
    question: SessionQuestion,
  ): Promise<SessionAnswer> {
    for (const anew of [false, true]) {
      const copy = await this.#copies?.ask(question, anew)
      if (!copy) break
      if (this.validOf(realm, client, copy).clientSession) return copy
      // It may lack the touches that kept the session alive: its owner reads again.
    }
    return await this.lookUp(question)
  }

  /** Remembers that a session was used now; written within a second, nobody waits for it. */
  touch(session: UserSession, clientUuid: ClientUuid | null): void {
    const at = this.#deps.clock.now()
    this.#touches.add({ sessionId: session.id, offline: session.offline, clientUuid, at })
  }

  /** Compare-and-set of a client session's refresh chains. @returns false when somebody else was faster: read again */
  async setRefreshChains(
    clientSession: ClientSession,
    chains: Readonly<Record<string, RefreshChain>>,
  ): Promise<boolean> {
    return await this.#deps.keeping.sessions.setRefreshChains(
      this.#deps.database,
      clientSession,
      chains,
    )
  }

  /** Ends one online session. @returns whether it existed */
  async end(realm: Realm, sessionId: SessionId): Promise<boolean> {
    return (await this.endNamed(realm, sessionId, false)) !== null
  }

  /** Ends one session. @returns it with the clients that used it, or null when there was none */
  async endNamed(
    realm: Realm,
    sessionId: SessionId,
    offline: boolean,
    trace?: AdminTrace,
  ): Promise<EndedSession | null> {
    return await this.#endings.one(realm, sessionId, offline, trace)
  }

  /** As `endAllNamed`, in the transaction of what makes them end. */
  async endAllOfIn(tx: Transaction, realm: Realm, userId: UserId): Promise<EndedSession[]> {
    return await this.#endings.allOfIn(tx, realm, userId)
  }

  /** Ends all sessions of a user, offline ones too, under the user's row lock. @returns them with their clients */
  async endAllNamed(realm: Realm, userId: UserId, trace?: AdminTrace): Promise<EndedSession[]> {
    return await this.#endings.allOf(realm, userId, trace)
  }

  /** Takes a client out of all sessions of a user, in the caller's transaction. @returns the sessions it was in */
  async endClientOfUserIn(
    tx: Transaction,
    realm: Realm,
    userId: UserId,
    clientUuid: ClientUuid,
  ): Promise<EndedSession[]> {
    return await this.#endings.clientOfUserIn(tx, realm, userId, clientUuid)
  }

  /** Ends all online sessions of a realm. @returns how many */
  async endAllIn(realm: Realm, trace?: AdminTrace): Promise<number> {
    return await this.#endings.allIn(realm, trace)
  }

  /**
   * Takes one client out of a session.
   * @param endUnused ends a session that no client is left in; offline sessions end so anyway
   * @returns whether the client was in it
   */
  async endClientSession(
    sessionId: SessionId,
    offline: boolean,
    clientUuid: ClientUuid,
    endUnused = offline,
  ): Promise<boolean> {
    return await this.#endings.part(sessionId, offline, clientUuid, endUnused)
  }

  /**
   * Remembers that a token is revoked.
   * @param objectId see `revokedTokenId`
   * @param expiresAt ms since the epoch, at least the token's own end
   */
  async revokeToken(
    objectId: string,
    sessionId: SessionId | null,
    expiresAt: number,
  ): Promise<void> {
    await this.#endings.token(objectId, sessionId, expiresAt)
  }

  /** Sessions that are valid now, by user, client or realm, oldest first. */
  async list(
    realm: Realm,
    listing: Omit<SessionListing, 'realmId' | 'first' | 'max'> & { first?: number; max?: number },
  ): Promise<ListedSession[]> {
    const first = Math.max(0, listing.first ?? 0)
    const max = listing.max === undefined || listing.max < 0 ? listMax : listing.max
    const request = { ...listing, realmId: realm.id, first, max: Math.min(max, listMax) }
    const found = await this.#deps.keeping.lists.list(this.#deps.database, request)
    const now = this.#deps.clock.now()
    return found.filter(({ session }) => isSessionValid(realm, session, now))
  }

  async count(realm: Realm, clientUuid: ClientUuid, offline: boolean): Promise<number> {
    return await this.#counts.ofClient(realm.id, clientUuid, offline)
  }

  /** @returns what clients of the realm have sessions, one entry for the online and one for the offline ones */
  async countByClient(realm: Realm): Promise<ClientSessionCount[]> {
    return await this.#counts.byClient(realm.id)
  }

  /** Writes pending touches: at shutdown, and in tests. */
  async flush(): Promise<void> {
    await this.#touches.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#touches.close()
  }
}

/** Sessions in one list. */
const listMax = 10_000
