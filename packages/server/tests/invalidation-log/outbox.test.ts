import {
  ClusterLog,
  type InvalidationEvent,
  machineClock,
  outboxStatement,
} from '@holdfast/cluster'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { type LogDatabase, logDatabase } from './log-database.ts'

const writers = 12
const transactionsEach = 60

const event = (tag: string, shardKey: string): InvalidationEvent => ({
  kind: 'users',
  shardKey,
  tags: [tag],
  op: 'invalidate',
})

describe('the outbox on a real PostgreSQL', { timeout: 60_000 }, () => {
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

  /** One transaction with 1 to 3 events; @returns the tags that it committed. */
  async function write(name: string, random: () => number): Promise<string[]> {
    const connection = await database.connect()
    const tags = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) => `${name}.${at}`)
    const events = tags.map((tag) => event(tag, `key-${Math.floor(random() * 8)}`))
    const statement = outboxStatement(events)
    try {
      await connection.query('BEGIN')
      await connection.query(statement.text, statement.values)
      const keep = random() > 0.1
      await connection.query(keep ? 'COMMIT' : 'ROLLBACK')
      return keep ? tags : []
    } finally {
      connection.release()
    }
  }

  test('many writers and two readers: no gap, no break of the chain, nothing missed, nothing of a rollback', async () => {
    const seen: string[][] = [[], []]
    const logs = seen.map((tags) => {
      const log = new ClusterLog({ connection: database, clock: machineClock(), pollMs: 5 })
      log.onEvents((_shard, events) => tags.push(...events.flatMap((each) => each.tags)))
      return log
    })
    for (const log of logs) expect(await log.start()).toBe(true)
    const committed: string[] = []
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let turn = 0; turn < transactionsEach; turn++) {
          committed.push(...(await write(`${writer}.${turn}`, Math.random)))
        }
      }),
    )
    for (const log of logs) expect(await log.pollNow()).toBe(true)
    const expected = committed.sort()
    for (const tags of seen) expect(tags.sort()).toEqual(expected)
    for (const log of logs) {
      expect([...log.statistics().flushes.keys()]).toEqual(['start'])
      await log.stop()
    }
    const [broken] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (
         SELECT v - lag(v, 1, 0::bigint) OVER chain AS step,
                prev_tag - lag(tag, 1, 0::bigint) OVER chain AS link
           FROM inv_log WINDOW chain AS (PARTITION BY shard ORDER BY v)) s
        WHERE step <> 1 OR link <> 0`,
    )
    expect(broken?.count).toBe(0)
  })

  test('a transaction that does not commit is never seen, and the next one gets its number', async () => {
    const log = new ClusterLog({ connection: database, clock: machineClock() })
    await log.start()
    const seen: string[] = []
    log.onEvents((_shard, events) => seen.push(...events.flatMap((each) => each.tags)))
    const open = await database.connect()
    const statement = outboxStatement([event('never', 'one')])
    await open.query('BEGIN')
    const [lost] = await open.query<{ v: number }>(statement.text, statement.values)
    await log.pollNow()
    await open.query('ROLLBACK')
    const next = outboxStatement([event('next', 'one')])
    const [kept] = await open.query<{ v: number }>(next.text, next.values)
    open.release()
    await log.pollNow()
    expect(kept?.v).toBe(lost?.v)
    expect(seen).toEqual(['next'])
    await log.stop()
  })

  test('more than 1,000 tags in one transaction become one clear', async () => {
    const events = Array.from({ length: 1001 }, (_, at) => event(`user:${at}`, `user:${at}`))
    const statement = outboxStatement(events)
    const [, , texts] = statement.values as [number[], number[], string[]]
    expect(texts.map((text) => JSON.parse(text))).toEqual([
      [{ kind: '*', shardKey: 'user:0', tags: [], op: 'clear' }],
    ])
  })
})
