import type { Database } from '../../database/database.ts'
import type { LoginFailures } from '../credentials/login-failures/login-failures.ts'
import type {
  ClientWrite,
  CodeToRedeem,
  ConsumedCode,
  LoginWrite,
  LoginWritten,
} from './login-store.ts'
import type { UserSession } from './session.ts'
import { sessionChanged } from './session-events.ts'
import type { SessionKeeping } from './session-keeping.ts'
import type { SessionTrace, SessionWithClient } from './session-verbs.ts'

export interface AnnouncedWritesDeps {
  readonly database: Database
  readonly store: SessionKeeping['logins']
  /** Whether owners keep copies: without any, what changes a session tells nobody and stays one statement. */
  readonly announces: boolean
  readonly failures: Pick<LoginFailures, 'apart' | 'lockedNow' | 'forget'>
}

/** What is written when wrong guesses have locked the user. */
const lockedLogin: LoginWritten = {
  locked: true,
  userFound: true,
  parentFound: true,
  marked: false,
  session: null,
}

/** Writes that may change a session which is there already: its copies must hear of it in the same transaction. */
export class AnnouncedWrites {
  readonly #deps: AnnouncedWritesDeps

  constructor(deps: AnnouncedWritesDeps) {
    this.#deps = deps
  }

  /**
   * A login; a session that it starts has no copies yet.
   * @param alongside written in the same transaction, if the login is
   */
  async login(write: LoginWrite, alongside: SessionTrace | null = null): Promise<LoginWritten> {
    const { failures } = this.#deps
    if (!failures.apart) return await this.#login(write, alongside)
    const { realmId, userId, stopsWhenLocked, forgetsFailures } = write
    if (stopsWhenLocked && (await failures.lockedNow(realmId, userId))) return lockedLogin
    const alone = { ...write, stopsWhenLocked: false, forgetsFailures: false }
    const written = await this.#login(alone, alongside)
    if (forgetsFailures && written.session) await failures.forget(realmId, userId)
    return written
  }

  async #login(write: LoginWrite, alongside: SessionTrace | null): Promise<LoginWritten> {
    const { database, store, announces } = this.#deps
    const changes = announces && write.continues
    if (!changes && alongside === null) return await store.login(database, write, true)
    let takeBack: LoginWritten['takeBack']
    try {
      return await database.transaction(async (tx) => {
        const written = await store.login(tx, write, false)
        takeBack = written.takeBack
        if (written.session && changes) tx.append([sessionChanged(write.sessionId)])
        if (written.session) await alongside?.(tx, write.sessionId)
        return written
      })
    } catch (error) {
      await takeBack?.()
      throw error
    }
  }

  /** A code consumed; see `LoginStore.redeem`. */
  async redeem(
    code: CodeToRedeem,
    client: Omit<ClientWrite, 'notes'>,
    now: number,
  ): Promise<ConsumedCode | null> {
    const { database, store, announces } = this.#deps
    if (!announces) return await store.redeem(database, code, client, now)
    return await database.transaction(async (tx) => {
      const consumed = await store.redeem(tx, code, client, now)
      const found = consumed?.found
      // A row that was there before may have copies.
      if (found && found.clientSession.ver > 1) tx.append([sessionChanged(found.session.id)])
      return consumed
    })
  }

  /** A client put under a session; see `LoginStore.attach`. */
  async attach(
    session: UserSession,
    client: ClientWrite,
    now: number,
  ): Promise<SessionWithClient | null> {
    const { database, store, announces } = this.#deps
    if (!announces) return await store.attach(database, session, client, now)
    return await database.transaction(async (tx) => {
      const attached = await store.attach(tx, session, client, now)
      if (attached) tx.append([sessionChanged(session.id)])
      return attached
    })
  }

  /** An offline session made or refreshed from an online one; see `LoginStore.copyOffline`. */
  async copyOffline(
    session: UserSession,
    client: ClientWrite,
    now: number,
    expiresAt: number,
  ): Promise<SessionWithClient | null> {
    const { database, store, announces } = this.#deps
    if (!announces) return await store.copyOffline(database, session, client, now, expiresAt)
    return await database.transaction(async (tx) => {
      const copied = await store.copyOffline(tx, session, client, now, expiresAt)
      if (copied && copied.session.ver > 1) tx.append([sessionChanged(session.id)])
      return copied
    })
  }
}
