import { describe, expect, test } from 'vitest'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import type { Fill } from './cache.ts'
import { Caches } from './caches.ts'
import { StaleCache } from './stale-cache.ts'

/** A log, a clock and a database whose every step a test decides. */
function stage(floorsMax?: number) {
  const state = {
    fresh: true,
    answers: true,
    identity: 'db1',
    readIn: 'db1',
    polls: 0,
    now: 0,
    pollSucceeds: true,
  }
  let events: (shard: number, list: readonly InvalidationEvent[]) => void = () => undefined
  let flush: (why: string) => void = () => undefined
  const caches = new Caches<null>({
    log: {
      fresh: () => state.fresh,
      identity: () => state.identity,
      answers: () => state.answers,
      pollNow: () => {
        state.polls++
        return Promise.resolve(state.pollSucceeds)
      },
      onEvents: (handler) => {
        events = handler
      },
      onFlush: (handler) => {
        flush = handler
      },
    },
    clock: { monotonic: () => state.now, uptime: () => 0, wall: () => 0 },
    read: async (work) => ({ value: await work(null), identity: state.readIn }),
    ...(floorsMax === undefined ? {} : { floorsMax }),
  })
  return {
    state,
    caches,
    invalidate: (tags: string[], ver?: number) =>
      events(0, [{ kind: 'realms', shardKey: 'x', tags, op: 'invalidate', ...(ver && { ver }) }]),
    event: (kind: string, op: 'clear' | 'invalidate') =>
      events(0, [{ kind, shardKey: 'x', tags: [], op }]),
    flush: () => flush('db-identity'),
  }
}

const fill = (value: string, ver = 1, tags: string[] = []): Fill<string> => ({
  value,
  ver,
  idTag: 'realm:1',
  tags,
})

/** A load that ends when told to. */
function slowLoad() {
  let end: (value: Fill<string>) => void = () => undefined
  const loaded = new Promise<Fill<string>>((resolve) => {
    end = resolve
  })
  return { loader: () => loaded, end: (value: Fill<string>) => end(value) }
}

describe('a cache that the log keeps true', () => {
  test('loads once, then answers from memory, until an event names one of the tags', async () => {
    const { caches, invalidate } = stage()
    const cache = caches.of<string>('realms')
    let loads = 0
    const load = () =>
      cache.load('a', async () => {
        loads++
        return fill(`value ${loads}`, loads, ['name:acme'])
      })
    expect([await load(), await load()]).toEqual(['value 1', 'value 1'])
    invalidate(['name:acme'])
    expect(await load()).toBe('value 2')
    invalidate(['realm:2'])
    expect(await load()).toBe('value 2')
    expect(cache.statistics()).toMatchObject({ hits: 2, misses: 2, stores: 2, removals: 1 })
  })

  test('concurrent readers share a load; one who comes after an invalidation does not', async () => {
    const { caches, invalidate } = stage()
    const cache = caches.of<string>('realms')
    const before = slowLoad()
    const readers = [cache.load('a', before.loader), cache.load('a', before.loader)]
    invalidate(['realm:1'], 2)
    const later = cache.load('a', async () => fill('new', 2))
    before.end(fill('old', 1))
    expect(await Promise.all(readers)).toEqual(['old', 'old'])
    expect(await later).toBe('new')
    expect(cache.get('a')).toBe('new')
  })

  test('returns a fill that an invalidation or a clear overtook, and does not keep it', async () => {
    for (const overtake of ['invalidate', 'clear', 'flush'] as const) {
      const { caches, invalidate, event, flush } = stage()
      const cache = caches.of<string>('realms')
      const slow = slowLoad()
      const answer = cache.load('a', slow.loader)
      if (overtake === 'invalidate') invalidate(['realm:1'])
      else if (overtake === 'clear') event('users', 'clear')
      else flush()
      slow.end(fill('old'))
      expect(await answer).toBe('old')
      expect(cache.get('a')).toBeUndefined()
    }
  })

  test('keeps nothing below the version floor, also when floors no longer fit one by one', async () => {
    const { caches, invalidate } = stage(1)
    const cache = caches.of<string>('realms')
    invalidate(['realm:1'], 5)
    invalidate(['realm:2'], 1)
    await cache.load('a', async () => fill('lagging', 4))
    expect(cache.get('a')).toBeUndefined()
    await cache.load('a', async () => fill('right', 5))
    expect(cache.get('a')).toBe('right')
  })

  test('is all misses while the log is stale, and refuses when it cannot be read', async () => {
    const { caches, state } = stage()
    const cache = caches.of<string>('realms')
    await cache.load('a', async () => fill('one'))
    state.fresh = false
    expect(cache.get('a')).toBeUndefined()
    expect(await cache.load('a', async () => fill('two'))).toBe('two')
    state.pollSucceeds = false
    await expect(cache.load('a', async () => fill('three'))).rejects.toThrow(StaleCache)
  })

  test('does not ask a database that is known not to answer', async () => {
    const { caches, state } = stage()
    const cache = caches.of<string>('realms')
    state.fresh = false
    state.answers = false
    await expect(cache.load('a', async () => fill('one'))).rejects.toThrow(StaleCache)
    expect(state.polls).toBe(0)
  })

  test('discards an answer from another database, and polls until both agree', async () => {
    const { caches, state } = stage()
    const cache = caches.of<string>('realms')
    state.readIn = 'db2'
    await expect(cache.load('a', async () => fill('from db2'))).rejects.toThrow(StaleCache)
    expect(state.polls).toBe(3)
    state.identity = 'db2'
    expect(await cache.load('a', async () => fill('from db2'))).toBe('from db2')
  })

  test('clears everything for a kind of event that it does not know', async () => {
    const { caches, event } = stage()
    const cache = caches.of<string>('realms')
    const remote = caches.local<string>('keys')
    await cache.load('a', async () => fill('one'))
    await remote.load('k', async () => ({ value: 'jwks' }))
    event('users', 'invalidate')
    expect(cache.get('a')).toBe('one')
    event('from-the-future', 'invalidate')
    expect(cache.get('a')).toBeUndefined()
    expect(remote.statistics().entries).toBe(0)
    expect(caches.unknownKinds).toBe(1)
  })

  test('holds no more than its bound, and nothing at a bound of 0', async () => {
    const { caches } = stage()
    const small = caches.of<string>('users', { maxCount: 2 })
    for (const key of ['a', 'b', 'c']) {
      await small.load(key, async () => ({ ...fill(key), idTag: `user:${key}` }))
    }
    expect(small.statistics()).toMatchObject({ entries: 2, evictions: 1, maxCount: 2 })
    expect(small.get('a')).toBeUndefined()
  })
})

describe('a value with further keys', () => {
  const byName = { ...fill('ada', 1, ['name:ada']), alsoAs: ['id:1'] }
  const none = async (): Promise<Fill<string>> => {
    throw new Error('nothing to load')
  }

  test('answers to all of them, until an event names one of its tags', async () => {
    const { caches, invalidate } = stage()
    const cache = caches.of<string>('users')
    await cache.load('name:ada', async () => byName)
    expect(await cache.load('id:1', none)).toBe('ada')
    invalidate(['name:ada'])
    await expect(cache.load('id:1', none)).rejects.toThrow('nothing to load')
  })

  test('is kept under none of them when an event overtook its load', async () => {
    const { caches, invalidate } = stage()
    const cache = caches.of<string>('users')
    const slow = slowLoad()
    const loading = cache.load('name:ada', slow.loader)
    invalidate(['name:ada'])
    slow.end(byName)
    expect(await loading).toBe('ada')
    await expect(cache.load('id:1', none)).rejects.toThrow('nothing to load')
  })
})

describe('a local cache', () => {
  test('keeps a value for its time, fetches once, and forgets at a clear of its kind', async () => {
    const { caches, state, event } = stage()
    const cache = caches.local<number>('keys', { maxAgeMs: 1000 })
    let fetches = 0
    const load = () => cache.load('k', async () => ({ value: ++fetches, maxAgeMs: 100 }))
    expect(await Promise.all([load(), load()])).toEqual([1, 1])
    state.now = 99
    expect(await load()).toBe(1)
    state.now = 101
    expect(await load()).toBe(2)
    event('keys', 'clear')
    expect(await load()).toBe(3)
  })

  test('keeps nothing of a fetch that failed', async () => {
    const { caches } = stage()
    const cache = caches.local<number>('crl')
    await expect(cache.load('k', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    expect(await cache.load('k', async () => ({ value: 1 }))).toBe(1)
  })
})
