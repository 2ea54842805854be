import type { Logger } from '../log/logger.ts'
import type { Clock } from '../shared/clock.ts'
import { pause } from '../shared/pause.ts'
import { OperationCounts } from './operation-counts.ts'
import { RemoteCache } from './remote-cache.ts'
import {
  type OpenRemoteConnection,
  RemoteCacheDegraded,
  type RemoteCacheName,
  type RemoteConnection,
} from './remote-connection.ts'
import { RemoteStoreUnavailable } from './remote-store-unavailable.ts'
import { within } from './within.ts'

/** Longest that an operation may take, waiting for a connection included. */
const operationMs = 1_000
/** Longest that opening a connection may take. */
const openMs = 6_000
/** An idle connection is asked this often whether it is still one. */
const pingMs = 2_000
/**
 * Operations without an answer within a while, after which the connection is given up. Answers in between do not count: of a
 * cluster one node may be frozen while the others answer.
 */
const missesMax = 3
const missesWithinMs = 5_000
/** Pauses between attempts to connect: random up to the first, doubled each time, up to the second. */
const backOffMs = { first: 100, max: 5_000 } as const
/** While the store is away, a line says so this often. */
const reportMs = 60_000

export interface RemoteStoreDeps {
  readonly open: OpenRemoteConnection
  readonly clock: Clock
  readonly logger: Logger
  /** For the pauses between attempts; of [0, 1). */
  readonly random?: () => number
}

/**
 * A remote store as its users see it: every operation ends in time, and throws RemoteStoreUnavailable when it was not
 * answered. States: *working* (there is a connection); *broken* (it was lost, or did not answer three times in a while: it is
 * destroyed, and another one is opened, with growing pauses, until one answers); *closed*. Operations that come in the first
 * second of *broken* wait for the new connection, later ones are refused at once.
 */
export class RemoteStore implements AsyncDisposable {
  readonly counts = new OperationCounts()
  readonly #deps: RemoteStoreDeps
  readonly #pings: NodeJS.Timeout
  #connection: RemoteConnection | undefined
  #reopening: Promise<void> | undefined
  /** By the monotonic clock. */
  #brokenAt = 0
  /** When operations were not answered, by the monotonic clock. */
  #misses: number[] = []
  #closed = false

  private constructor(deps: RemoteStoreDeps, connection: RemoteConnection) {
    this.#deps = deps
    this.#connection = connection
    this.#pings = setInterval(() => void this.#ping(), pingMs)
    this.#pings.unref()
  }

  /** @throws RemoteStoreRefused, or what else keeps the first connection from being made */
  static async open(deps: RemoteStoreDeps): Promise<RemoteStore> {
    return new RemoteStore(deps, await opened(deps.open))
  }

  /** Whether there is a connection, as far as is known. */
  get reachable(): boolean {
    return this.#connection !== undefined
  }

  cache(name: RemoteCacheName): RemoteCache {
    return new RemoteCache({
      name,
      run: (...given) => this.#run(...given),
      now: () => this.#deps.clock.now(),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearInterval(this.#pings)
    this.#connection?.destroy()
    this.#connection = undefined
    await this.#reopening
  }

  async #run<T>(
    cache: RemoteCacheName,
    operation: string,
    work: (connection: RemoteConnection) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#deps
    const start = clock.monotonic()
    const took = () => clock.monotonic() - start
    try {
      const connection = this.#connection ?? (await this.#awaited())
      const result = await this.#asked(connection, () =>
        within(operationMs - took(), work(connection)),
      )
      this.counts.done(cache, operation, took())
      return result
    } catch (error) {
      this.counts.failed(cache, operation, took())
      if (error instanceof RemoteStoreUnavailable) throw error
      const text = error instanceof Error ? error.message : String(error)
      throw new RemoteStoreUnavailable(`the remote store failed: ${text}`, { cause: error })
    }
  }

  /** A connection that is opened now. */
  async #awaited(): Promise<RemoteConnection> {
    const left = operationMs - (this.#deps.clock.monotonic() - this.#brokenAt)
    if (left > 0 && this.#reopening !== undefined) {
      await within(left, this.#reopening).catch(() => undefined)
    }
    if (this.#connection !== undefined) return this.#connection
    throw new RemoteStoreUnavailable('the remote store cannot be reached')
  }

  async #asked<T>(connection: RemoteConnection, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof RemoteCacheDegraded) throw error
      const now = this.#deps.clock.monotonic()
      this.#misses = [...this.#misses.filter((at) => now - at < missesWithinMs), now]
      if (connection.lost || this.#misses.length >= missesMax) this.#break(connection, error)
      throw error
    }
  }

  async #ping(): Promise<void> {
    const connection = this.#connection
    if (connection === undefined) return
    // What fails here is counted, and ends the connection in time.
    await this.#asked(connection, () => within(operationMs, connection.ping())).catch(
      () => undefined,
    )
  }

  /** @param connection another one may have taken its place already */
  #break(connection: RemoteConnection, error: unknown): void {
    if (this.#connection !== connection) return
    connection.destroy()
    this.#connection = undefined
    if (this.#closed) return
    this.#brokenAt = this.#deps.clock.monotonic()
    this.#deps.logger.warn(`The remote store cannot be used: ${textOf(error)}`)
    this.#reopening = this.#reopen().finally(() => {
      this.#reopening = undefined
    })
  }

  async #reopen(): Promise<void> {
    const { open, clock, logger, random = Math.random } = this.#deps
    let reportedAt = this.#brokenAt
    for (let attempt = 0; !this.#closed; attempt += 1) {
      if (attempt > 0) {
        await pause(random() * Math.min(backOffMs.max, backOffMs.first * 2 ** attempt))
      }
      try {
        const connection = await opened(open)
        this.#adopt(connection)
        return
      } catch (error) {
        const now = clock.monotonic()
        if (now - reportedAt < reportMs) continue
        reportedAt = now
        const seconds = Math.round((now - this.#brokenAt) / 1000)
        logger.warn(`The remote store cannot be used for ${seconds} s: ${textOf(error)}`)
      }
    }
  }

  #adopt(connection: RemoteConnection): void {
    if (this.#closed) {
      connection.destroy()
      return
    }
    this.#connection = connection
    this.#misses = []
    this.counts.reconnected()
    const seconds = Math.round((this.#deps.clock.monotonic() - this.#brokenAt) / 1000)
    this.#deps.logger.info(`The remote store answers again; it could not be used for ${seconds} s`)
  }
}

/** A connection that has answered. One that comes too late is ended when it comes. */
async function opened(open: OpenRemoteConnection): Promise<RemoteConnection> {
  const opening = open()
  let late = false
  void opening.then(
    (connection) => {
      if (late) connection.destroy()
    },
    () => undefined,
  )
  try {
    return await within(openMs, opening)
  } catch (error) {
    late = true
    throw error
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? ''
}
