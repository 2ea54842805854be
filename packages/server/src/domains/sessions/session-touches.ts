import type { Database } from '../../database/database.ts'
import type { SessionKeeping } from './session-keeping.ts'
import type { Touch } from './session-touch-store.ts'

/** How long touches gather before they are written. */
const gatherMs = 1_000
/** Touches in one transaction. */
const batchMax = 1_000
/** Touches kept while the database cannot be reached; beyond it the newest are dropped: sessions idle out a little early. */
const pendingMax = 200_000

export interface SessionTouchesDeps {
  readonly database: Database
  readonly store: SessionKeeping['touches']
  readonly onError: (error: unknown) => void
}

/**
 * Gathers the uses of sessions and writes them once a second, the newest per session only.
 * States: *idle* (nothing pending, no timer), *gathering* (timer set), *writing*. `close` writes what is pending.
 */
export class SessionTouches {
  readonly #deps: SessionTouchesDeps
  #pending = new Map<string, Touch>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: SessionTouchesDeps) {
    this.#deps = deps
  }

  /** Remembers a use; never waits and never throws. */
  add(touch: Touch): void {
    const key = `${touch.sessionId} ${touch.offline} ${touch.clientUuid}`
    const known = this.#pending.get(key)
    if (known && known.at >= touch.at) return
    if (!known && this.#pending.size >= pendingMax) return
    this.#pending.set(key, touch)
    this.#timer ??= setTimeout(() => void this.flush(), gatherMs).unref()
  }

  /** Writes everything pending; errors are reported and what could not be written is tried again. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    const touches = [...this.#pending.values()]
    this.#pending = new Map()
    for (let start = 0; start < touches.length; start += batchMax) {
      try {
        await this.#deps.store.write(this.#deps.database, touches.slice(start, start + batchMax))
      } catch (error) {
        this.#deps.onError(error)
        for (const touch of touches.slice(start)) this.add(touch)
        return
      }
    }
  }
}
