import pg from 'pg'

/** How a column is decoded: its name and the parser of its text form. */
export interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** A statement as it goes over the wire: `name` is empty for an unnamed one; `columns` known = no description is asked for. */
export interface PreparedStatement {
  readonly text: string
  /** Parameters in PostgreSQL's text form (or binary, as Buffer). */
  readonly values: (string | Buffer | null)[]
  readonly name: string
  /** Whether the server has to parse the text first. */
  readonly parse: boolean
  readonly columns?: readonly Column[] | undefined
}

type Row = Record<string, unknown>

interface FieldDescription {
  readonly name: string
  readonly dataTypeID: number
}

/** The part of the driver's connection that a batch writes to. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { text: string; name: string }): void
  bind(message: { statement: string; values: unknown[] }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: object): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
}

const int8 = 20
const numeric = 1700

function columnOf(field: FieldDescription): Column {
  const { name, dataTypeID } = field
  if (dataTypeID === int8 || dataTypeID === numeric) return { name, parse: Number }
  return { name, parse: pg.types.getTypeParser(dataTypeID, 'text') as Column['parse'] }
}

/**
 * Several statements in one message to PostgreSQL and one message back: all of them up to the final Sync are one implicit
 * transaction, and the first error skips the rest (PostgreSQL manual, "Extended Query" and "Pipelining").
 * The driver calls the `handle…` methods.
 */
export class StatementBatch {
  readonly #statements: readonly PreparedStatement[]
  readonly #discarded: readonly string[]
  readonly #settle: (error: unknown, results: Row[][]) => void
  readonly #results: Row[][] = []
  /** Columns by statement, as described by the server or known before. */
  readonly columns: (readonly Column[])[]
  #rows: Row[] = []
  #decodeFailure: unknown
  #settled = false

  /**
   * @param discarded names of prepared statements to forget first
   * @param settle called once, with the rows of each completed statement
   */
  constructor(
    statements: readonly PreparedStatement[],
    discarded: readonly string[],
    settle: (error: unknown, results: Row[][]) => void,
  ) {
    this.#statements = statements
    this.#discarded = discarded
    this.#settle = settle
    this.columns = statements.map((statement) => statement.columns ?? [])
  }

  /** How many statements the server has completed. */
  get completed(): number {
    return this.#results.length
  }

  submit(connection: unknown): Error | null {
    const wire = connection as Wire
    wire.stream.cork()
    try {
      for (const name of this.#discarded) wire.close({ type: 'S', name })
      for (const statement of this.#statements) send(wire, statement)
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
    return null
  }

  handleRowDescription(message: { fields: readonly FieldDescription[] }): void {
    this.columns[this.#results.length] = message.fields.map(columnOf)
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const columns = this.columns[this.#results.length] ?? []
    const row: Row = {}
    try {
      for (const [index, column] of columns.entries()) {
        const text = message.fields[index]
        row[column.name] = text === null || text === undefined ? null : column.parse(text)
      }
    } catch (error) {
      this.#decodeFailure = error
    }
    this.#rows.push(row)
  }

  handleCommandComplete(): void {
    this.#results.push(this.#rows)
    this.#rows = []
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete()
  }

  handleReadyForQuery(): void {
    this.#end(this.#decodeFailure)
  }

  handleError(error: unknown): void {
    this.#end(error ?? new Error('unknown error of the database driver'))
  }

  #end(error: unknown): void {
    if (this.#settled) return
    this.#settled = true
    this.#settle(error, this.#results)
  }
}

function send(wire: Wire, statement: PreparedStatement): void {
  const { name, text, values } = statement
  if (statement.parse) wire.parse({ text, name })
  wire.bind({ statement: name, values })
  if (statement.columns === undefined) wire.describe({ type: 'P', name: '' })
  wire.execute({})
}
