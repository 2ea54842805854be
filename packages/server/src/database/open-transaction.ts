import type { InvalidationEvent } from '@holdfast/cluster'
import { type DatabaseConnection, notCompiled, setConfig } from './connection.ts'
import type { Queryable, Transaction, TransactionOptions } from './database.ts'
import {
  CommitUnknown,
  DatabaseUnavailable,
  endsConnection,
  sqlState,
  TransactionLost,
  toDatabaseError,
  transactionTimedOut,
} from './database-error.ts'
import type { DatabaseSettings } from './database-settings.ts'
import type { Outbox } from './outbox.ts'
import type { Statement } from './statement.ts'

/** How long a transaction may wait for its own client: a frozen node holds row locks for no longer (cluster.md §4). */
const idleInTransactionMs = 500
/** The same for work that is named as long by its own statement timeout: it hashes and parses, maybe on a busy machine. */
const idleInLongTransactionMs = 60_000
const lockTimeoutMs = 3_000
const statementTimeoutMs = 5_000

type Row = Record<string, unknown>

export interface TransactionSettings
  extends Pick<DatabaseSettings, 'schema' | 'transactionTimeoutMs'> {
  /** Told how long each message to the database took, whether it failed or not. */
  readonly noteDuration: (statements: readonly Statement[], tookMs: number) => void
}

/**
 * A transaction from its first statement to its end. States: *waiting* (nothing sent: BEGIN leaves with the first statement),
 * *open*, *ended*. The outbox statement and COMMIT leave in one message.
 */
export class OpenTransaction implements Transaction {
  readonly #connection: DatabaseConnection
  readonly #outbox: Outbox | undefined
  readonly #options: TransactionOptions
  readonly #settings: TransactionSettings
  readonly #events: InvalidationEvent[] = []
  readonly #afterwards: (() => void)[] = []
  #state: 'waiting' | 'open' | 'ended' = 'waiting'

  constructor(
    connection: DatabaseConnection,
    outbox: Outbox | undefined,
    options: TransactionOptions,
    settings: TransactionSettings,
  ) {
    this.#connection = connection
    this.#outbox = outbox
    this.#options = options
    this.#settings = settings
  }

  async query<R = Row>(text: string, values?: readonly unknown[]): Promise<R[]> {
    this.#requireOpen()
    const results = await this.#send([...this.#opening(), statementOf(text, values)])
    return (results.at(-1) ?? []) as R[]
  }

  get last(): Queryable {
    return {
      query: async <R>(text: string, values?: readonly unknown[]) => this.#last<R>(text, values),
    }
  }

  append(events: readonly InvalidationEvent[]): void {
    this.#requireOpen()
    this.#events.push(...events)
  }

  onCommitted(work: () => void): void {
    this.#requireOpen()
    this.#afterwards.push(work)
  }

  /**
   * Writes the events and commits.
   * @returns what is left to do once the connection was given back: telling the outbox that its events are committed
   * @throws CommitUnknown when the answer was lost
   */
  async commit(): Promise<() => Promise<void>> {
    const outbox = this.#events.length > 0 ? this.#outbox : undefined
    if (this.#state !== 'open' && outbox === undefined) {
      this.#state = 'ended'
      return async () => this.#finish()
    }
    const statements = [...this.#opening()]
    if (outbox !== undefined) statements.push(outbox.statement(this.#events))
    const appended = statements.length - 1
    statements.push({ text: 'COMMIT' })
    const results = await this.#sendCommit(statements)
    this.#state = 'ended'
    return async () => {
      this.#finish()
      await outbox?.committed(this.#events, results[appended] ?? [])
    }
  }

  #finish(): void {
    for (const work of this.#afterwards) work()
  }

  /** Undoes everything; a connection that cannot even do that is dropped. */
  async rollback(): Promise<void> {
    const begun = this.#state === 'open'
    this.#state = 'ended'
    if (!begun || !this.#connection.alive) return
    await this.#connection.run([{ text: 'ROLLBACK' }]).catch(() => this.#connection.destroy())
  }

  async #last<R>(text: string, values?: readonly unknown[]): Promise<R[]> {
    if (this.#events.length > 0) return await this.query<R>(text, values)
    this.#requireOpen()
    const statements = [...this.#opening(), statementOf(text, values)]
    const results = await this.#sendCommit([...statements, { text: 'COMMIT' }])
    this.#state = 'ended'
    return (results[statements.length - 1] ?? []) as R[]
  }

  #requireOpen(): void {
    if (this.#state === 'ended') throw new Error('the transaction has ended')
  }

  #opening(): Statement[] {
    if (this.#state !== 'waiting') return []
    this.#state = 'open'
    const { statementTimeoutMs: longMs, durability } = this.#options
    const parameters: [string, string][] = [
      ['statement_timeout', String(longMs ?? statementTimeoutMs)],
      ['lock_timeout', String(longMs ?? lockTimeoutMs)],
      [
        'idle_in_transaction_session_timeout',
        String(longMs === undefined ? idleInTransactionMs : idleInLongTransactionMs),
      ],
    ]
    if (longMs === undefined && this.#connection.boundsTransactions) {
      parameters.push(['transaction_timeout', String(this.#settings.transactionTimeoutMs)])
    }
    if (this.#connection.pooled) parameters.push([...notCompiled])
    if (durability === 'async') parameters.push(['synchronous_commit', 'off'])
    const { schema } = this.#settings
    if (schema !== undefined) parameters.push(['search_path', schema])
    // Named, for the database may have another default: what waited for a lock must see what was committed meanwhile.
    const isolation = this.#options.snapshot ? 'REPEATABLE READ' : 'READ COMMITTED'
    return [
      { text: `BEGIN ISOLATION LEVEL ${isolation}` },
      setConfig(parameters, this.#connection.pooled),
    ]
  }

  get #deadlineMs(): number {
    return this.#options.statementTimeoutMs ?? statementTimeoutMs
  }

  async #run(statements: readonly Statement[]): Promise<Row[][]> {
    const start = performance.now()
    try {
      return await this.#connection.run(statements, this.#deadlineMs)
    } finally {
      this.#settings.noteDuration(statements, performance.now() - start)
    }
  }

  async #send(statements: readonly Statement[]): Promise<Row[][]> {
    try {
      return await this.#run(statements)
    } catch (error) {
      if (!this.#connection.alive) {
        throw lostBeforeCommit(this.#connection.failure ?? error)
      }
      throw toDatabaseError(error)
    }
  }

  async #sendCommit(statements: readonly Statement[]): Promise<Row[][]> {
    const aliveBefore = this.#connection.alive
    try {
      return await this.#run(statements)
    } catch (error) {
      if (!aliveBefore || sqlState(error) === '25P03') throw lostBeforeCommit(error)
      if (endsConnection(error)) throw new CommitUnknown({ cause: error })
      throw toDatabaseError(error)
    }
  }
}

function statementOf(text: string, values: readonly unknown[] | undefined): Statement {
  return values === undefined ? { text } : { text, values }
}

/** A connection that was lost before COMMIT was sent has certainly rolled back; a timeout of ours is not worth a repetition. */
function lostBeforeCommit(cause: unknown): Error {
  if (cause instanceof DatabaseUnavailable) return cause
  if (sqlState(cause) === transactionTimedOut) return toDatabaseError(cause)
  return new TransactionLost('the connection was lost before COMMIT', { cause })
}
