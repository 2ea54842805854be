import { availableParallelism } from 'node:os'
import { type Asker, FairLine } from '../../../queues/fair-line.ts'
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

/**
 * How much threads give way to others on a busy core (Linux; 0 = not at all). A hash takes ten milliseconds of a core and a
 * token request less than one: without this, token requests wait behind the logins of a storm. Every process of the machine
 * gains by it, so it is no more than needed: a usual hash gets a quarter of a core that something else keeps busy, a costly
 * one a fifteenth.
 */
const niceness = { usual: 5, costly: 12 } as const

/** @param workers processes that share the cores which this one may use; each takes its part of the threads */
export function defaultHashingLimits(workers: number): HashingLimits {
  const threads = Math.max(1, Math.floor(availableParallelism() / workers))
  return { threads, waitingMax: threads * waitingPerThread }
}

/** For whom a password is hashed. */
export interface HashedFor {
  /** Id of the realm; empty for the server's own work. */
  readonly realm: string
  /** The client's address; empty for the server's own work. */
  readonly from: string
}

/** A hash that waits for its turn. */
interface Waiting {
  readonly begin: (thread: HashingThread) => void
  readonly refuse: (error: HashingQueueFull) => void
}

/**
 * Lets a bounded number of password hashes run and wait. A login storm therefore neither takes every core nor makes people
 * wait for many seconds: beyond the bound it throws HashingQueueFull (503 with Retry-After). Realms take turns, and within
 * a realm client addresses, so that who tries passwords by the thousand from one address keeps nobody else from signing in.
 * Hashes that a realm has made costly have threads and a line of their own: others do not wait behind them.
 */
export class HashingQueue {
  readonly #usual: Lane
  readonly #costly: Lane

  constructor(limits: HashingLimits) {
    this.#usual = new Lane(limits, 'hashing', niceness.usual)
    this.#costly = new Lane(limits, 'costly-hashing', niceness.costly)
  }

  /** Hashes that wait now, for metrics. */
  get waiting(): number {
    return this.#usual.waiting + this.#costly.waiting
  }

  /**
   * Runs `work` when its turn comes, with a thread for it alone.
   * @param costly whether it takes much longer than a hash usually does
   * @throws HashingQueueFull when too many wait, at once or when others with fewer come
   */
  async run<T>(
    work: (deriveKey: DeriveKey) => Promise<T>,
    asker: HashedFor,
    costly = false,
  ): Promise<T> {
    const member = networkOfAddress(asker.from)
    return await (costly ? this.#costly : this.#usual).run(work, { group: asker.realm, member })
  }

  /** Ends the threads; what is under way fails. */
  async stop(): Promise<void> {
    await Promise.all([this.#usual.stop(), this.#costly.stop()])
  }
}

/** Threads with one line before them. */
class Lane {
  readonly #waiting: FairLine<Waiting>
  readonly #idle: HashingThread[]
  readonly #threads: readonly HashingThread[]

  constructor(limits: HashingLimits, name: string, nice: number) {
    this.#waiting = new FairLine(limits.waitingMax)
    this.#threads = Array.from(
      { length: limits.threads },
      (_, index) => new HashingThread(`${name}-${index}`, nice),
    )
    this.#idle = [...this.#threads]
  }

  get waiting(): number {
    return this.#waiting.size
  }

  async run<T>(work: (deriveKey: DeriveKey) => Promise<T>, asker: Asker): Promise<T> {
    const thread = this.#idle.pop() ?? (await this.#turn(asker))
    try {
      return await work((derivation) => thread.derive(derivation))
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(thread)
      else next.begin(thread)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()))
  }

  /** A thread is handed over from the job that ends to the one whose turn it is. */
  #turn(asker: Asker): Promise<HashingThread> {
    return new Promise((begin, refuse) => {
      this.#waiting.push(asker, { begin, refuse })?.refuse(new HashingQueueFull())
    })
  }
}
