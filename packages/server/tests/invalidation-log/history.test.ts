import {
  ClusterLog,
  identitySql,
  machineClock,
  outboxStatement,
  type SqlConnection,
  shardOf,
} from '@holdfast/cluster'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { type LogDatabase, logDatabase } from './log-database.ts'

const change = outboxStatement([
  { kind: 'realms', shardKey: 'realm', tags: ['realm:1'], op: 'invalidate' },
])

describe('a log whose database is not the one that it was', { timeout: 60_000 }, () => {
  let testDatabase: TestDatabase
  let database: LogDatabase

  beforeAll(async () => {
    testDatabase = await createDatabase(inject('postgresUrl'), {
      template: inject('templateName'),
    })
    database = logDatabase(testDatabase)
  })

  afterAll(async () => {
    await database.end()
    await testDatabase[Symbol.asyncDispose]()
  })

  const write = () => database.query(change.text, change.values)

  async function startLog(connection: SqlConnection = database) {
    const flushes: string[] = []
    const log = new ClusterLog({ connection, clock: machineClock(), pollMs: 60_000 })
    log.onFlush((why) => flushes.push(why))
    await log.start()
    flushes.length = 0
    return { log, flushes }
  }

  /** Puts the shard back to where it was, as a standby that missed the last entries would have it. */
  async function loseLast(entries: number): Promise<void> {
    const [lost] = await database.query<{ shard: number; v: number; prev_tag: number }>(
      `SELECT shard, v, prev_tag FROM inv_log WHERE shard = $2 ORDER BY v DESC OFFSET $1 LIMIT 1`,
      [entries - 1, shardOf('realm')],
    )
    await database.query('DELETE FROM inv_log WHERE shard = $1 AND v >= $2', [lost?.shard, lost?.v])
    await database.query('UPDATE inv_epoch SET v = $2 - 1, tag = $3 WHERE shard = $1', [
      lost?.shard,
      lost?.v,
      lost?.prev_tag,
    ])
  }

  test('forgets everything when another server answers', async () => {
    let suffix = ''
    const moving: SqlConnection = {
      async query<R>(text: string, values?: readonly unknown[]) {
        const rows = await database.query<{ identity?: string }>(text, values)
        return rows.map((row) => ({ ...row, identity: `${row.identity}${suffix}` })) as R[]
      },
    }
    const { log, flushes } = await startLog(moving)
    await log.pollNow()
    expect(flushes).toEqual([])
    suffix = '/promoted'
    await log.pollNow()
    expect(flushes).toEqual(['db-identity'])
    await log.stop()
  })

  test('forgets everything when entries that it has read are gone', async () => {
    await write()
    await write()
    const { log, flushes } = await startLog()
    await loseLast(1)
    await log.pollNow()
    expect(flushes).toEqual(['history-rewritten'])
    await log.stop()
  })

  test('forgets everything when the same numbers come round with other entries', async () => {
    await write()
    const { log, flushes } = await startLog()
    await loseLast(1)
    const other = outboxStatement([
      { kind: 'realms', shardKey: 'realm', tags: ['realm:2'], op: 'invalidate' },
    ])
    await database.query(other.text, other.values)
    await log.pollNow()
    expect(flushes).toEqual(['history-rewritten'])
    await log.stop()
  })

  test('forgets everything when it was away for longer than entries are kept', async () => {
    await write()
    const { log, flushes } = await startLog()
    await write()
    await write()
    await database.query('DELETE FROM inv_log')
    await log.pollNow()
    expect(flushes).toEqual(['trimmed-or-rewritten'])
    await log.stop()
  })

  test('tells the database by an account without any privilege', async () => {
    const connection = await database.connect()
    await database.query(
      `DO $$ BEGIN CREATE ROLE holdfast_plain; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    )
    await connection.query('SET ROLE holdfast_plain')
    const text = await identitySql(connection)
    const [first] = await connection.query<{ identity: string }>(`SELECT ${text} AS identity`)
    await connection.query('RESET ROLE')
    connection.release()
    const [same] = await database.query<{ identity: string }>(`SELECT ${text} AS identity`)
    expect(first?.identity).toMatch(/^\d+\/[0-9A-F]{8}\/\d+\.\d+$/)
    expect(same?.identity).toBe(first?.identity)
  })
})
