import { type Cursor, type LogRow, shardCount } from '@holdfast/cluster'
import { History } from './history.ts'
import type { Scheduler } from './scheduler.ts'

/** One row set or, with undefined, deleted. */
export type Change = readonly [key: string, row: unknown]

interface Commit {
  readonly at: number
  readonly changes: readonly Change[]
}

interface Waiter {
  readonly transaction: OpenTransaction
  readonly key: string
  readonly since: number
  readonly granted: () => void
}

/** Whether a record's history is kept for the checkers. */
function isWatched(key: string): boolean {
  return key.startsWith('r/') || key.startsWith('g/') || key.startsWith('s/')
}

/** A transaction that holds row locks, and what it was last heard of. */
export class OpenTransaction {
  readonly owner: string
  readonly locks: string[] = []
  ended = false
  /** From here on its client may vanish: it commits all the same. */
  committing = false
  lastHeard: number

  constructor(owner: string, now: number) {
    this.owner = owner
    this.lastHeard = now
  }
}

/** What a server of the simulated database cluster may be told. */
export interface DatabaseServerDeps {
  readonly scheduler: Scheduler
  readonly identity: string
  /** How long a transaction may be idle before it is rolled back; Infinity = for ever. */
  readonly idleTimeoutMs: number
  /** Called when a lock was waited for. */
  readonly onLockWaited: (key: string, ms: number) => void
}

/** The longest wait for a row lock, in ms. */
const lockTimeoutMs = 6000

/** One PostgreSQL server: rows, row locks, a journal that a standby replays, and the epochs of the invalidation log. */
export class DatabaseServer {
  readonly identity: string
  readonly epochs: Cursor[] = Array.from({ length: shardCount }, () => ({ v: 0, tag: 0 }))
  readonly history = new History()
  /** Without this it answers nobody. */
  alive = true
  /** Its machine is there but the process is not: connections are refused at once instead of timing out. */
  refuses = false
  /** A former primary that others have replaced: it still reads, but its commits get no answer. */
  writable = true
  readonly #deps: DatabaseServerDeps
  readonly #rows = new Map<string, unknown>()
  readonly #journal: Commit[] = []
  readonly #locks = new Map<string, OpenTransaction>()
  #waiters: Waiter[] = []
  #open = new Set<OpenTransaction>()
  /** Numbers given out without a lock, for the control that does so. */
  readonly sequence: number[] = Array.from({ length: shardCount }, () => 0)

  constructor(deps: DatabaseServerDeps) {
    this.#deps = deps
    this.identity = deps.identity
  }

  /** A standby of `primary` that has replayed everything up to `upTo`, promoted. */
  static promoted(primary: DatabaseServer, upTo: number, deps: DatabaseServerDeps): DatabaseServer {
    const server = new DatabaseServer(deps)
    for (const commit of primary.#journal) {
      if (commit.at <= upTo) server.apply(commit.changes, commit.at)
    }
    return server
  }

  row<T>(key: string): T | undefined {
    return this.#rows.get(key) as T | undefined
  }

  keys(): IterableIterator<string> {
    return this.#rows.keys()
  }

  logRows(shard: number, after: number, upTo: number): LogRow[] {
    const rows: LogRow[] = []
    for (let v = after + 1; v <= upTo; v++) {
      const row = this.row<LogRow>(`l/${shard}/${v}`)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }

  begin(owner: string): OpenTransaction {
    const transaction = new OpenTransaction(owner, this.#deps.scheduler.now)
    this.#open.add(transaction)
    return transaction
  }

  /** Takes row locks one after the other, waiting for each. `refused` when a wait is too long or the transaction has ended. */
  lock(
    transaction: OpenTransaction,
    keys: readonly string[],
    granted: () => void,
    refused: () => void,
  ): void {
    const { scheduler } = this.#deps
    transaction.lastHeard = Number.POSITIVE_INFINITY
    const next = (index: number): void => {
      const key = keys[index]
      if (transaction.ended) {
        refused()
        return
      }
      if (key === undefined) {
        transaction.lastHeard = scheduler.now
        granted()
        return
      }
      const holder = this.#locks.get(key)
      if (holder === undefined || holder === transaction) {
        if (holder === undefined) transaction.locks.push(key)
        this.#locks.set(key, transaction)
        next(index + 1)
        return
      }
      const waiter = { transaction, key, since: scheduler.now, granted: () => next(index) }
      this.#waiters.push(waiter)
      scheduler.after(lockTimeoutMs, () => {
        if (!this.#waiters.includes(waiter)) return
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        this.#waited(key, lockTimeoutMs)
        this.end(transaction)
        refused()
      })
    }
    next(0)
  }

  /** Rolls back a transaction whose client has said nothing for too long. */
  watchIdle(transaction: OpenTransaction): void {
    const { scheduler, idleTimeoutMs } = this.#deps
    if (idleTimeoutMs === Number.POSITIVE_INFINITY || transaction.ended) return
    const heard = transaction.lastHeard
    scheduler.after(idleTimeoutMs, () => {
      if (transaction.lastHeard === heard) this.end(transaction)
    })
  }

  /** Gives the locks of a transaction to those who wait. */
  end(transaction: OpenTransaction): void {
    if (transaction.ended) return
    transaction.ended = true
    this.#open.delete(transaction)
    for (const key of transaction.locks) this.#locks.delete(key)
    const freed = new Set(transaction.locks)
    const ready = this.#waiters.filter((waiter) => freed.has(waiter.key))
    if (ready.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !freed.has(waiter.key))
    for (const waiter of ready) {
      this.#waited(waiter.key, this.#deps.scheduler.now - waiter.since)
      waiter.granted()
    }
  }

  /** Rolls back everything under way, or what one client had under way. */
  endAll(owner?: string): void {
    for (const transaction of [...this.#open]) {
      if (owner === undefined) this.end(transaction)
      else if (transaction.owner === owner && !transaction.committing) this.end(transaction)
    }
  }

  apply(changes: readonly Change[], at: number): void {
    this.#journal.push({ at, changes })
    for (const [key, row] of changes) {
      if (row === undefined) this.#rows.delete(key)
      else this.#rows.set(key, row)
      if (isWatched(key))
        this.history.record(key, (row as { write: number } | undefined)?.write ?? 0, at)
      if (key.startsWith('l/')) this.#advance(row as LogRow)
    }
  }

  #waited(key: string, ms: number): void {
    if (this.alive && this.writable) this.#deps.onLockWaited(key, ms)
  }

  #advance(row: LogRow): void {
    const epoch = this.epochs[row.shard]
    if (epoch !== undefined && row.v > epoch.v) this.epochs[row.shard] = { v: row.v, tag: row.tag }
    this.sequence[row.shard] = Math.max(this.sequence[row.shard] ?? 0, row.v)
  }
}
