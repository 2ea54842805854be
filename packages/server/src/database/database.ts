import type { InvalidationEvent } from '@holdfast/cluster'

/** Anything that runs SQL: the pool itself (one statement, its own transaction) or an open transaction. */
export interface Queryable {
  /**
   * Runs one statement with `$1…` parameters. `int8` comes back as number (times in ms and `ver` fit in 2^53).
   * @throws DatabaseError with the SQLSTATE in `code`; DatabaseUnavailable when no connection could be had in time
   */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** An open transaction (READ COMMITTED, with its own idle, lock and statement timeouts). */
export interface Transaction extends Queryable {
  /** Remembers invalidation events; they are written to the log as the last statement before COMMIT. */
  append(events: readonly InvalidationEvent[]): void
  /** Remembers what is to be done once it is known that COMMIT succeeded, such as a line in the log. It must not throw. */
  onCommitted(work: () => void): void
  /**
   * For the statement after which there is nothing left to do: COMMIT leaves in the same message, which spares a round
   * trip. The transaction has ended then; to append to it is an error. Where events wait already, it is as `query`.
   */
  readonly last: Queryable
}

export interface TransactionOptions {
  /** Names long work in logs and lifts the statement timeout; absent = the default of 5 s. */
  readonly statementTimeoutMs?: number
  /** `async` = `synchronous_commit=off`: for touches and login state only (cluster.md §3). Default `sync`. */
  readonly durability?: 'sync' | 'async'
  /** All statements see the state at the first one (REPEATABLE READ): for exports, which read many tables. */
  readonly snapshot?: boolean
}

/** The pool of connections to PostgreSQL. */
export interface Database extends Queryable {
  /**
   * Runs `work` in a transaction; retries the whole of it on 40001 and 40P01 (at most 9 times, with jitter).
   * Commits when it returns, rolls back when it throws. A COMMIT whose answer is lost is thrown as CommitUnknown, never repeated.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
}
