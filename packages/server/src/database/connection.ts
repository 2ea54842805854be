import type { EventEmitter } from 'node:events'
import pg from 'pg'
import { costlyWork } from '../shared/costly-work.ts'
import { type TracedWork, traced, tracedWork } from '../telemetry/traced-work.ts'
import {
  DatabaseUnavailable,
  endsConnection,
  standbyParameter,
  toDatabaseError,
} from './database-error.ts'
import type { DatabaseHost, DatabaseSettings } from './database-settings.ts'
import { encodeParameter, type Statement } from './statement.ts'
import { type Column, type PreparedStatement, StatementBatch } from './statement-batch.ts'

/** Characters of statements that a trace shows. */
const tracedTextMax = 2_000
/** Statement texts prepared per connection; beyond it statements go unnamed. */
const preparedMax = 500
/** A text is prepared when a connection sends it for this time: texts used once cost the server no memory. */
const prepareThreshold = 2
/**
 * A pattern decides which index finds it. After five searches with long answers PostgreSQL may keep one plan for any pattern,
 * which asks the trigrams of a text that has too few of them. Such texts are never prepared, so that each pattern gets a
 * plan of its own (docs/operating/performance.md, Growth).
 */
const givenPattern = /\bLIKE \$/
/** Session limit of single statements; a transaction sets its own. */
const lockTimeoutMs = 3_000
/**
 * After how long PostgreSQL forgets a node that vanished without a word (12 s; its own default is two hours, in which every
 * cut leaves sessions behind). It asks after 5 s of silence, and again every 2 s.
 */
const goneAfter: readonly (readonly [string, string])[] = [
  ['tcp_keepalives_idle', '5'],
  ['tcp_keepalives_interval', '2'],
  ['tcp_keepalives_count', '4'],
  ['tcp_user_timeout', '12000'],
]
/**
 * Recursive queries look costlier to the planner than they are, and compiling one takes PostgreSQL 40 ms where running it
 * takes one. No statement here runs for so long that its compilation would pay.
 */
export const notCompiled: readonly [string, string] = ['jit', 'off']
/** Of single statements, whatever the database's default is; behind a pooler they have that one. */
const isolation: readonly [string, string] = ['default_transaction_isolation', 'read committed']
/** The first PostgreSQL that can bound a whole transaction. */
const boundsTransactionsSince = 17
/** How much longer than the server the client waits before it calls a connection dead. */
const answerGraceMs = 2_000

type Row = Record<string, unknown>

/** What a server says of itself when a connection begins. */
interface ParameterStatus {
  readonly parameterName: string
  readonly parameterValue: string
}

interface Preparation {
  readonly name: string
  readonly columns: readonly Column[]
}

/**
 * One connection. It sends statements in batches, prepares texts that come back, and gives every batch a deadline.
 * Behind a pooler in transaction mode (recognised by a backend id that is not the one announced) it keeps no state on
 * the session: nothing is prepared, and limits travel with each batch.
 */
export class DatabaseConnection {
  readonly openedAt = performance.now()
  readonly #client: pg.Client
  readonly #settings: DatabaseSettings
  readonly #prepared = new Map<string, Preparation>()
  readonly #seen = new Map<string, number>()
  #discarded: string[] = []
  #prefix: Statement | undefined
  #lastName = 0
  #pooled = false
  #serverMajor = 0
  /** When the batch was sent whose answer is awaited, and how long it may take. */
  #awaiting: { readonly since: number; readonly deadlineMs: number } | undefined
  /** Why the connection is of no use any more. */
  #failure: unknown

  private constructor(client: pg.Client, settings: DatabaseSettings) {
    this.#client = client
    this.#settings = settings
    const { connection } = client as unknown as { connection: EventEmitter }
    connection.on('parameterStatus', (status: ParameterStatus) => {
      if (status.parameterName !== 'server_version') return
      this.#serverMajor = Number.parseInt(status.parameterValue, 10)
    })
    client.on('error', (error: unknown) => {
      this.#failure ??= error
    })
    client.on('end', () => {
      this.#failure ??= new Error('connection ended')
    })
  }

  /**
   * Opens a connection to the first of the settings' hosts that takes it; among several, the first primary.
   * @throws DatabaseUnavailable when none was made within `connectTimeoutMs` each, or the last one refused it
   */
  static async open(settings: DatabaseSettings): Promise<DatabaseConnection> {
    const { host, port, otherHosts } = settings
    let failure: unknown
    for (const place of [{ host, port }, ...otherHosts]) {
      try {
        return await DatabaseConnection.#openAt(place, settings)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  static async #openAt(
    { host, port }: DatabaseHost,
    settings: DatabaseSettings,
  ): Promise<DatabaseConnection> {
    const client = new pg.Client({
      host,
      port,
      database: settings.database,
      user: settings.user,
      ...(settings.password === undefined ? {} : { password: settings.password }),
      ssl: settings.tls === false ? false : settings.tls,
      application_name: settings.applicationName,
      connectionTimeoutMillis: settings.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    })
    const connection = new DatabaseConnection(client, settings)
    try {
      await client.connect()
      await connection.#begin(`${host}:${port}`)
    } catch (error) {
      connection.destroy()
      throw refused(error)
    }
    return connection
  }

  /** Whether the connection can still be used. */
  get alive(): boolean {
    return this.#failure === undefined
  }

  /** Whether a pooler is in between, so that a transaction has to bring what a session would keep. */
  get pooled(): boolean {
    return this.#pooled
  }

  /** Whether the server knows `transaction_timeout`. */
  get boundsTransactions(): boolean {
    return this.#serverMajor >= boundsTransactionsSince
  }

  /** Milliseconds since the pending statement was sent; 0 when idle, or when its own timeout is longer than usual. */
  get silentMs(): number {
    const { since, deadlineMs } = this.#awaiting ?? {}
    if (since === undefined || (deadlineMs ?? 0) > this.#settings.statementTimeoutMs) return 0
    return performance.now() - since
  }

  /** Why it cannot; undefined while alive. */
  get failure(): unknown {
    return this.#failure
  }

  /**
   * Sends statements in one message; outside a transaction they are one implicit transaction.
   * @param deadlineMs how long the server may take
   * @returns the rows of each statement
   * @throws what PostgreSQL or the driver reported, as it came (see toDatabaseError)
   */
  async run(
    statements: readonly Statement[],
    deadlineMs: number = this.#settings.statementTimeoutMs,
  ): Promise<Row[][]> {
    if (this.#failure !== undefined) throw this.#failure
    this.#awaiting = { since: performance.now(), deadlineMs }
    const prepared = statements.map((statement) => this.#prepare(statement))
    const discarded = this.#discarded
    this.#discarded = []
    costlyWork.statements.publish(statements.length)
    let batch: StatementBatch | undefined
    const timer = setTimeout(() => this.abandon(), deadlineMs + answerGraceMs)
    const send = () =>
      new Promise<Row[][]>((resolve, reject) => {
        batch = new StatementBatch(prepared, discarded, (error, results) => {
          if (error === undefined) resolve(results)
          else reject(error)
        })
        this.#client.query(batch as unknown as pg.Submittable)
      })
    try {
      if (!tracedWork.sql.start.hasSubscribers) return await send()
      return await traced(tracedWork.sql, () => workOf(statements), send)
    } catch (error) {
      if (endsConnection(error)) this.#failure ??= error
      throw this.#failure ?? error
    } finally {
      clearTimeout(timer)
      this.#awaiting = undefined
      if (batch !== undefined) this.#remember(prepared, batch)
    }
  }

  /** One statement outside a transaction, under the limits of single statements. */
  async query(statement: Statement): Promise<Row[]> {
    const statements = this.#prefix === undefined ? [statement] : [this.#prefix, statement]
    const results = await this.run(statements)
    return results.at(-1) ?? []
  }

  /** Drops the connection because its answer does not come; who waits for it is told so. */
  abandon(): void {
    this.#failure ??= new DatabaseUnavailable('the database did not answer in time')
    this.destroy()
  }

  /** Ends the connection politely. */
  async close(): Promise<void> {
    this.#failure ??= new Error('connection closed')
    await this.#client.end().catch(() => undefined)
  }

  /** Drops the connection without waiting for anybody. */
  destroy(): void {
    this.#failure ??= new Error('connection dropped')
    const { connection } = this.#client as unknown as {
      connection?: { stream: { destroy(): void } }
    }
    connection?.stream.destroy()
  }

  /** A standby is refused, as `targetServerType=primary` of the drivers does: what it says is of yesterday. */
  async #begin(place: string): Promise<void> {
    const limits: [string, string][] = [
      ['statement_timeout', String(this.#settings.statementTimeoutMs)],
      ['lock_timeout', String(lockTimeoutMs)],
    ]
    if (this.#settings.schema !== undefined) limits.push(['search_path', this.#settings.schema])
    const session = [...limits, isolation, notCompiled, ...goneAfter]
    const { processID } = this.#client as unknown as { processID: number | null }
    const calls = session.map(
      ([name], index) => `CASE WHEN b.direct THEN set_config('${name}', $${index + 2}, false) END`,
    )
    const [rows] = await this.run(
      [
        {
          text: `SELECT pg_is_in_recovery() AS standby, b.direct, ${calls.join(', ')} FROM (SELECT pg_backend_pid() = $1 AS direct) b`,
          values: [processID, ...session.map(([, value]) => value)],
        },
      ],
      this.#settings.connectTimeoutMs,
    )
    if (rows?.[0]?.['standby'] === true) throw new DatabaseUnavailable(`${place} is a standby`)
    this.#pooled = rows?.[0]?.['direct'] !== true
    if (this.#pooled) this.#prefix = setConfig([...limits, notCompiled], true)
  }

  #prepare(statement: Statement): PreparedStatement {
    const { text } = statement
    const values = (statement.values ?? []).map(encodeParameter)
    const known = this.#prepared.get(text)
    if (known !== undefined) {
      return { text, values, name: known.name, parse: false, columns: known.columns }
    }
    const name = this.#worthPreparing(text) ? `h${++this.#lastName}` : ''
    return { text, values, name, parse: true }
  }

  #worthPreparing(text: string): boolean {
    if (this.#pooled || !this.#settings.preparedStatements) return false
    if (this.#prepared.size >= preparedMax || givenPattern.test(text)) return false
    const times = (this.#seen.get(text) ?? 0) + 1
    if (times >= prepareThreshold) {
      this.#seen.delete(text)
      return true
    }
    if (this.#seen.size >= preparedMax) this.#seen.clear()
    this.#seen.set(text, times)
    return false
  }

  /** Keeps the names that the server now knows; a name that failed, or whose plan went stale, is closed with the next batch. */
  #remember(statements: readonly PreparedStatement[], batch: StatementBatch): void {
    for (const [index, statement] of statements.entries()) {
      if (statement.name === '') continue
      if (index < batch.completed) {
        if (statement.parse) {
          this.#prepared.set(statement.text, {
            name: statement.name,
            columns: batch.columns[index] ?? [],
          })
        }
      } else if (statement.parse || index === batch.completed) {
        this.#prepared.delete(statement.text)
        this.#discarded.push(statement.name)
      }
    }
  }
}

/** Texts have no values in them: those travel as parameters. */
function workOf(statements: readonly Statement[]): TracedWork {
  const text = statements.map((statement) => statement.text).join('; ')
  return {
    name: statements.at(-1)?.text.trim().split(/\s/, 1)[0] ?? '',
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, tracedTextMax) },
  }
}

/** Whatever a server says to a connection that it refuses — wrong password, no such database, closed: not now. */
function refused(error: unknown): DatabaseUnavailable {
  const known = toDatabaseError(error)
  if (known instanceof DatabaseUnavailable) return known
  return new DatabaseUnavailable(known.message, { cause: error })
}

/** There is no such parameter; only a standby asks for it. */
const refusedByStandby = `CASE WHEN pg_is_in_recovery() THEN current_setting('${standbyParameter}') END`

/**
 * @param primaryOnly for connections by a pooler, which may lead to another server each time: the statement fails on a standby
 * @returns one statement that sets several parameters for the transaction that it runs in, as SET LOCAL does.
 */
export function setConfig(
  parameters: readonly (readonly [name: string, value: string])[],
  primaryOnly = false,
): Statement {
  const calls = parameters.map(([name], index) => `set_config('${name}', $${index + 1}, true)`)
  if (primaryOnly) calls.push(refusedByStandby)
  return { text: `SELECT ${calls.join(', ')}`, values: parameters.map(([, value]) => value) }
}
