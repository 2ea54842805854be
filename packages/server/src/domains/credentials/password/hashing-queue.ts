import { availableParallelism } from 'node:os'
import { FairLine } from '../../../queues/fair-line.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
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

/** A hash that waits for its turn. */
interface Waiting {
  readonly begin: (thread: HashingThread) => void
  readonly refuse: (error: HashingQueueFull) => void
}

/**
 * Lets a bounded number of password hashes run and wait. A login storm therefore neither takes every core nor makes people
 * wait for many seconds: beyond the bound it throws HashingQueueFull (503 with Retry-After). Client addresses take turns,
 * so that who tries passwords by the thousand from one address keeps nobody else from signing in.
 */
export class HashingQueue {
  readonly #waiting: FairLine<Waiting>
  readonly #idle: HashingThread[]
  readonly #threads: readonly HashingThread[]

  constructor(limits: HashingLimits) {
    this.#waiting = new FairLine(limits.waitingMax)
    this.#threads = Array.from(
      { length: limits.threads },
      (_, index) => new HashingThread(`hashing-${index}`),
    )
    this.#idle = [...this.#threads]
  }

  /** Hashes that wait now, for metrics. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Runs `work` when its turn comes, with a thread for it alone.
   * @param from the client's address; empty for the server's own work
   * @throws HashingQueueFull when too many wait, at once or when others with fewer come
   */
  async run<T>(work: (deriveKey: DeriveKey) => Promise<T>, from: string): Promise<T> {
    const thread = this.#idle.pop() ?? (await this.#turn(from))
    try {
      return await work((derivation) => thread.derive(derivation))
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(thread)
      else next.begin(thread)
    }
  }

  /** Ends the threads; what is under way fails. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()))
  }

  /** A thread is handed over from the job that ends to the one whose turn it is. */
  #turn(from: string): Promise<HashingThread> {
    return new Promise((begin, refuse) => {
      this.#waiting.push(networkOfAddress(from), { begin, refuse })?.refuse(new HashingQueueFull())
    })
  }
}
