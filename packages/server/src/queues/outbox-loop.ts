/** How often every node looks for what another one has left, where it is not told otherwise. */
const lookEveryMsDefault = 5_000

/** How much of an outbox is under way at the same time from this process. */
export interface OutboxBounds {
  readonly underWayMax: number
  /** Of one realm: a slow other side holds up its own realm only. */
  readonly ofRealmMax: number
  /** Of one realm, within a second. */
  readonly ofRealmPerSecondMax?: number
}

export interface OutboxLoopDeps<T extends { readonly realmId: string }> {
  /** @param busy ids of realms that have enough under way here */
  readonly claim: (limit: number, busy: readonly string[]) => Promise<T[]>
  /** Must not reject. */
  readonly send: (item: T) => Promise<void>
  /** The outbox could not be read: things stay where they are while the database is away. */
  readonly onUnread: (error: unknown) => void
  readonly bounds: OutboxBounds
  readonly lookEveryMs?: number
  /** Milliseconds, from anywhere. */
  readonly now: () => number
}

/**
 * Takes what waits in an outbox and has it sent. Idle until it is woken, or every few seconds for what other nodes have left.
 */
export class OutboxLoop<T extends { readonly realmId: string }> implements AsyncDisposable {
  readonly #deps: OutboxLoopDeps<T>
  readonly #underWay = new Map<Promise<void>, string>()
  /** Sent in the second that has begun, by realm. */
  readonly #sent = new Map<string, number>()
  #second = 0
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #ended = false

  constructor(deps: OutboxLoopDeps<T>) {
    this.#deps = deps
  }

  begin(): void {
    this.#timer = setInterval(() => this.wake(), this.#deps.lookEveryMs ?? lookEveryMsDefault)
    this.#timer.unref()
  }

  /** Looks for what is due now. */
  wake(): void {
    if (this.#ended) return
    if (this.#looking !== undefined) {
      this.#again = true
      return
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      if (!this.#again) return
      this.#again = false
      this.wake()
    })
  }

  /** Waits for what is under way; what is not sent then is another node's. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    clearInterval(this.#timer)
    await this.#looking
    await Promise.all(this.#underWay.keys())
  }

  async #look(): Promise<void> {
    const { bounds, claim, onUnread } = this.#deps
    const free = bounds.underWayMax - this.#underWay.size
    if (free <= 0) return
    try {
      for (const item of await claim(free, this.#busyRealms())) this.#start(item)
    } catch (error) {
      onUnread(error)
    }
  }

  #busyRealms(): string[] {
    const { ofRealmMax, ofRealmPerSecondMax = Number.POSITIVE_INFINITY } = this.#deps.bounds
    const counts = new Map<string, number>()
    for (const realmId of this.#underWay.values()) {
      counts.set(realmId, (counts.get(realmId) ?? 0) + 1)
    }
    const busy = new Set([...counts].filter(([, count]) => count >= ofRealmMax).map(([id]) => id))
    this.#turnSecond()
    for (const [id, sent] of this.#sent) if (sent >= ofRealmPerSecondMax) busy.add(id)
    return [...busy]
  }

  #turnSecond(): void {
    const second = Math.floor(this.#deps.now() / 1_000)
    if (second === this.#second) return
    this.#second = second
    this.#sent.clear()
  }

  #start(item: T): void {
    if (this.#deps.bounds.ofRealmPerSecondMax !== undefined) {
      this.#sent.set(item.realmId, (this.#sent.get(item.realmId) ?? 0) + 1)
    }
    const work = this.#deps.send(item).finally(() => {
      this.#underWay.delete(work)
      this.wake()
    })
    this.#underWay.set(work, item.realmId)
  }
}
