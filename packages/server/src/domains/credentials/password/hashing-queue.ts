import { availableParallelism } from 'node:os'
import { HashingQueueFull } from './hashing-queue-full.ts'
import { type DeriveKey, HashingThread } from './hashing-thread.ts'

export interface HashingLimits {
  /** Hashes computed at the same time, each by a thread of its own. More than cores only evict each other's memory. */
  readonly threads: number
  /** Hashes that may wait for their turn; one more is refused. */
  readonly waitingMax: number
}

/** About one to two seconds of waiting, at 75 to 150 hashes a second on one core. */
const waitingPerThread = 150

/** @param workers processes that share the cores which this one may use; each takes its part of the threads */
export function defaultHashingLimits(workers: number): HashingLimits {
  const threads = Math.max(1, Math.floor(availableParallelism() / workers))
  return { threads, waitingMax: threads * waitingPerThread }
}

/**
 * Lets a bounded number of password hashes run and wait, first come first served. A login storm therefore neither takes
 * every core nor makes people wait for many seconds: beyond the bound it throws HashingQueueFull (503 with Retry-After).
 */
export class HashingQueue {
  readonly #waitingMax: number
  readonly #waiting: ((thread: HashingThread) => void)[] = []
  readonly #idle: HashingThread[]
  readonly #threads: readonly HashingThread[]

  constructor(limits: HashingLimits) {
    this.#waitingMax = limits.waitingMax
    this.#threads = Array.from(
      { length: limits.threads },
      (_, index) => new HashingThread(`hashing-${index}`),
    )
    this.#idle = [...this.#threads]
  }

  /** Hashes that wait now, for metrics. */
  get waiting(): number {
    return this.#waiting.length
  }

  /**
   * Runs `work` when its turn comes, with a thread for it alone.
   * @throws HashingQueueFull at once when too many wait already
   */
  async run<T>(work: (deriveKey: DeriveKey) => Promise<T>): Promise<T> {
    const thread = this.#idle.pop() ?? (await this.#turn())
    try {
      return await work((derivation) => thread.derive(derivation))
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(thread)
      else next(thread)
    }
  }

  /** Ends the threads; what is under way fails. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()))
  }

  /** A thread is handed over from the job that ends to the one that waits longest. */
  #turn(): Promise<HashingThread> {
    if (this.#waiting.length >= this.#waitingMax) throw new HashingQueueFull()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
