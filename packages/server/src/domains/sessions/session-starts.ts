import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { randomBase64Url } from '../../shared/random.ts'
import type { AnnouncedWrites } from './announced-writes.ts'
import { loginRowId } from './authorization-code-id.ts'
import type { AuthorizationCodes } from './authorization-codes.ts'
import { clientWrite } from './client-write.ts'
import type { ClientSession, UserSession } from './session.ts'
import type { SessionKeeping } from './session-keeping.ts'
import { sessionEndsAt } from './session-lifetimes.ts'
import type {
  ClientToAdd,
  CompletedLogin,
  LoginToComplete,
  SessionToStart,
  SessionToStartAlone,
  SessionWithClient,
  StartedSession,
} from './session-verbs.ts'

/** How long a used-marker outlives what it marks (cluster.md §4), in milliseconds. */
const markerMarginMs = 120_000
/** The sweeper looks at a session this much later than it ends: touches are batched. */
const sweepMarginMs = 120_000
const sessionIdBytes = 18

export interface SessionStartsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly codes: Pick<AuthorizationCodes, 'issue'>
  readonly writes: Pick<AnnouncedWrites, 'attach' | 'copyOffline' | 'login'>
  readonly store: Pick<SessionKeeping['sessions'], 'insertAlone'>
}

/** Whatever starts sessions, and puts clients under them. */
export class SessionStarts {
  readonly #deps: SessionStartsDeps

  constructor(deps: SessionStartsDeps) {
    this.#deps = deps
  }

  /** One statement, one writing transaction: user locked and re-read, used-marker, session, code. */
  async complete(login: LoginToComplete): Promise<CompletedLogin> {
    const { realm, user } = login
    const now = this.#deps.clock.now()
    const sessionId = login.existingSessionId ?? randomBase64Url(sessionIdBytes)
    const code = login.withCode ? this.#deps.codes.issue(login, sessionId, now) : null
    const times = {
      offline: false,
      rememberMe: login.rememberMe,
      startedAt: now,
      lastAccess: now,
    }
    const written = await this.#deps.writes.login(
      {
        realmId: realm.id,
        userId: user.id,
        userVer: user.ver,
        sessionId,
        continues: login.existingSessionId !== null,
        now,
        expiresAt: sessionEndsAt(realm, times) + sweepMarginMs,
        rememberMe: login.rememberMe,
        ipAddress: login.ipAddress,
        sessionNotes: login.sessionNotes,
        forgetsFailures: login.authenticated && realm.settings.bruteForceProtected,
        stopsWhenLocked:
          login.authenticated && login.provedNow && realm.settings.bruteForceProtected,
        marker: {
          id: loginRowId(login.loginStateId),
          code: code?.pending ?? null,
          expiresAt:
            Math.max(login.loginStateExpiresAt, code?.pending.expiresAt ?? 0) + markerMarginMs,
        },
        client: login.attach
          ? clientWrite(realm, login.attach, login.clientNotes, times, now)
          : null,
      },
      login.alongside,
    )
    if (written.locked) return { outcome: 'locked' }
    if (!written.userFound) return { outcome: 'user-changed' }
    if (!written.parentFound) return { outcome: 'session-gone' }
    if (!written.marked || !written.session) return { outcome: 'replayed' }
    return { outcome: 'completed', session: written.session, code: code?.text ?? null }
  }

  /** Starts a session with one client at once, unless the user changed, is disabled or locked meanwhile. */
  async withClient(start: SessionToStart): Promise<StartedSession> {
    const { realm, user, client } = start
    const now = this.#deps.clock.now()
    const sessionId = randomBase64Url(sessionIdBytes)
    const times = { offline: false, rememberMe: false, startedAt: now, lastAccess: now }
    const written = await this.#deps.writes.login({
      realmId: realm.id,
      userId: user.id,
      userVer: user.ver,
      sessionId,
      continues: false,
      now,
      expiresAt: sessionEndsAt(realm, times) + sweepMarginMs,
      rememberMe: false,
      ipAddress: start.ipAddress,
      sessionNotes: start.sessionNotes,
      forgetsFailures: realm.settings.bruteForceProtected,
      stopsWhenLocked: realm.settings.bruteForceProtected,
      marker: null,
      client: clientWrite(realm, client, start.clientNotes, times, now),
    })
    if (!written.session) return { outcome: written.locked ? 'locked' : 'user-changed' }
    const clientSession: ClientSession = {
      sessionId,
      offline: false,
      clientUuid: client.id,
      startedAt: now,
      lastAccess: now,
      notes: start.clientNotes,
      refreshChains: {},
      ver: 1,
    }
    return { outcome: 'started', session: written.session, clientSession }
  }

  /**
   * Starts a session that no client is in yet: somebody acts as the user from now on.
   * @returns null when the user is gone or disabled
   */
  async alone(start: SessionToStartAlone): Promise<UserSession | null> {
    const { realm, userId, ipAddress, notes } = start
    const now = this.#deps.clock.now()
    const times = { offline: false, rememberMe: false, startedAt: now, lastAccess: now }
    const id = randomBase64Url(sessionIdBytes)
    const session = { ...times, id, realmId: realm.id, userId, ipAddress, notes }
    const expiresAt = sessionEndsAt(realm, times) + sweepMarginMs
    return await this.#deps.database.transaction((tx) =>
      this.#deps.store.insertAlone(tx, session, expiresAt),
    )
  }

  /** Copies a session into an offline session (scope `offline_access`). @returns null when the user is gone or disabled */
  async offline({ realm, session, client, notes }: ClientToAdd): Promise<SessionWithClient | null> {
    const now = this.#deps.clock.now()
    const times = { ...session, offline: true, startedAt: now, lastAccess: now }
    const write = clientWrite(realm, client, notes, times, now)
    const endsAt = sessionEndsAt(realm, times) + sweepMarginMs
    return await this.#deps.writes.copyOffline(session, write, now, endsAt)
  }

  /**
   * Puts a client under a session that is valid: for tokens that come out of another client's.
   * @returns null when the session has ended meanwhile
   */
  async attach({ realm, session, client, notes }: ClientToAdd): Promise<SessionWithClient | null> {
    const now = this.#deps.clock.now()
    const write = clientWrite(realm, client, notes, session, now)
    return await this.#deps.writes.attach(session, write, now)
  }
}
