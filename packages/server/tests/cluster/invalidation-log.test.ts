import { LogStore } from '@holdfast/cluster'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually } from './cluster-node.ts'
import { type InProcessNode, startInProcess } from './in-process-node.ts'

/** How long the reply to a change waits for members that do not say that they have applied it. */
const acknowledgeMs = 250
const calmPollMs = 500
const hourMs = 3_600_000

describe('the invalidation log of two nodes', { timeout: 60_000 }, () => {
  let database: TestDatabase
  let nodes: InProcessNode[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    nodes = [await startNode(0), await startNode(1)]
    await meshIsWhole()
  })

  afterAll(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  const startNode = (index: number) =>
    startInProcess({
      postgresUrl: inject('postgresUrl'),
      databaseName: database.name,
      settings: { cluster: 'log', nodeName: `node-${index}` },
      worker: { index, count: 2 },
    })

  const meshIsWhole = () =>
    eventually('the mesh is complete', 10_000, () =>
      nodes.every(
        ({ clustering: { mesh } }) =>
          mesh.peers().length === 1 && mesh.reachesAll() && mesh.hearsAll(),
      ),
    )

  const at = (index: number) => nodes[index] as InProcessNode

  /** One transaction that announces a change of these. */
  async function change(node: InProcessNode, tags: readonly string[]): Promise<number> {
    const start = performance.now()
    await node.database.transaction(async (tx) => {
      await tx.query('SELECT 1')
      tx.append([{ kind: 'realms', shardKey: 'one', tags, op: 'invalidate' }])
    })
    return performance.now() - start
  }

  async function pollsWithin(node: InProcessNode, ms: number): Promise<number> {
    const before = node.clustering.log.statistics().polls
    await new Promise((resolve) => setTimeout(resolve, ms))
    return node.clustering.log.statistics().polls - before
  }

  test('is looked at twice a second while all hear each other, and ten times when they do not', async () => {
    await eventually('all is calm', 10_000, async () => (await pollsWithin(at(0), 2_000)) <= 5)
    const { mesh, membership } = at(0).clustering
    mesh.follow(membership.self, { ...membership.view(), members: [] })
    // The other's link to this node is closed with it: it is heard no more.
    await eventually(
      'both look often',
      10_000,
      async () => (await pollsWithin(at(1), 2_000)) > (2 * 2_000) / calmPollMs,
    )
    mesh.follow(membership.self, membership.view())
    await meshIsWhole()
  })

  test('lets a writer wait for members that apply, and 250 ms at most for one that does not say so', async () => {
    const { mesh } = at(1).clustering
    expect(await change(at(0), ['prompt'])).toBeLessThan(acknowledgeMs)
    mesh.onRequest('log.push', () => new Promise(() => undefined))
    const cache = at(1).clustering.cache<string>('realms')
    let loads = 0
    const load = () =>
      cache.load('silent', async (read) => {
        await read.query('SELECT 1')
        loads++
        return { value: 'value', ver: 1, idTag: 'silent', tags: [] }
      })
    await load()
    const tookMs = await change(at(0), ['silent'])
    expect(tookMs).toBeGreaterThanOrEqual(acknowledgeMs - 5)
    expect(tookMs).toBeLessThan(4 * acknowledgeMs)
    // Not acknowledged is not lost: its own look brings the change.
    await eventually('the copy is gone', 2_000, async () => {
      await load()
      return loads >= 2
    })
  })

  test('tells a change of more than 1,000 things in one entry that clears everything', async () => {
    const cache = at(1).clustering.cache<string>('users')
    let loads = 0
    const load = () =>
      cache.load('bulk', async (read) => {
        await read.query('SELECT 1')
        loads++
        return { value: 'value', ver: 1, idTag: 'something else', tags: [] }
      })
    await load()
    await load()
    expect(loads).toBe(1)
    const many = Array.from({ length: 1_001 }, (_, index) => `thing:${index}`)
    const before = await entries()
    await change(at(0), many)
    const after = await entries()
    expect(after).toHaveLength(before.length + 1)
    expect(JSON.parse(after.at(-1)?.events ?? '')).toEqual([
      { kind: '*', shardKey: 'one', tags: [], op: 'clear' },
    ])
    await eventually('even what carries none of the tags is loaded anew', 2_000, async () => {
      await load()
      return loads === 2
    })
  })

  test('keeps entries for 24 hours', async () => {
    const { log } = at(0).clustering
    const now = Date.now()
    for (const [v, ageMs] of [
      [1, 25 * hourMs],
      [2, 24.1 * hourMs],
      [3, 23.9 * hourMs],
    ] as const) {
      await database.query(
        `INSERT INTO inv_log VALUES (63, $1, 0, $1, 1, '[]', to_timestamp($2 / 1000.0))`,
        [1_000_000 + v, now - ageMs],
      )
    }
    const store = new LogStore(at(0).database, log.identitySql() as string)
    expect(await store.trim(1)).toBe(1)
    expect(await store.trim(100)).toBe(1)
    const left = await database.query<{ v: string }>('SELECT v FROM inv_log WHERE v > 1000000')
    expect(left.map(({ v }) => Number(v))).toEqual([1_000_003])
  })

  const entries = () =>
    database.query<{ events: string }>('SELECT events FROM inv_log ORDER BY at, shard, v')
})
