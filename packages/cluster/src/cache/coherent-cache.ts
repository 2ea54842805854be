import type { ClusterClock } from '../clock/cluster-clock.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import type { Cache, CacheStatistics, Fill, InvalidationCache } from './cache.ts'
import { CacheCore } from './cache-core.ts'
import type { FillGuard } from './fill-guard.ts'
import type { ReadSource } from './read-source.ts'
import { StaleCache } from './stale-cache.ts'

/** What a cache needs of the invalidation log. */
export interface LogFreshness {
  /** Whether everything committed up to a few seconds ago has been applied. */
  fresh(): boolean
  /** The database that the log is read from; undefined before the first poll. */
  identity(): string | undefined
  /** Whether the database answers; asking one that does not would only take time. */
  answers(): boolean
  /** Polls at once. @returns whether it succeeded */
  pollNow(): Promise<boolean>
}

/** What a CoherentCache is made of. */
export interface CoherentCacheDeps<Read> {
  readonly name: string
  readonly log: LogFreshness
  readonly clock: ClusterClock
  readonly read: ReadSource<Read>
  /** One for all caches of a node. */
  readonly guard: FillGuard
  readonly maxCount?: number
  readonly maxAgeMs?: number
  readonly protocol?: Protocol
}

/** How often a load is tried when its answer comes from another database than the log's. */
const attemptsMax = 3

/**
 * A local cache that the invalidation log keeps true. A value is used only while the log is fresh, and kept only when no
 * invalidation came between the begin of its load and its end.
 */
export class CoherentCache<V, Read> implements Cache, InvalidationCache<V, Read> {
  readonly name: string
  readonly #deps: CoherentCacheDeps<Read>
  readonly #core: CacheCore<V>
  readonly #protocol: Protocol
  readonly #flights = new Map<string, Promise<V>>()

  constructor(deps: CoherentCacheDeps<Read>) {
    this.name = deps.name
    this.#deps = deps
    this.#protocol = deps.protocol ?? safeProtocol
    this.#core = new CacheCore(deps.guard, deps.maxCount, deps.maxAgeMs)
  }

  /**
   * The cached value, or the loader's. One load at a time per key and generation: a reader that arrives after an
   * invalidation never joins an earlier load. A fill that an invalidation overtook is returned once and not kept.
   * @param loader reads through its argument only, in one snapshot
   * @throws what the loader throws; StaleCache when freshness cannot be proved (answer 503)
   */
  load(key: string, loader: (read: Read) => Promise<Fill<V>>): Promise<V> {
    const cached = this.get(key)
    if (cached !== undefined) return Promise.resolve(cached)
    const flight = `${this.#deps.guard.token()}|${key}`
    const joined = this.#flights.get(flight)
    if (joined !== undefined) return joined
    const load = this.#fill(key, loader).finally(() => this.#flights.delete(flight))
    this.#flights.set(flight, load)
    return load
  }

  /** @returns the cached value, if there is one and the log is fresh. */
  get(key: string): V | undefined {
    const { log, clock } = this.#deps
    return this.#core.lookup(key, log.fresh(), clock.monotonic())?.value
  }

  known(key: string): V | undefined {
    const { log, clock } = this.#deps
    return this.#core.known(key, log.fresh(), clock.monotonic())?.value
  }

  /** Begins a load, before its first statement is sent. @returns what `finish` needs to know of this moment */
  begin(): number {
    return this.#deps.guard.token()
  }

  /**
   * Ends a load and keeps its value, unless that may be no longer true.
   * @param identity the database that the value was read in
   * @returns whether the value may be used at all
   */
  finish(key: string, fill: Fill<V>, token: number, identity: string): boolean {
    const { log, clock } = this.#deps
    if (!this.#protocol.fillIsOurs(log.identity(), identity)) return false
    for (const name of [key, ...(fill.alsoAs ?? [])]) {
      this.#core.store(name, fill, token, log.fresh(), clock.monotonic())
    }
    return true
  }

  /** What it holds, for checks and transfers; fresh or not. */
  entries(): IterableIterator<[string, Fill<V>]> {
    return this.#core.entries()
  }

  /** Drops every value that carries one of these tags. Called by `Caches`, after the guard knows of it. */
  drop(tags: readonly string[]): void {
    this.#core.drop(tags)
  }

  clear(): void {
    this.#deps.guard.clear()
    this.#core.clear()
  }

  statistics(): CacheStatistics {
    return this.#core.statistics()
  }

  async #fill(key: string, loader: (read: Read) => Promise<Fill<V>>): Promise<V> {
    const { log, read } = this.#deps
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      if (!log.fresh() && !(log.answers() && (await log.pollNow()))) {
        throw new StaleCache(this.name, 'the invalidation log cannot be read')
      }
      const token = this.begin()
      const { value: fill, identity } = await read(loader)
      if (this.finish(key, fill, token, identity)) return fill.value
      // After a failover either side may be the first to see the new database.
      await log.pollNow()
    }
    throw new StaleCache(this.name, 'the answer came from another database than the log')
  }
}
