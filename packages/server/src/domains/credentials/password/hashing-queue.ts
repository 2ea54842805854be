import { HashingQueueFull } from './hashing-queue-full.ts'

export interface HashingLimits {
  /** Hashes computed at the same time: leaves threads of libuv's pool for signatures. */
  readonly parallelMax: number
  /** Hashes that may wait for their turn; one more is refused. */
  readonly waitingMax: number
}

/** About one second of waiting at 150 hashes a second on one core. */
export const defaultHashingLimits: HashingLimits = { parallelMax: 2, waitingMax: 150 }

/**
 * Lets a bounded number of password hashes run and wait, first come first served. A login storm therefore neither takes
 * every thread nor makes people wait for many seconds: beyond the bound it throws HashingQueueFull (503 with Retry-After).
 */
export class HashingQueue {
  readonly #limits: HashingLimits
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limits: HashingLimits = defaultHashingLimits) {
    this.#limits = limits
  }

  /** Hashes that wait now, for metrics. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `work` when its turn comes. @throws HashingQueueFull at once when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn()
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  /** A turn is handed over from the one that ends to the one that waits longest, so `#running` stays the same then. */
  #turn(): Promise<void> | undefined {
    if (this.#running < this.#limits.parallelMax) {
      this.#running++
      return undefined
    }
    if (this.#waiting.length >= this.#limits.waitingMax) {
      throw new HashingQueueFull()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
