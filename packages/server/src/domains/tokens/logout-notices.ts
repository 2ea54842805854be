import type { Database } from '../../database/database.ts'
import type { LogoutNotice } from './logout-notice.ts'
import { LogoutNoticeStore } from './logout-notice-store.ts'

/** Longer than one attempt can take: then the node that took it is gone. */
const leaseMs = 15_000

/** The outbox of logout tokens: who is to be told is written before anybody is, so that a node may die meanwhile. */
export class LogoutNotices {
  readonly #database: Database
  readonly #store = new LogoutNoticeStore()
  #wake: (inMs: number) => void = () => undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** Tells the sender of this process when something is due. */
  onDue(wake: (inMs: number) => void): void {
    this.#wake = wake
  }

  /** Writes notices that the caller sends at once. */
  async write(notices: readonly LogoutNotice[]): Promise<void> {
    await this.#store.insert(this.#database, notices, leaseMs)
  }

  /** Takes notices that are due, for a while. */
  async claim(limit: number, busy: readonly string[]): Promise<LogoutNotice[]> {
    // Reads before it writes: most of the time nothing is due.
    if (!(await this.#store.anyDue(this.#database))) return []
    return await this.#store.claim(this.#database, limit, leaseMs, busy)
  }

  /** The client was told, or is not told any more. */
  async settle({ id }: LogoutNotice): Promise<void> {
    await this.#store.remove(this.#database, id)
  }

  /** Another attempt follows. */
  async putOff({ id, attempts }: LogoutNotice, delayMs: number): Promise<void> {
    await this.#store.putOff(this.#database, id, attempts, delayMs)
    this.#wake(delayMs)
  }
}
