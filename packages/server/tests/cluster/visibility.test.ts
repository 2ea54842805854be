import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually } from './cluster-node.ts'
import { type InProcessNode, startInProcess } from './in-process-node.ts'
import { Promptness } from './promptness.ts'

/** What an eviction of nothing but the mesh leaves: the poll of a node that knows it is cut off, with room for a busy machine. */
const byPollWithinMs = 1_500

interface TestNode extends InProcessNode {
  /** Reads a client's name through the cache. */
  nameOf(id: string): Promise<string>
}

describe('a committed change', { timeout: 30_000 }, () => {
  let database: TestDatabase
  let nodes: TestNode[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    await database.query(
      'CREATE TABLE thing (id text PRIMARY KEY, name text NOT NULL, ver bigint NOT NULL)',
    )
    nodes = [await startNode(0), await startNode(1), await startNode(2)]
    await eventually('the mesh is complete', 10_000, () =>
      nodes.every(
        ({ clustering }) => clustering.mesh.peers().length === 2 && clustering.mesh.reachesAll(),
      ),
    )
  })

  beforeEach(async () => {
    await database.query(
      "INSERT INTO thing VALUES ('t1', 'before', 1) ON CONFLICT (id) DO UPDATE SET name = 'before'",
    )
  })

  afterAll(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  async function startNode(index: number): Promise<TestNode> {
    const node = await startInProcess({
      postgresUrl: inject('postgresUrl'),
      databaseName: database.name,
      settings: { cluster: 'visibility', nodeName: `node-${index}` },
      worker: { index, count: 3 },
    })
    const { clustering } = node
    const cache = clustering.cache<string>('realms')
    return {
      ...node,
      nameOf: (id) =>
        cache.load(id, async (read) => {
          const [row] = await read.query<{ name: string; ver: number }>(
            'SELECT name, ver FROM thing WHERE id = $1',
            [id],
          )
          return {
            value: row?.name ?? '',
            ver: row?.ver ?? 0,
            idTag: `thing:${id}`,
            tags: [`thing:${id}`],
          }
        }),
    }
  }

  function rename(node: TestNode | undefined, name: string): Promise<void> {
    return (node as TestNode).database.transaction(async (tx) => {
      const [row] = await tx.query<{ ver: number }>(
        "UPDATE thing SET name = $1, ver = ver + 1 WHERE id = 't1' RETURNING ver",
        [name],
      )
      tx.append([
        {
          kind: 'realms',
          shardKey: 't1',
          tags: ['thing:t1'],
          ver: row?.ver ?? 0,
          op: 'invalidate',
        },
      ])
    })
  }

  const allSee = async (name: string) => (await everywhere()).every((seen) => seen === name)
  const everywhere = () => Promise.all(nodes.map((node) => node.nameOf('t1')))

  test('is what every node reads from the moment the transaction has returned', async () => {
    const took: number[] = []
    const promptness = new Promptness()
    for (let round = 0; round < 50; round++) {
      await everywhere()
      const start = performance.now()
      await rename(nodes[round % 3], `round-${round}`)
      took.push(performance.now() - start)
      await promptness.check('all see it', () => allSee(`round-${round}`))
    }
    const median = took.toSorted((a, b) => a - b)[25] ?? 0
    promptness.expectMostAtOnce()
    expect(median).toBeLessThan(200)
    const { pushesApplied } = nodes[1]?.clustering.log.statistics() ?? { pushesApplied: 0 }
    expect(pushesApplied).toBeGreaterThan(20)
  })

  test('is never overtaken by loads that were under way', async () => {
    let stop = false
    const promptness = new Promptness()
    const readers = nodes.map(async (node) => {
      while (!stop) {
        await node.nameOf('t1')
        // A hit answers without I/O: without a turn of the event loop nothing else would ever run.
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    for (let round = 0; round < 30; round++) {
      await rename(nodes[round % 3], `busy-${round}`)
      await promptness.check('all see it', () => allSee(`busy-${round}`))
    }
    stop = true
    await Promise.all(readers)
    promptness.expectMostAtOnce()
  })

  test('arrives by the poll when the mesh carries nothing, and the writer waits 250 ms at most', async () => {
    await everywhere()
    for (const { clustering } of nodes)
      clustering.mesh.follow(clustering.membership.self, {
        ...clustering.membership.view(),
        members: [],
      })
    const start = performance.now()
    await rename(nodes[0], 'without mesh')
    expect(performance.now() - start).toBeLessThan(1_000)
    const tookMs = await eventually('all see it', byPollWithinMs, async () =>
      (await everywhere()).every((name) => name === 'without mesh'),
    )
    expect(tookMs).toBeLessThan(byPollWithinMs)
  })
})
