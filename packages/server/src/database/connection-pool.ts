import { DatabaseConnection } from './connection.ts'
import { DatabaseUnavailable, toDatabaseError } from './database-error.ts'
import type { DatabaseSettings } from './database-settings.ts'

/** What the pool counts; the metrics page shows these under agroal's names. */
export interface PoolStatistics {
  active: number
  available: number
  awaiting: number
  maxUsed: number
  acquired: number
  created: number
  destroyed: number
  blockingMsTotal: number
  blockingMsMax: number
  creationMsTotal: number
  creationMsMax: number
}

interface Waiter {
  readonly since: number
  readonly timer: NodeJS.Timeout
  readonly give: (connection: DatabaseConnection) => void
  readonly fail: (error: Error) => void
}

/**
 * A bounded set of connections. Who comes when all are taken waits in order, at most `acquisitionTimeoutMs`.
 * A connection that failed is dropped when it is given back; the next one in the queue gets a new one.
 */
export class ConnectionPool {
  readonly #settings: DatabaseSettings
  /** Most recently used last: the others may grow old and be closed. */
  readonly #idle: DatabaseConnection[] = []
  readonly #waiters: Waiter[] = []
  readonly #busy = new Set<DatabaseConnection>()
  /** Open or opening. */
  #size = 0
  #closed = false
  readonly #counts = {
    maxUsed: 0,
    acquired: 0,
    created: 0,
    destroyed: 0,
    blockingMsTotal: 0,
    blockingMsMax: 0,
    creationMsTotal: 0,
    creationMsMax: 0,
  }

  constructor(settings: DatabaseSettings) {
    this.#settings = settings
  }

  get statistics(): PoolStatistics {
    const available = this.#idle.length
    const active = this.#size - available
    return { ...this.#counts, active, available, awaiting: this.#waiters.length }
  }

  /** @throws DatabaseUnavailable when none came free or could be opened in time */
  async acquire(): Promise<DatabaseConnection> {
    if (this.#closed) throw new DatabaseUnavailable('the connection pool is closed')
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.alive && !this.#outlived(idle)) return this.#count(idle, 0)
      this.#forget(idle)
    }
    const since = performance.now()
    const waiting = new Promise<DatabaseConnection>((give, fail) => {
      const timer = setTimeout(() => {
        const index = this.#waiters.findIndex((waiter) => waiter.timer === timer)
        if (index >= 0) this.#waiters.splice(index, 1)
        fail(new DatabaseUnavailable('no database connection came free in time'))
      }, this.#settings.acquisitionTimeoutMs)
      this.#waiters.push({ since, timer, give, fail })
    })
    if (this.#size < this.#settings.poolMax) void this.#open()
    return await waiting
  }

  /** Gives a connection back; one that failed is dropped. */
  release(connection: DatabaseConnection): void {
    this.#busy.delete(connection)
    if (this.#closed || !connection.alive || this.#outlived(connection)) {
      this.#forget(connection)
      if (this.#waiters.length > 0 && !this.#closed) void this.#open()
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#idle.push(connection)
    else this.#serve(waiter, connection)
  }

  /** Ends idle connections beyond `poolMin` that were not used since; called from time to time. */
  trim(): void {
    const dead = this.#idle.filter((connection) => !connection.alive || this.#outlived(connection))
    for (const connection of dead) {
      this.#idle.splice(this.#idle.indexOf(connection), 1)
      this.#forget(connection)
    }
    const surplus = Math.min(this.#idle.length - this.#settings.poolMin, this.#idle.length >> 1)
    for (const connection of this.#idle.splice(0, Math.max(surplus, 0))) this.#forget(connection)
  }

  /** Drops every idle connection: after a failover they may lead to the old primary. */
  dropIdle(): void {
    for (const connection of this.#idle.splice(0)) this.#forget(connection)
  }

  /**
   * Gives up what has been waiting for the database for at least this long: who waits learns now what a timeout would
   * tell later. Connections whose work may take long stay.
   */
  abandonSilent(silentMs: number): void {
    for (const connection of this.#busy) {
      if (connection.silentMs >= silentMs) connection.abandon()
    }
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer)
      waiter.fail(new DatabaseUnavailable('the database does not answer'))
    }
  }

  /** Ends idle connections, refuses new callers; connections in use end when they come back. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer)
      waiter.fail(new DatabaseUnavailable('the connection pool is closed'))
    }
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()))
  }

  async #open(): Promise<void> {
    this.#size += 1
    const start = performance.now()
    try {
      const connection = await DatabaseConnection.open(this.#settings)
      const tookMs = performance.now() - start
      this.#counts.created += 1
      this.#counts.creationMsTotal += tookMs
      this.#counts.creationMsMax = Math.max(this.#counts.creationMsMax, tookMs)
      this.release(connection)
    } catch (error) {
      this.#size -= 1
      const waiter = this.#waiters.shift()
      if (waiter === undefined) return
      clearTimeout(waiter.timer)
      waiter.fail(toDatabaseError(error))
    }
  }

  #serve(waiter: Waiter, connection: DatabaseConnection): void {
    clearTimeout(waiter.timer)
    waiter.give(this.#count(connection, performance.now() - waiter.since))
  }

  #count(connection: DatabaseConnection, waitedMs: number): DatabaseConnection {
    this.#busy.add(connection)
    this.#counts.acquired += 1
    this.#counts.blockingMsTotal += waitedMs
    this.#counts.blockingMsMax = Math.max(this.#counts.blockingMsMax, waitedMs)
    this.#counts.maxUsed = Math.max(this.#counts.maxUsed, this.#size - this.#idle.length)
    return connection
  }

  #outlived(connection: DatabaseConnection): boolean {
    const { connectionLifetimeMsMax: max } = this.#settings
    return max > 0 && performance.now() - connection.openedAt > max
  }

  #forget(connection: DatabaseConnection): void {
    this.#size -= 1
    this.#counts.destroyed += 1
    if (connection.alive) void connection.close()
    else connection.destroy()
  }
}
