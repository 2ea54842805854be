import { beforeEach, describe, expect, test } from 'vitest'
import { FillGuard } from '../cache/fill-guard.ts'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import { shardOf } from '../log/log-row.ts'
import { type Node, type View, viewOf } from '../membership/view.ts'
import { type CastHandler, PeerUnreachable, type RequestHandler } from '../mesh/mesh.ts'
import { OwnerCache } from './owner-cache.ts'
import { OwnerTable, segmentOf } from './owner-table.ts'

interface Session {
  readonly user: string
}

/** The database: one table and one log, shared by all nodes of a test. */
class Truth {
  readonly rows = new Map<string, { value: Session; ver: number }>()
  reads = 0
}

function member(id: string, ord: number): Node {
  const none = { extAddr: null, site: null, rack: null, machine: null }
  return {
    id,
    name: id,
    ord,
    incarnation: ord,
    addr: id,
    ...none,
    version: '0',
    protoMin: 1,
    protoMax: 1,
  }
}

class TestNode {
  readonly id: string
  readonly guard = new FillGuard()
  readonly requests = new Map<string, RequestHandler>()
  readonly casts = new Map<string, CastHandler>()
  readonly views: ((view: View, why: string) => void)[] = []
  readonly events: ((shard: number, events: readonly InvalidationEvent[]) => void)[] = []
  readonly flushes: ((why: string) => void)[] = []
  readonly v: number[] = Array(64).fill(0)
  view: View
  fresh = true
  lease = true
  cut = false
  identity = 'db-1'
  /** The database that answers reads. */
  stored = 'db-1'
  cache: OwnerCache<Session>

  constructor(id: string, truth: Truth, nodes: Map<string, TestNode>, view: View) {
    this.id = id
    this.view = view
    const tagOf = (key: string) => `session:${key}`
    const row = (key: string) => {
      const found = truth.rows.get(key) ?? { value: null as unknown as Session, ver: 0 }
      return { ...found, idTag: tagOf(key), tags: [tagOf(key)] }
    }
    this.cache = new OwnerCache<Session>({
      name: 'sessions',
      copies: 2,
      maxCount: 100,
      guard: this.guard,
      now: () => 0,
      pause: async () => undefined,
      records: {
        shardKeyOf: (key) => key,
        read: async (key) => {
          truth.reads++
          return { fill: row(key), identity: this.stored }
        },
      },
      membership: {
        self: member(id, 1),
        view: () => this.view,
        onView: (handler) => this.views.push(handler),
        leaseValid: () => this.lease,
        leave: async () => undefined,
      },
      log: {
        fresh: () => this.fresh,
        identity: () => this.identity,
        position: () => this.v.map((v) => ({ v, tag: 1 })),
        pollNow: async () => true,
        onEvents: (handler) => this.events.push(handler),
        onFlush: (handler) => this.flushes.push(handler),
      },
      mesh: {
        request: async (to, kind, body) => {
          const peer = nodes.get(to)
          if (peer === undefined || peer.cut || this.cut) throw new PeerUnreachable(to)
          return peer.requests.get(kind)?.(structuredClone(body), id)
        },
        cast: (kind, body) => {
          for (const peer of nodes.values()) {
            if (peer !== this && !peer.cut && !this.cut)
              peer.casts.get(kind)?.(structuredClone(body), id)
          }
        },
        reachable: (to) => nodes.has(to) && nodes.get(to)?.cut === false && !this.cut,
        reachesAll: () => true,
        onRequest: (kind, handler) => this.requests.set(kind, handler),
        onCast: (kind, handler) => this.casts.set(kind, handler),
      },
    })
  }

  /** An event of the log arrives, as the node's caches and the owner cache see it. */
  hear(key: string): void {
    const tags = [`session:${key}`]
    this.guard.invalidate(tags)
    this.v[shardOf(key)] = (this.v[shardOf(key)] ?? 0) + 1
    for (const handler of this.events) {
      handler(shardOf(key), [{ kind: 'sessions', shardKey: key, tags, op: 'invalidate' }])
    }
  }

  follow(view: View): void {
    this.view = view
    for (const handler of this.views) handler(view, 'test')
  }
}

describe('a distributed cache with owners', () => {
  let truth: Truth
  let nodes: Map<string, TestNode>
  const members = ['a', 'b', 'c'].map((id, at) => member(id, at + 1))
  const view = viewOf(7, 70, members)
  const at = (id: string | undefined) => nodes.get(`${id}`) as TestNode
  const key = 'k1'
  const [primary, backup] = new OwnerTable(members, 2).owners(segmentOf(key)) as [string, string]
  const others = members.map(({ id }) => id).filter((id) => id !== primary)

  beforeEach(() => {
    truth = new Truth()
    truth.rows.set(key, { value: { user: 'alice' }, ver: 1 })
    nodes = new Map()
    for (const { id } of members) nodes.set(id, new TestNode(id, truth, nodes, view))
  })

  test('reads the record once, at its primary owner, whoever asks', async () => {
    for (const id of ['a', 'b', 'c', 'a']) {
      expect(await at(id).cache.read(key)).toEqual({ user: 'alice' })
    }
    expect(truth.reads).toBe(1)
    expect(at(primary).cache.statistics().entries).toBe(1)
  })

  test('R3: what the primary reads its backup has as well, and goes on with as the primary', async () => {
    await at(primary).cache.read(key)
    const holding = [...nodes.values()].filter(({ cache }) => cache.statistics().entries === 1)
    expect(holding.map(({ id }) => id).toSorted()).toEqual([primary, backup].toSorted())
    const without = members.filter(({ id }) => id !== primary)
    for (const { id } of without) at(id).follow(viewOf(8, 80, without))
    expect(new OwnerTable(without, 2).primary(key)).toBe(backup)
    expect(await at(backup).cache.read(key)).toEqual({ user: 'alice' })
    expect(truth.reads).toBe(1)
  })

  test('R3: a backup that has read more of the log than the primary takes no copy from it', async () => {
    at(backup).hear(key)
    await at(primary).cache.read(key)
    expect(at(backup).cache.statistics().entries).toBe(0)
    expect(at(backup).cache.counters.refusedCopies).toBe(1)
  })

  test.each([
    [
      'its lease has ended',
      (node: TestNode) => {
        node.lease = false
      },
    ],
    [
      'its log is not fresh',
      (node: TestNode) => {
        node.fresh = false
      },
    ],
    [
      'it is in another view',
      (node: TestNode) => {
        node.view = viewOf(8, 80, members)
      },
    ],
    [
      'its view has another tag',
      (node: TestNode) => {
        node.view = viewOf(7, 71, members)
      },
    ],
    [
      'it reads another database',
      (node: TestNode) => {
        node.identity = 'db-2'
      },
    ],
    [
      'it cannot be reached',
      (node: TestNode) => {
        node.cut = true
      },
    ],
  ])('R2, R4: the owner is passed by when %s', async (_why, spoil) => {
    await at(others[0]).cache.read(key)
    spoil(at(primary))
    truth.rows.set(key, { value: { user: 'changed elsewhere' }, ver: 2 })
    expect(await at(others[0]).cache.read(key)).toEqual({ user: 'changed elsewhere' })
  })

  test('R2: an owner that has seen less of the log than the caller does not answer', async () => {
    await at(primary).cache.read(key)
    truth.rows.set(key, { value: { user: 'logged out' }, ver: 2 })
    at(others[0]).hear(key)
    expect(await at(others[0]).cache.read(key)).toEqual({ user: 'logged out' })
    expect(at(primary).cache.counters.refusedQuestions).toBe(1)
    at(primary).hear(key)
    expect(at(primary).cache.statistics().entries).toBe(0)
  })

  test('R6: a new primary gets the hot copies, unless the old one lags behind it', async () => {
    const grown = viewOf(9, 90, [...members, member('d', 4)])
    const newcomer = new OwnerTable(grown.members, 2)
    const moving = Array.from({ length: 300 }, (_, n) => `key-${n}`).filter(
      (each) => newcomer.primary(each) === 'd',
    )
    for (const each of moving) {
      truth.rows.set(each, { value: { user: each }, ver: 1 })
      await at('a').cache.read(each)
    }
    nodes.set('d', new TestNode('d', truth, nodes, grown))
    const [lagging] = moving as [string]
    at('d').v[shardOf(lagging)] = 5
    for (const node of nodes.values()) node.follow(grown)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const reads = truth.reads
    const refused = moving.filter((each) => shardOf(each) === shardOf(lagging)).length
    expect(at('d').cache.statistics().entries).toBeGreaterThan(0)
    expect(at('d').cache.statistics().entries).toBe(moving.length - refused)
    expect(at('d').cache.counters.refusedCopies).toBeGreaterThan(0)
    await at('d').cache.read(moving.find((each) => shardOf(each) !== shardOf(lagging)) as string)
    expect(truth.reads).toBe(reads)
  })

  test('a removal that is heard while the owner reads leaves no copy behind, not at its backup either', async () => {
    const owner = at(primary)
    const read = owner.cache.read(key)
    owner.hear(key)
    await read
    for (const { cache } of nodes.values()) expect(cache.statistics().entries).toBe(0)
  })

  test('keeps nothing that was read in another database than its log, and does not use it', async () => {
    const owner = at(primary)
    owner.stored = 'db-2'
    await expect(owner.cache.read(key)).rejects.toThrow('another database')
    expect(owner.cache.statistics().entries).toBe(0)
    owner.stored = 'db-1'
    expect(await owner.cache.read(key)).toEqual({ user: 'alice' })
    expect(owner.cache.statistics().entries).toBe(1)
  })

  test('reads a doubted copy anew, and does not keep that a record is not there', async () => {
    await at(others[0]).cache.read(key)
    truth.rows.set(key, { value: { user: 'touched' }, ver: 1 })
    expect(await at(others[0]).cache.read(key)).toEqual({ user: 'alice' })
    expect(await at(others[0]).cache.read(key, true)).toEqual({ user: 'touched' })
    expect(await at(others[0]).cache.read(key)).toEqual({ user: 'touched' })
    truth.rows.delete(key)
    expect(await at(others[0]).cache.read(key, true)).toBeNull()
    truth.rows.set(key, { value: { user: 'carol' }, ver: 1 })
    expect(await at(others[0]).cache.read(key)).not.toBeNull()
  })

  test('refuses what is no question and no copy', async () => {
    const handler = at('a').requests.get('owner.sessions') as RequestHandler
    await expect(async () => handler({ key: 1 }, 'b')).rejects.toThrow('malformed')
    expect(() => at('a').casts.get('owner.sessions.copies')?.([{ key: 1 }], 'b')).toThrow(
      'malformed',
    )
  })
})
