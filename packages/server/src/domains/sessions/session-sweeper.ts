import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Realms } from '../realms/realms.ts'
import type { UserSession } from './session.ts'
import { sessionEndsAt } from './session-lifetimes.ts'
import { type LeftSessions, SessionPlaces, type SessionTables } from './session-places.ts'
import { SessionSweepStore } from './session-sweep-store.ts'
import { SingleUseStore } from './single-use-store.ts'

/** Rows in one transaction. */
const chunkRows = 200
/** Chunks in one sweep; what is left waits for the next. */
const chunksMax = 500
/** Touches are batched: a session goes this much later than it ends. */
const marginMs = 120_000

export interface SessionSweeperDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId'>
  readonly clock: Clock
  /** With a log unless said otherwise. */
  readonly places?: SessionPlaces
}

/**
 * Removes what has expired: sessions, once-only objects, login state. `expires_at` only says when to look; whether a
 * session has ended is computed from the present settings, and one that lives on gets a later time to look.
 */
export class SessionSweeper {
  readonly #deps: SessionSweeperDeps
  readonly #store = new SessionSweepStore()
  readonly #objects = new SingleUseStore()
  readonly #places: SessionPlaces
  /** What other modes may have left still; who starts in another mode later sweeps anew. */
  #left: readonly LeftSessions[]

  constructor(deps: SessionSweeperDeps) {
    this.#deps = deps
    this.#places = deps.places ?? new SessionPlaces()
    this.#left = this.#places.left
  }

  /** One sweep, in small transactions. @param signal ends it early @returns how many rows went */
  async sweep(signal?: AbortSignal): Promise<number> {
    const { database, clock } = this.#deps
    const kinds = [
      ...this.#places.all.map((tables) => () => this.#sessions(tables)),
      ...this.#left.map((left) => () => this.#sweepLeft(left)),
      () => this.#objects.sweep(database, chunkRows),
      () => this.#store.sweepLogins(database, clock.now(), chunkRows),
    ]
    let removed = 0
    for (const chunk of kinds) {
      for (let done = 0; done < chunksMax && !signal?.aborted; done += 1) {
        const rows = await chunk()
        removed += rows
        if (rows < chunkRows) break
      }
    }
    return removed
  }

  /** @returns how many rows went */
  async #sweepLeft(left: LeftSessions): Promise<number> {
    const rows = await this.#store.sweepLeft(this.#deps.database, left, chunkRows)
    if (rows < chunkRows) this.#left = this.#left.filter((other) => other !== left)
    return rows
  }

  /** @returns how many rows were looked at */
  async #sessions(tables: SessionTables): Promise<number> {
    const { database, clock, realms } = this.#deps
    return await database.transaction(async (tx) => {
      const now = clock.now()
      const due = await this.#store.due(tx, tables, now, chunkRows)
      const ended: UserSession[] = []
      const living: { id: string; offline: boolean; expiresAt: number }[] = []
      for (const session of due) {
        const realm = await realms.byId(session.realmId)
        const endsAt = realm ? sessionEndsAt(realm, session) + marginMs : 0
        if (endsAt <= now) ended.push(session)
        else living.push({ id: session.id, offline: session.offline, expiresAt: endsAt })
      }
      if (ended.length > 0) await this.#store.delete(tx, tables, ended)
      if (living.length > 0) await this.#store.postpone(tx, tables, living)
      return due.length
    })
  }
}
