import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { injectSerializationFailures, wantsSerializable } from './serialization-failures.ts'

/** Longest that creating or dropping a database may take. */
const statementTimeoutMs = 30_000
const attemptsMax = 10

/** A database of a test file's own, dropped by `await using`. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly name: string
  /** Runs SQL in it, for what HTTP does not show (row counts, WAL). */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Lets go of the connections and keeps the database. */
  close(): Promise<void>
}

/**
 * Creates a database beside the one that `serverUrl` names.
 * @param serverUrl `postgres://` address of an account that may create databases
 * @param template database to copy; nobody may be connected to it
 */
export async function createDatabase(
  serverUrl: string,
  options: { readonly template?: string; readonly name?: string } = {},
): Promise<TestDatabase> {
  const name = options.name ?? `holdfast_test_${randomBytes(6).toString('hex')}`
  const copied = options.template === undefined ? '' : ` TEMPLATE "${options.template}"`
  await administer(serverUrl, `CREATE DATABASE "${name}"${copied}`)
  const url = databaseUrl(serverUrl, name)
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  pool.on('error', () => undefined)
  if (wantsSerializable() && options.template !== undefined) {
    await injectSerializationFailures((text) => pool.query(text), name)
  }
  return {
    url,
    name,
    async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await repeated(() => pool.query<Row>(text, [...values]))).rows
    },
    close: () => pool.end(),
    async [Symbol.asyncDispose]() {
      await pool.end()
      await administer(serverUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    },
  }
}

/** What a test writes by itself is refused now and then, too, where failures are injected. */
async function repeated<T>(query: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await query()
    } catch (error) {
      const refused = (error as { code?: unknown }).code === '40001'
      if (!refused || !wantsSerializable() || attempt === attemptsMax) throw error
    }
  }
}

/** The address of another database of the same PostgreSQL. */
function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Runs one statement in the maintenance database. */
export async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(serverUrl, 'postgres'),
    statement_timeout: statementTimeoutMs,
  })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
