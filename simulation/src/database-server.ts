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
  /** Until when it may wait: begins anew when nobody else waits before it. */
  until: number
  /** When its statement has taken too long, whatever it waits for. */
  readonly statementEnds: number
  readonly granted: () => void
  readonly refused: () => void
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
  /** The row lock that it is queueing for. */
  waitsFor: string | undefined
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
  /** Called when a wait for a lock has ended, with how long its holder's client had said nothing meanwhile, in ms. */
  readonly onBlockedByIdle: (key: string, ms: number) => void
  /** Called when the view is rewritten, with the numbers of the two views. */
  readonly onView: (before: number, after: number) => void
  /** Called when transactions wait for each other in a circle, before one of them is rolled back. */
  readonly onDeadlock: (key: string) => void
}

/** As the product asks of PostgreSQL, in ms. */
const lockTimeoutMs = 3000
const statementTimeoutMs = 5000
/** How long a wait lasts before PostgreSQL looks whether it can ever end, in ms. */
const deadlockTimeoutMs = 1000

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
  /** By key, in the order in which they came: the first one waits for the holder, the others for their turn. */
  readonly #waiters = new Map<string, Waiter[]>()
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

  /**
   * Takes row locks one after the other, waiting for each in the order of arrival. `refused` when a wait is too long or
   * could never end, or the transaction has ended.
   */
  lock(
    transaction: OpenTransaction,
    keys: readonly string[],
    granted: () => void,
    refused: () => void,
  ): void {
    const { scheduler } = this.#deps
    transaction.lastHeard = Number.POSITIVE_INFINITY
    const statementEnds = scheduler.now + statementTimeoutMs
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
      const { now: since } = scheduler
      const until = Math.min(statementEnds, since + lockTimeoutMs)
      const again = () => next(index)
      this.#enqueue({ transaction, key, since, until, statementEnds, granted: again, refused })
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
    const { waitsFor } = transaction
    if (waitsFor !== undefined) this.#leaveQueue(transaction, waitsFor)?.refused()
    const freed = [...transaction.locks]
    for (const key of freed) this.#locks.delete(key)
    for (const key of freed) this.#passOn(key, transaction)
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
      if (key === 'view') this.#followView(row as { id: number })
      if (row === undefined) this.#rows.delete(key)
      else this.#rows.set(key, row)
      if (isWatched(key))
        this.history.record(key, (row as { write: number } | undefined)?.write ?? 0, at)
      if (key.startsWith('l/')) this.#advance(row as LogRow)
    }
  }

  #followView(after: { readonly id: number }): void {
    const before = this.row<{ id: number }>('view')
    if (before !== undefined) this.#deps.onView(before.id, after.id)
  }

  #enqueue(waiter: Waiter): void {
    const { scheduler } = this.#deps
    const { transaction, key } = waiter
    const queue = this.#waiters.get(key)
    if (queue === undefined) this.#waiters.set(key, [waiter])
    else queue.push(waiter)
    transaction.waitsFor = key
    scheduler.after(waiter.until - scheduler.now, () => this.#expire(transaction, key))
    scheduler.after(deadlockTimeoutMs, () => {
      if (transaction.waitsFor !== key || !this.#waitsForItself(transaction)) return
      this.#deps.onDeadlock(key)
      this.end(transaction)
    })
  }

  /** Ends a wait, and its transaction, that has lasted too long. */
  #expire(transaction: OpenTransaction, key: string): void {
    if (transaction.waitsFor !== key || transaction.ended) return
    const waiter = this.#waiters.get(key)?.find((each) => each.transaction === transaction)
    if (waiter === undefined || this.#deps.scheduler.now < waiter.until) return
    this.#tellIdle(waiter, this.#locks.get(key))
    this.end(transaction)
  }

  #leaveQueue(transaction: OpenTransaction, key: string): Waiter | undefined {
    const queue = this.#waiters.get(key) ?? []
    const index = queue.findIndex((waiter) => waiter.transaction === transaction)
    const [waiter] = index < 0 ? [] : queue.splice(index, 1)
    transaction.waitsFor = undefined
    if (index === 0) this.#waitAnew(queue[0])
    return waiter
  }

  /** The first in a queue waits for another lock than those behind it: its time begins again. */
  #waitAnew(waiter: Waiter | undefined): void {
    if (waiter === undefined) return
    const { scheduler } = this.#deps
    const { transaction, key } = waiter
    waiter.until = Math.min(scheduler.now + lockTimeoutMs, waiter.statementEnds)
    scheduler.after(waiter.until - scheduler.now, () => this.#expire(transaction, key))
  }

  #passOn(key: string, former: OpenTransaction): void {
    const queue = this.#waiters.get(key)
    for (const waiter of queue ?? []) this.#tellIdle(waiter, former)
    const first = queue?.shift()
    if (first === undefined) return
    first.transaction.waitsFor = undefined
    this.#waitAnew(queue?.[0])
    first.granted()
  }

  #tellIdle(waiter: Waiter, holder: OpenTransaction | undefined): void {
    const { scheduler, onBlockedByIdle } = this.#deps
    if (!this.alive || !this.writable || holder === undefined) return
    const idleSince = Math.max(holder.lastHeard, waiter.since)
    if (idleSince < scheduler.now) onBlockedByIdle(waiter.key, scheduler.now - idleSince)
  }

  #waitsForItself(transaction: OpenTransaction): boolean {
    const met = new Set<OpenTransaction>()
    for (let at: OpenTransaction | undefined = transaction; at?.waitsFor !== undefined; ) {
      const holder = this.#locks.get(at.waitsFor)
      if (holder === transaction) return true
      if (holder === undefined || met.has(holder)) return false
      met.add(holder)
      at = holder
    }
    return false
  }

  #advance(row: LogRow): void {
    const epoch = this.epochs[row.shard]
    if (epoch !== undefined && row.v > epoch.v) this.epochs[row.shard] = { v: row.v, tag: row.tag }
    this.sequence[row.shard] = Math.max(this.sequence[row.shard] ?? 0, row.v)
  }
}
