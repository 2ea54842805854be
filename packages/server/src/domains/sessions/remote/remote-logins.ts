import type { Queryable } from '../../../database/database.ts'
import type {
  ClientWrite,
  CodeToRedeem,
  ConsumedCode,
  LoginWrite,
  LoginWritten,
} from '../login-store.ts'
import type { UserSession } from '../session.ts'
import type { SessionKeeping } from '../session-keeping.ts'
import type { SessionWithClient } from '../session-verbs.ts'
import { LoginCheckStore } from './login-check-store.ts'
import type { RemoteSessionRecords } from './remote-session-records.ts'

/** Notes that have done their part once the code is redeemed. */
const codeOnlyNotes: ReadonlySet<string> = new Set(['code_challenge', 'code_challenge_method'])

/**
 * What starts and continues sessions in a remote store. What counts once, and the user's lock, stay in the database. A new
 * session is written before the user is locked, and taken back if the login is refused: whoever ends all sessions of the user
 * under that lock finds it, or comes first. A session that goes on is changed after the login has ended; so is a client put under a
 * session after its code was consumed. A store that goes away in between loses that login, and lets none count twice.
 */
export class RemoteLogins
  implements Pick<SessionKeeping['logins'], keyof SessionKeeping['logins']>
{
  readonly #records: RemoteSessionRecords
  readonly #rows: SessionKeeping['logins']
  readonly #checks = new LoginCheckStore()

  /** @param rows for offline sessions */
  constructor(records: RemoteSessionRecords, rows: SessionKeeping['logins']) {
    this.#records = records
    this.#rows = rows
  }

  /** Failures of the user are not looked at: whoever has a remote store counts them there. */
  async login(read: Queryable, write: LoginWrite, alone: boolean): Promise<LoginWritten> {
    if (write.continues) return await this.#continued(read, write, alone)
    const session = sessionOf(write)
    await this.#records.start(session, write.client)
    // Nobody has its id; what cannot be taken back now ends unused.
    const takeBack = async () => {
      await this.#records.end(null, session.id).catch(() => null)
    }
    let stays = false
    try {
      const { userFound, marked } = await this.#checks.login(read, write, alone)
      stays = userFound && marked
      const written = found(userFound, true, marked)
      return stays ? { ...written, session, takeBack } : written
    } finally {
      if (!stays) await takeBack()
    }
  }

  async redeem(
    read: Queryable,
    { rowId, sessionId, realmId }: CodeToRedeem,
    client: Omit<ClientWrite, 'notes'>,
    now: number,
  ): Promise<ConsumedCode | null> {
    // A store that is away keeps the code from being consumed for nothing.
    if (sessionId !== null) await this.#records.read(sessionId)
    const consumed = await this.#checks.consume(read, rowId)
    if (consumed === null) return null
    const { code, alive } = consumed
    if (!alive || sessionId === null) return { code, alive, found: null }
    const notes = Object.entries(code.notes).filter(([name]) => !codeOnlyNotes.has(name))
    const whole = { ...client, notes: Object.fromEntries(notes) }
    return { code, alive, found: await this.#records.attach(realmId, sessionId, whole, now) }
  }

  async wasRedeemed(read: Queryable, rowId: string): Promise<boolean> {
    return await this.#rows.wasRedeemed(read, rowId)
  }

  async attach(
    read: Queryable,
    session: Pick<UserSession, 'id' | 'offline' | 'realmId'>,
    client: ClientWrite,
    now: number,
  ): Promise<SessionWithClient | null> {
    if (session.offline) return await this.#rows.attach(read, session, client, now)
    return await this.#records.attach(session.realmId, session.id, client, now)
  }

  async copyOffline(
    read: Queryable,
    session: UserSession,
    client: ClientWrite,
    now: number,
    expiresAt: number,
  ): Promise<SessionWithClient | null> {
    return await this.#rows.copyOffline(read, session, client, now, expiresAt)
  }

  async #continued(read: Queryable, write: LoginWrite, alone: boolean): Promise<LoginWritten> {
    const { sessionId, realmId, userId, now, sessionNotes, client } = write
    const before = (await this.#records.read(sessionId))?.kept.session
    if (before?.realmId !== realmId || before.userId !== userId) return found(true, false, false)
    const { userFound, marked } = await this.#checks.login(read, write, alone)
    if (!userFound || !marked) return found(userFound, true, marked)
    const kept = await this.#records.change(sessionId, (each) => ({
      ...each,
      session: {
        ...each.session,
        lastAccess: Math.max(each.session.lastAccess, now),
        notes: { ...each.session.notes, ...sessionNotes },
        ver: each.session.ver + 1,
      },
    }))
    if (kept === null) return found(true, false, true)
    const session =
      client === null
        ? kept.session
        : (await this.#records.attach(realmId, sessionId, client, now))?.session
    return session ? { ...found(true, true, true), session } : found(true, false, true)
  }
}

function sessionOf(write: LoginWrite): UserSession {
  return {
    id: write.sessionId,
    offline: false,
    realmId: write.realmId,
    userId: write.userId,
    startedAt: write.now,
    lastAccess: write.now,
    rememberMe: write.rememberMe,
    ipAddress: write.ipAddress,
    notes: write.sessionNotes,
    ver: 1,
  }
}

function found(userFound: boolean, parentFound: boolean, marked: boolean): LoginWritten {
  return { locked: false, userFound, parentFound, marked, session: null }
}
