import type { ConnectionOptions } from 'node:tls'

/** One place where a PostgreSQL may be. */
export interface DatabaseHost {
  /** Host name, address, or directory of a Unix socket. */
  readonly host: string
  readonly port: number
}

/** Where the database is and how connections to it are kept. */
export interface DatabaseSettings extends DatabaseHost {
  /** Where else its primary may be after a failover, tried in this order; a standby among them is passed over. */
  readonly otherHosts: readonly DatabaseHost[]
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  /** Schema that holds the tables; undefined = the connection's own search path. */
  readonly schema: string | undefined
  /** TLS towards PostgreSQL; false = plain. */
  readonly tls: false | ConnectionOptions
  readonly applicationName: string
  readonly poolMax: number
  /** Connections opened at the start. */
  readonly poolInitial: number
  /** Connections kept open although idle. */
  readonly poolMin: number
  /** A connection is replaced after this long; 0 = never. */
  readonly connectionLifetimeMsMax: number
  readonly connectTimeoutMs: number
  readonly acquisitionTimeoutMs: number
  /** How long the server may take for a single statement outside a transaction. */
  readonly statementTimeoutMs: number
  /**
   * How long a whole transaction may take where the server can bound that (PostgreSQL 17). It ends what the idle timeout does
   * not see: a message of which only the first half arrived before the network was cut.
   */
  readonly transactionTimeoutMs: number
  /** Statements slower than this are logged; 0 = none. */
  readonly slowStatementMs: number
  /** Whether statements may be prepared on the server; off behind poolers that do not track them. */
  readonly preparedStatements: boolean
}

/** Defaults of every duration and bound, so that tests and tools only name the place. */
export const databaseDefaults = {
  host: '127.0.0.1',
  port: 5432,
  otherHosts: [],
  database: 'keycloak',
  user: 'keycloak',
  password: undefined,
  schema: undefined,
  tls: false,
  applicationName: 'holdfast',
  poolMax: 100,
  poolInitial: 0,
  poolMin: 0,
  connectionLifetimeMsMax: 0,
  connectTimeoutMs: 3_000,
  acquisitionTimeoutMs: 5_000,
  statementTimeoutMs: 5_000,
  transactionTimeoutMs: 8_000,
  slowStatementMs: 10_000,
  preparedStatements: true,
} satisfies DatabaseSettings
