import { throughOutages } from '@holdfast/server/database/await-database'
import {
  CommitUnknown,
  DatabaseError,
  DatabaseUnavailable,
} from '@holdfast/server/database/database-error'
import { databaseDefaults } from '@holdfast/server/database/database-settings'
import type { Migration } from '@holdfast/server/database/migrations/index'
import { migrate, SchemaTooNew } from '@holdfast/server/database/migrator-store'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'

const logger = pino({ level: 'silent' })
let outside: TestDatabase
let database: PostgresDatabase

/** Settings of a pool on the test's database. */
function settingsFor(url: string, poolMax = 5) {
  const parsed = new URL(url)
  return {
    ...databaseDefaults,
    host: parsed.searchParams.get('host') ?? parsed.hostname,
    port: Number(parsed.port),
    database: parsed.pathname.slice(1),
    user: parsed.username,
    password: parsed.password === '' ? undefined : parsed.password,
    poolMax,
    acquisitionTimeoutMs: 300,
  }
}

beforeAll(async () => {
  outside = await createDatabase(inject('postgresUrl'))
  await outside.query('CREATE TABLE counter (id int PRIMARY KEY, n bigint NOT NULL)')
  await outside.query('INSERT INTO counter VALUES (1, 0), (2, 0)')
  await outside.query(`ALTER DATABASE "${outside.name}" SET deadlock_timeout = 100`)
  database = new PostgresDatabase({ settings: settingsFor(outside.url), logger })
})

afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
  await outside?.[Symbol.asyncDispose]()
})

test('values come back as the types that the stores expect, prepared or not', async () => {
  const text = `SELECT $1::bigint AS big, $2::jsonb AS doc, $3::bool AS yes, NULL AS none, $4::text[] AS list,
    count(*) AS rows FROM generate_series(1, 3)`
  const values = [2 ** 52, JSON.stringify({ a: [1] }), true, ['x', 'a"b\\c', 'ü']]
  const expected = {
    big: 2 ** 52,
    doc: { a: [1] },
    yes: true,
    none: null,
    list: ['x', 'a"b\\c', 'ü'],
    rows: 3,
  }
  for (let time = 0; time < 4; time += 1) {
    expect(await database.query(text, values)).toEqual([expected])
  }
})

test('an error leaves the connection usable and carries its code', async () => {
  for (let time = 0; time < 4; time += 1) {
    const failure = await database
      .query('INSERT INTO counter VALUES ($1, 0)', [1])
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DatabaseError)
    expect(failure).toMatchObject({ code: '23505', constraint: 'counter_pkey' })
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  }
})

test('the last statement of a transaction commits it, and nothing can follow', async () => {
  const attempt = database.transaction(async (tx) => {
    await tx.query('UPDATE counter SET n = n + 10 WHERE id = 2')
    const rows = await tx.last.query('UPDATE counter SET n = n + 1 WHERE id = 2 RETURNING n')
    expect(rows).toEqual([{ n: 11 }])
    expect(await outside.query('SELECT n FROM counter WHERE id = 2')).toEqual([{ n: '11' }])
    await tx.query('SELECT 1')
  })
  await expect(attempt).rejects.toThrow('the transaction has ended')
  const failing = database.transaction(async (tx) => {
    await tx.query('UPDATE counter SET n = 99 WHERE id = 2')
    await tx.last.query('INSERT INTO counter VALUES (1, 0)')
  })
  await expect(failing).rejects.toMatchObject({ code: '23505' })
  expect(await database.query('SELECT n FROM counter WHERE id = 2')).toEqual([{ n: 11 }])
  await database.query('UPDATE counter SET n = 0 WHERE id = 2')
})

test('a transaction is undone when its work throws', async () => {
  const failure = new Error('changed my mind')
  const attempt = database.transaction(async (tx) => {
    await tx.query('UPDATE counter SET n = 99 WHERE id = 1')
    throw failure
  })
  await expect(attempt).rejects.toBe(failure)
  expect(await database.query('SELECT n FROM counter WHERE id = 1')).toEqual([{ n: 0 }])
})

test('a transaction that loses a deadlock is run again', async () => {
  let attempts = 0
  const addToBoth = async (first: number, second: number) =>
    await database.transaction(async (tx) => {
      attempts += 1
      await tx.query('UPDATE counter SET n = n + 1 WHERE id = $1', [first])
      await new Promise((resume) => setTimeout(resume, 100))
      await tx.query('UPDATE counter SET n = n + 1 WHERE id = $1', [second])
    })
  await Promise.all([addToBoth(1, 2), addToBoth(2, 1)])
  expect(attempts).toBeGreaterThan(2)
  expect(await database.query('SELECT n FROM counter ORDER BY id')).toEqual([{ n: 2 }, { n: 2 }])
  await outside.query('UPDATE counter SET n = 0')
})

test('a client that stops in mid-transaction holds its locks for half a second, and its work is repeated', async () => {
  let attempts = 0
  await database.transaction(async (tx) => {
    attempts += 1
    await tx.query('UPDATE counter SET n = n + 1 WHERE id = 1')
    if (attempts === 1) await new Promise((resume) => setTimeout(resume, 900))
    await tx.query('UPDATE counter SET n = n + 1 WHERE id = 2')
  })
  expect(attempts).toBe(2)
  expect(await database.query('SELECT n FROM counter ORDER BY id')).toEqual([{ n: 1 }, { n: 1 }])
})

test('a transaction without an end is ended, and not repeated', async ({ skip }) => {
  const [server] = await outside.query<{ server_version_num: string }>('SHOW server_version_num')
  skip(Number(server?.server_version_num) < 170_000, 'PostgreSQL bounds transactions since 17')
  let attempts = 0
  const endless = database.transaction(async (tx) => {
    attempts += 1
    // Never idle for long, and no statement takes long.
    for (;;) await tx.query('UPDATE counter SET n = n + 1 FROM pg_sleep(0.3) WHERE id = 1')
  })
  await expect(endless).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect(attempts).toBe(1)
}, 20_000)

test('a database that does not answer is not asked, and who waits for it learns that', async () => {
  let answers = true
  await using silent = new PostgresDatabase({ settings: settingsFor(outside.url), logger })
  silent.connectReach(() => answers)
  const started = performance.now()
  const waiting = silent.query('SELECT pg_sleep(4)')
  const long = silent.transaction((tx) => tx.query('SELECT pg_sleep(2) IS NULL AS no'), {
    statementTimeoutMs: 60_000,
  })
  setTimeout(() => {
    answers = false
    silent.fellSilent()
  }, 1_500)
  await expect(waiting).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect(performance.now() - started).toBeLessThan(2_500)
  await expect(silent.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable)
  // What has leave to take long goes on.
  expect(await long).toEqual([{ no: false }])
  answers = true
  expect(await silent.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a connection that is lost in COMMIT is reported as such and nothing is repeated', async () => {
  await outside.query(`CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$`)
  await outside.query(`CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON counter DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION linger()`)
  let attempts = 0
  const lost = database.transaction(async (tx) => {
    attempts += 1
    await tx.query('UPDATE counter SET n = n + 1 WHERE id = 1')
  })
  setTimeout(() => {
    void outside.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT'`,
    )
  }, 300)
  await expect(lost).rejects.toBeInstanceOf(CommitUnknown)
  expect(attempts).toBe(1)
  await outside.query('DROP TRIGGER linger ON counter')
})

test('who finds no free connection in time is told that the database is unavailable', async () => {
  await using small = new PostgresDatabase({ settings: settingsFor(outside.url, 1), logger })
  const slow = small.query('SELECT pg_sleep(0.6)')
  await expect(small.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable)
  await slow
  expect(await small.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('connections that the server ended are replaced', async () => {
  await Promise.all(Array.from({ length: 5 }, () => database.query('SELECT pg_sleep(0.05)')))
  await outside.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'holdfast'`,
  )
  await new Promise((resume) => setTimeout(resume, 100))
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('events leave with the COMMIT and are handed on after it', async () => {
  await outside.query('CREATE TABLE log (line text)')
  const told: unknown[] = []
  database.connectOutbox({
    statement: (events) => ({
      text: 'INSERT INTO log SELECT unnest($1::text[]) RETURNING line',
      values: [events.map(({ kind }) => kind)],
    }),
    committed: (events, rows) => {
      told.push([events.length, rows])
    },
  })
  const event = { kind: 'realms', shardKey: 'x', tags: [], op: 'clear' } as const
  await database.transaction(async (tx) => {
    tx.append([event])
    await tx.query('UPDATE counter SET n = 7 WHERE id = 1')
    tx.append([{ ...event, kind: 'users' }])
  })
  expect(told).toEqual([[2, [{ line: 'realms' }, { line: 'users' }]]])
  await database
    .transaction(async (tx) => {
      tx.append([event])
      throw new Error('no')
    })
    .catch(() => undefined)
  expect(told).toHaveLength(1)
  expect(await database.query('SELECT count(*) AS n FROM log')).toEqual([{ n: 2 }])
})

test('of several hosts the first that is a reachable primary is used', async () => {
  const settings = settingsFor(outside.url)
  const { host, port } = settings
  const closed = { host: '127.0.0.1', port: 1 }
  await using found = new PostgresDatabase({
    settings: { ...settings, ...closed, otherHosts: [closed, { host, port }] },
    logger,
  })
  expect(await found.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await using lost = new PostgresDatabase({
    settings: { ...settings, ...closed, otherHosts: [closed] },
    logger,
  })
  await expect(lost.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable)
})

test('a database that refuses connections is unavailable, whatever the reason', async () => {
  const settings = settingsFor(outside.url)
  for (const different of [{ database: 'nowhere' }, { user: 'nobody-here' }]) {
    await using closed = new PostgresDatabase({ settings: { ...settings, ...different }, logger })
    await expect(closed.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable)
  }
})

test('a step of a migration that takes longer than it may ends the start', async () => {
  const { schema } = settingsFor(outside.url)
  const signal = new AbortController().signal
  const migrations = [{ version: 90, name: 'endless', statements: ['SELECT pg_sleep(60)'] }]
  await expect(
    migrate({ database, migrations, schema, logger, deadlineMs: 200, signal }),
  ).rejects.toThrow('within transaction-setup-timeout, for a step takes longer: endless')
})

test('a step of a migration that finds locks is begun anew until they are gone', async () => {
  const settings = settingsFor(outside.url)
  const steps = [{ version: 1, name: 'fruit', statements: ['CREATE TABLE fruit (id int)'] }]
  const upTo = (deadlineMs: number, migrations: readonly Migration[] = steps) => {
    const signal = new AbortController().signal
    return migrate({ database, migrations, schema: settings.schema, logger, deadlineMs, signal })
  }
  await upTo(10_000)
  const more = [
    ...steps,
    { version: 2, name: 'colour', statements: ['ALTER TABLE fruit ADD c text'] },
  ]
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const older = database.transaction(
    async (tx) => {
      await tx.query('LOCK TABLE fruit IN ACCESS SHARE MODE')
      await released
    },
    { statementTimeoutMs: 30_000 },
  )
  const migrating = upTo(30_000, more)
  await new Promise((resume) => setTimeout(resume, 3_500))
  release()
  await older
  await migrating
  expect(await database.query('SELECT version FROM schema_migration ORDER BY 1')).toHaveLength(2)
  // A node of the older version finds a newer schema and goes on with it.
  await upTo(10_000)
  const breaking = [...more, { version: 3, name: 'bite', statements: [], breaking: true }]
  await upTo(10_000, breaking)
  await expect(upTo(10_000)).rejects.toBeInstanceOf(SchemaTooNew)
})

test('a part of the start during which the database goes away is repeated', async () => {
  const signal = new AbortController().signal
  let attempts = 0
  const result = await throughOutages(database, logger, signal, async () => {
    attempts += 1
    const rows = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    if (attempts === 1) throw new DatabaseUnavailable('gone')
    return rows.length
  })
  expect([attempts, result]).toEqual([2, 1])
  const fault = new Error('not an outage')
  const failing = throughOutages(database, logger, signal, () => Promise.reject(fault))
  await expect(failing).rejects.toBe(fault)
})
