import type { ClusterClock } from '../clock/cluster-clock.ts'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import { everyKind } from '../log/log-row.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import type { Cache, CacheBounds } from './cache.ts'
import { CoherentCache, type LogFreshness } from './coherent-cache.ts'
import { FillGuard } from './fill-guard.ts'
import { LocalCache } from './local-cache.ts'
import type { ReadSource } from './read-source.ts'

/** The part of the log that drives the caches of a node. */
export interface CacheLog extends LogFreshness {
  onEvents(handler: (shard: number, events: readonly InvalidationEvent[]) => void): void
  onFlush(handler: (why: string) => void): void
}

/** What the caches of a node are made of. */
export interface CachesDeps<Read> {
  readonly log: CacheLog
  readonly clock: ClusterClock
  readonly read: ReadSource<Read>
  /** The kinds of events that this version knows; another one clears everything. Default: Keycloak's cache names. */
  readonly kinds?: readonly string[]
  /** How many version floors are kept one by one. */
  readonly floorsMax?: number
  readonly protocol?: Protocol
}

/** The names of Keycloak's caches, which are also the kinds of events. */
export const cacheKinds: readonly string[] = [
  'realms',
  'users',
  'authorization',
  'keys',
  'crl',
  'work',
  'authenticationSessions',
  'sessions',
  'clientSessions',
  'offlineSessions',
  'offlineClientSessions',
  'loginFailures',
  'actionTokens',
]

/**
 * All caches of a node and their one fill guard. An event drops the entries with its tags from every cache; a clear
 * empties the cache of its kind; a kind that this version does not know empties all of them.
 */
export class Caches<Read> {
  readonly #deps: CachesDeps<Read>
  readonly #guard: FillGuard
  readonly #kinds: ReadonlySet<string>
  readonly #invalidated = new Map<string, CoherentCache<unknown, Read>>()
  readonly #local = new Map<string, LocalCache<unknown>>()
  #unknownKinds = 0

  constructor(deps: CachesDeps<Read>) {
    this.#deps = deps
    this.#guard = new FillGuard(deps.protocol ?? safeProtocol, deps.floorsMax)
    this.#kinds = new Set(deps.kinds ?? cacheKinds)
    deps.log.onEvents((_shard, events) => {
      for (const event of events) this.#apply(event)
    })
    deps.log.onFlush(() => this.flush())
  }

  /** The fill guard, for copies of records that are kept elsewhere than in these caches. */
  get guard(): FillGuard {
    return this.#guard
  }

  /**
   * A cache that the log keeps true. Its name is also the kind of event that clears it. Asked twice for one name, it
   * gives one cache: values of different types in it need keys that tell them apart.
   */
  of<V>(name: string, bounds: CacheBounds = {}): CoherentCache<V, Read> {
    const known = this.#invalidated.get(name)
    if (known) return known as unknown as CoherentCache<V, Read>
    const { log, clock, read, protocol } = this.#deps
    const cache = new CoherentCache<V, Read>({
      name,
      log,
      clock,
      read,
      guard: this.#guard,
      ...bounds,
      ...(protocol && { protocol }),
    })
    this.#invalidated.set(name, cache as unknown as CoherentCache<unknown, Read>)
    return cache
  }

  /** A cache of what is not in the database: bounded by time, cleared by events of its name. */
  local<V>(name: string, bounds: CacheBounds = {}): LocalCache<V> {
    const known = this.#local.get(name)
    if (known) return known as LocalCache<V>
    const cache = new LocalCache<V>(name, this.#deps.clock, bounds)
    this.#local.set(name, cache as LocalCache<unknown>)
    return cache
  }

  /** Every cache, for metrics. */
  all(): readonly Cache[] {
    return [...this.#invalidated.values(), ...this.#local.values()]
  }

  /** How many events were of a kind that this version does not know. */
  get unknownKinds(): number {
    return this.#unknownKinds
  }

  /** Forgets everything that came from the database, and the version floors. */
  flush(): void {
    this.#guard.reset()
    for (const cache of this.#invalidated.values()) cache.clear()
  }

  #apply(event: InvalidationEvent): void {
    const everything = event.kind === everyKind || !this.#kinds.has(event.kind)
    if (event.kind !== everyKind && everything) this.#unknownKinds++
    if (everything) {
      this.flush()
      for (const cache of this.#local.values()) cache.clear()
      return
    }
    this.#guard.invalidate(event.tags, event.ver)
    for (const cache of this.#invalidated.values()) cache.drop(event.tags)
    if (event.op !== 'clear') return
    this.#guard.clear()
    this.#invalidated.get(event.kind)?.clear()
    this.#local.get(event.kind)?.clear()
  }
}
