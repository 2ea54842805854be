import type { Timed } from './event-outbox.ts'
import type { LoginEvent } from './login-event.ts'

/** Events that wait in memory for a database that is away. */
const keptEventsMax = 10_000
const retryMs = 2_000
/** Longest that an answer waits for the row of its event. */
const answerWaitsMs = 2_000

export interface KeptEventsDeps {
  /** Writes what follows from an event. */
  readonly write: (login: Timed<LoginEvent>) => Promise<void>
  readonly onDropped: (count: number) => void
  readonly onUnwritten: (error: unknown, waiting: number) => void
}

/** Login events on their way into rows of an outbox, where nothing else is written with them. */
export class KeptEvents implements AsyncDisposable {
  readonly #deps: KeptEventsDeps
  /** By the name of their realm. */
  readonly #writing = new Map<string, Set<Promise<void>>>()
  readonly #unwritten: Timed<LoginEvent>[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(deps: KeptEventsDeps) {
    this.#deps = deps
  }

  /** Never throws. What cannot be written waits and is tried again. */
  keep(login: Timed<LoginEvent>): void {
    const { realmName } = login.event
    const work = this.#deps.write(login).catch((error: unknown) => this.#putAside(login, error))
    const ofRealm = this.#writing.get(realmName) ?? new Set()
    this.#writing.set(realmName, ofRealm.add(work))
    void work.then(() => {
      ofRealm.delete(work)
      if (ofRealm.size === 0) this.#writing.delete(realmName)
    })
  }

  /** @returns what an answer of a realm waits for, until its events are written; undefined for nothing */
  written(realmName: string): Promise<void> | undefined {
    const ofRealm = this.#writing.get(realmName)
    return ofRealm === undefined ? undefined : inTime(Promise.all(ofRealm))
  }

  /** Writes what could not be written; to be called while the database still answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.all([...this.#writing.values()].flatMap((ofRealm) => [...ofRealm]))
    await this.#writeAgain()
    clearTimeout(this.#timer)
  }

  #putAside(login: Timed<LoginEvent>, error: unknown): void {
    if (this.#unwritten.length >= keptEventsMax) {
      this.#deps.onDropped(1)
      return
    }
    this.#unwritten.push(login)
    this.#deps.onUnwritten(error, this.#unwritten.length)
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#writeAgain()
    }, retryMs)
    this.#timer.unref()
  }

  async #writeAgain(): Promise<void> {
    for (const login of this.#unwritten.splice(0)) {
      await this.#deps.write(login).catch((error: unknown) => this.#putAside(login, error))
    }
  }
}

/** Waits for a while. */
async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, answerWaitsMs)
  })
  await Promise.race([work, waited])
  clearTimeout(timer)
}
