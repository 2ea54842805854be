/** A statement that PostgreSQL refused; `code` is its SQLSTATE (PostgreSQL manual, appendix A). */
export class DatabaseError extends Error {
  readonly code: string
  /** Name of the violated constraint, where there is one. */
  readonly constraint: string | undefined

  constructor(message: string, code: string, constraint?: string) {
    super(message)
    this.name = 'DatabaseError'
    this.code = code
    this.constraint = constraint
  }
}

/** The database cannot be used now (not there, failing over, too slow, no free connection): answer 503 with `Retry-After`. */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseUnavailable'
  }
}

/** The answer to COMMIT was lost: nobody knows whether the transaction took place. Issue nothing, answer 503 (cluster.md §4). */
export class CommitUnknown extends DatabaseUnavailable {
  constructor(options?: ErrorOptions) {
    super('the answer to COMMIT was lost', options)
    this.name = 'CommitUnknown'
  }
}

/** The transaction certainly did not happen and may be repeated as a whole. */
export class TransactionLost extends DatabaseUnavailable {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TransactionLost'
  }
}

/** @returns whether the whole transaction may be run again: serialization failure, deadlock, or a connection lost before COMMIT. */
export function isRepeatable(error: unknown): boolean {
  if (error instanceof TransactionLost) return true
  return error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01')
}

/** The whole transaction took longer than `transaction_timeout`. */
export const transactionTimedOut = '25P04'

/** Codes by which a server says that it cannot serve now; the statement itself was not at fault. */
const unavailableCodes = new Set([
  transactionTimedOut,
  '25006', // read-only: a standby, or a primary that was demoted
  '53300', // too many connections
  '53400',
  '55P03', // lock not available within lock_timeout
  '57014', // statement_timeout
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now: starting up or recovering
  '57P05', // idle session timeout
])

/** Codes after which the connection is of no use: it ended, or it leads to a server that must not be written to. */
const connectionEndingCodes = new Set([
  '25006',
  '25P03',
  transactionTimedOut,
  '57P01',
  '57P02',
  '57P03',
  '57P05',
])

interface ServerMessage {
  readonly message?: string
  readonly code?: unknown
  readonly constraint?: string
  readonly severity?: string
}

/** @returns the SQLSTATE of an error that PostgreSQL itself sent, else undefined (`ECONNRESET` and such are not of five characters). */
export function sqlState(error: unknown): string | undefined {
  const code = (error as ServerMessage | undefined)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE'
    ? code
    : undefined
}

/** What a server, or the machine in its place, says at once when it is not there: nobody has to wait to know. */
const goneCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
])

/** The driver gives no code to a connection that was closed without a word. */
const goneMessages = new Set(['Connection terminated unexpectedly', 'connection ended'])

/** @returns whether the database has said that it is not there; false when it has said nothing in time */
export function isGone(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && goneCodes.has(code)) return true
    if (goneMessages.has(at.message)) return true
  }
  return false
}

/** @returns whether the connection that reported `error` must be thrown away. */
export function endsConnection(error: unknown): boolean {
  const code = sqlState(error)
  if (code === undefined) return true
  const severity = (error as ServerMessage).severity
  return (
    connectionEndingCodes.has(code) ||
    code.startsWith('08') ||
    severity === 'FATAL' ||
    severity === 'PANIC'
  )
}

/** A refused connection to a name with several addresses has a code and no message. */
function messageOf(error: unknown): string {
  const { message, code } = (error ?? {}) as ServerMessage
  if (message !== undefined && message !== '') return message
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed'
}

/** By a statement that asks for this parameter a connection finds out that a pooler leads it to a standby. */
export const standbyParameter = 'holdfast.only_on_a_standby'

/** Turns what the driver reports into one of this file's classes. */
export function toDatabaseError(error: unknown): Error {
  if (error instanceof DatabaseError || error instanceof DatabaseUnavailable) return error
  const { constraint } = (error ?? {}) as ServerMessage
  const message = messageOf(error)
  const code = sqlState(error)
  if (code === '42704' && message.includes(standbyParameter)) {
    return new DatabaseUnavailable('the connection leads to a standby', { cause: error })
  }
  if (code === '25P03') return new TransactionLost(message, { cause: error })
  if (code === undefined || unavailableCodes.has(code) || code.startsWith('08')) {
    return new DatabaseUnavailable(message, { cause: error })
  }
  return new DatabaseError(message, code, constraint)
}
