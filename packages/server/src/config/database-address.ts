import { isIPv6 } from 'node:net'
import { type DatabaseSettings, databaseDefaults } from '../database/database-settings.ts'
import { databaseTls } from './database-tls.ts'
import { type PostgresUrl, parsePostgresUrl } from './postgres-url.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import type { TrustedPeers } from './trusted-peers.ts'

/** An outside PostgreSQL as the `db…` settings name it, or the wish for the embedded one. */
export type DatabaseChoice =
  | { readonly kind: 'outside'; readonly settings: DatabaseSettings }
  | { readonly kind: 'embedded'; readonly settings: Omit<DatabaseSettings, 'host' | 'port'> }

const supportedVendors = new Set(['postgres', 'dev-file', 'dev-mem'])

/** @throws SettingError when the address cannot be read or names another vendor */
export function databaseChoice(values: SettingValues, trusted: TrustedPeers): DatabaseChoice {
  const vendor = values.text('db') ?? 'dev-file'
  if (!supportedVendors.has(vendor)) {
    throw new SettingError(
      `Invalid value for option '--db': ${vendor} is not supported. Use postgres, or leave it out for the embedded database.`,
    )
  }
  const pool = poolSettings(values)
  const named = ['db-url', 'db-url-host', 'db-url-database'].some((name) => values.text(name))
  if (!named && values.explicit('db') !== 'postgres') {
    return { kind: 'embedded', settings: { ...databaseDefaults, ...pool, tls: false } }
  }
  return { kind: 'outside', settings: outsideDatabase(values, pool, trusted) }
}

type PoolSettings = Pick<
  DatabaseSettings,
  | 'schema'
  | 'poolMax'
  | 'poolInitial'
  | 'poolMin'
  | 'connectionLifetimeMsMax'
  | 'connectTimeoutMs'
  | 'slowStatementMs'
  | 'transactionTimeoutMs'
>

function poolSettings(values: SettingValues): PoolSettings {
  return {
    schema: values.text('db-schema'),
    poolMax: values.integer('db-pool-max-size') ?? databaseDefaults.poolMax,
    poolInitial: values.integer('db-pool-initial-size') ?? databaseDefaults.poolInitial,
    poolMin: values.integer('db-pool-min-size') ?? databaseDefaults.poolMin,
    connectionLifetimeMsMax: values.durationMs('db-pool-max-lifetime') ?? 0,
    connectTimeoutMs: values.durationMs('db-connect-timeout') ?? databaseDefaults.connectTimeoutMs,
    transactionTimeoutMs:
      values.durationMs('transaction-default-timeout') ?? databaseDefaults.transactionTimeoutMs,
    slowStatementMs: values.integer('db-log-slow-queries-threshold') ?? 0,
  }
}

function outsideDatabase(
  values: SettingValues,
  pool: PoolSettings,
  trusted: TrustedPeers,
): DatabaseSettings {
  const url = addressOf(values)
  const { properties } = url
  const [first, ...otherHosts] = url.hosts
  const name = properties.get('ApplicationName') ?? properties.get('application_name')
  return {
    ...databaseDefaults,
    ...pool,
    schema: pool.schema ?? properties.get('currentSchema') ?? undefined,
    connectTimeoutMs: connectTimeoutMsOf(properties) ?? pool.connectTimeoutMs,
    host: properties.get('host') ?? first?.host ?? 'localhost',
    port: first?.port ?? databaseDefaults.port,
    otherHosts,
    database: url.database ?? databaseDefaults.database,
    user: values.text('db-username') ?? url.user ?? properties.get('user') ?? databaseDefaults.user,
    password: values.text('db-password') ?? url.password ?? properties.get('password') ?? undefined,
    tls: databaseTls(values, properties, trusted),
    applicationName: name ?? databaseDefaults.applicationName,
    preparedStatements: properties.get('prepareThreshold') !== '0',
  }
}

/** The drivers' `connectTimeout` is in seconds, 0 = no limit; here every wait has one. */
function connectTimeoutMsOf(properties: URLSearchParams): number | undefined {
  const seconds = Number(properties.get('connectTimeout') ?? properties.get('connect_timeout'))
  return Number.isInteger(seconds) && seconds > 0 ? seconds * 1_000 : undefined
}

/** `postgres://…`, `postgresql://…` and `jdbc:postgresql:…` are the same to us; without a URL its parts make one. */
function addressOf(values: SettingValues): PostgresUrl {
  const url = parsePostgresUrl(values.text('db-url') ?? urlOfParts(values))
  if (url !== undefined) return url
  const name = values.text('db-url') === undefined ? 'db-url-host' : 'db-url'
  throw new SettingError(
    `Invalid value for option '--${name}': Expected postgres://host:port/database or jdbc:postgresql://host:port,host:port/database`,
  )
}

function urlOfParts(values: SettingValues): string {
  const host = values.text('db-url-host') ?? 'localhost'
  const port = values.text('db-url-port')
  const database = encodeURIComponent(values.text('db-url-database') ?? databaseDefaults.database)
  const properties = (values.text('db-url-properties') ?? '').replace(/^\?/, '')
  const address = isIPv6(host) ? `[${host}]` : host
  return `postgres://${address}${port === undefined ? '' : `:${port}`}/${database}${properties === '' ? '' : `?${properties}`}`
}
