import type { Logger } from '../log/logger.ts'
import { pause } from '../shared/pause.ts'
import type { DatabaseConnection } from './connection.ts'
import { ConnectionPool, type PoolStatistics } from './connection-pool.ts'
import type { Database, Queryable, Transaction, TransactionOptions } from './database.ts'
import { DatabaseUnavailable, isRepeatable, toDatabaseError } from './database-error.ts'
import type { DatabaseSettings } from './database-settings.ts'
import { OpenTransaction, type TransactionSettings } from './open-transaction.ts'
import type { Outbox } from './outbox.ts'
import type { Statement } from './statement.ts'

/** Of many who change the same row where everything is serializable, each round lets one through at least. */
const attemptsMax = 10
/** Pause before the n-th repetition: random between 0 and n times this. */
const repeatPauseMs = 20
const trimIntervalMs = 60_000
/** Once the database is known not to answer, whoever has waited this long for it is told so. */
const silenceMs = 1_000

/** Told how it goes with the database; both are called for every statement or transaction. */
export interface DatabaseWatch {
  failed(error: DatabaseUnavailable): void
  answered(): void
}

export interface PostgresDatabaseDeps {
  readonly settings: DatabaseSettings
  readonly logger: Logger
  readonly watch?: DatabaseWatch
}

/** PostgreSQL 14 to 18, directly or through a pooler in transaction mode. */
export class PostgresDatabase implements Database, AsyncDisposable {
  readonly #pool: ConnectionPool
  readonly #settings: DatabaseSettings
  readonly #transactionSettings: TransactionSettings
  readonly #logger: Logger
  readonly #watch: DatabaseWatch | undefined
  readonly #trimming: NodeJS.Timeout
  #outbox: Outbox | undefined
  #answers: () => boolean = () => true

  constructor({ settings, logger, watch }: PostgresDatabaseDeps) {
    this.#settings = settings
    this.#transactionSettings = {
      ...settings,
      noteDuration: (statements, tookMs) => this.#noteSlow(statements, tookMs),
    }
    this.#logger = logger
    this.#watch = watch
    this.#pool = new ConnectionPool(settings)
    this.#trimming = setInterval(() => this.#pool.trim(), trimIntervalMs)
    this.#trimming.unref()
  }

  /** Counters of the pool, for metrics. */
  get statistics(): PoolStatistics {
    return this.#pool.statistics
  }

  /** Says where invalidation events go. Before this, transactions that append events lose them: call it before serving. */
  connectOutbox(outbox: Outbox): void {
    this.#outbox = outbox
  }

  /**
   * Says how it is known whether the database answers at all. While it does not, work is refused at once: a client that
   * gets 503 asks another node, one that waits for a timeout does not.
   */
  connectReach(answers: () => boolean): void {
    this.#answers = answers
  }

  /** The database has stopped answering: ends waiting that would only run into its timeout. */
  fellSilent(): void {
    this.#pool.abandonSilent(silenceMs)
  }

  /** Opens the connections that the settings want at the start, so that the first requests need not; one that fails is none. */
  async openInitial(): Promise<void> {
    const { poolInitial, poolMin, poolMax } = this.#settings
    const wanted = Array.from({ length: Math.min(Math.max(poolInitial, poolMin), poolMax) })
    const opened = await Promise.allSettled(wanted.map(async () => await this.#pool.acquire()))
    for (const one of opened) if (one.status === 'fulfilled') this.#pool.release(one.value)
  }

  /** Drops idle connections, so that the next ones are made anew: after another database identity was seen. */
  dropIdleConnections(): void {
    this.#pool.dropIdle()
  }

  /**
   * Runs `work` on one connection, outside a transaction: whatever it reads came from the same server.
   * The clustering layer reads the log and fills caches with it, under a check of the database's identity.
   */
  onOneConnection<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
    return this.#watched(() => this.#onOneConnection(work))
  }

  async #onOneConnection<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
    const connection = await this.#acquire()
    try {
      return await work({
        query: async <R>(text: string, values?: readonly unknown[]) =>
          (await runStatement(connection, text, values)) as R[],
      })
    } finally {
      this.#pool.release(connection)
    }
  }

  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]> {
    return this.#watched(() => this.#query<R>(text, values))
  }

  async #query<R>(text: string, values: readonly unknown[] | undefined): Promise<R[]> {
    const connection = await this.#acquire()
    const start = performance.now()
    try {
      return (await runStatement(connection, text, values)) as R[]
    } finally {
      this.#pool.release(connection)
      this.#noteSlow([{ text }], performance.now() - start)
    }
  }

  async transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#watched(() => this.#attempt(work, options))
      } catch (error) {
        if (!isRepeatable(error) || attempt >= attemptsMax) throw error
        await pause(Math.random() * repeatPauseMs * attempt)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#trimming)
    await this.#pool.close()
  }

  async #attempt<T>(
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const connection = await this.#acquire()
    const transaction = new OpenTransaction(
      connection,
      this.#outbox,
      options,
      this.#transactionSettings,
    )
    let result: T
    let afterCommit: () => Promise<void>
    try {
      result = await work(transaction)
      afterCommit = await transaction.commit()
    } catch (error) {
      await transaction.rollback()
      throw error
    } finally {
      this.#pool.release(connection)
    }
    await afterCommit()
    return result
  }

  async #watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      this.#watch?.answered()
      return result
    } catch (error) {
      if (error instanceof DatabaseUnavailable) this.#watch?.failed(error)
      throw error
    }
  }

  async #acquire(): Promise<DatabaseConnection> {
    if (!this.#answers()) throw new DatabaseUnavailable('the database does not answer')
    return await this.#pool.acquire()
  }

  #noteSlow(statements: readonly Statement[], tookMs: number): void {
    const { slowStatementMs } = this.#settings
    if (slowStatementMs > 0 && tookMs > slowStatementMs) {
      const text = statements.map((each) => each.text).join('; ')
      this.#logger.warn(`Slow statement (${Math.round(tookMs)} ms): ${text}`)
    }
  }
}

/** Outside of transactions: one that PostgreSQL took back (40001, 40P01) is sent again, at most as often as a transaction. */
async function runStatement(
  connection: DatabaseConnection,
  text: string,
  values: readonly unknown[] | undefined,
): Promise<Record<string, unknown>[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connection.query(values === undefined ? { text } : { text, values })
    } catch (error) {
      const known = toDatabaseError(error)
      if (!isRepeatable(known) || !connection.alive || attempt >= attemptsMax) throw known
      await pause(Math.random() * repeatPauseMs * attempt)
    }
  }
}
