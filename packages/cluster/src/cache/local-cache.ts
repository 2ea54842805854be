import type { ClusterClock } from '../clock/cluster-clock.ts'
import type { Cache, CacheBounds, CacheStatistics } from './cache.ts'
import { CacheCore } from './cache-core.ts'
import { FillGuard } from './fill-guard.ts'

/** What is fetched from elsewhere, and for how long it may be used. */
export interface Fetched<V> {
  readonly value: V
  /** Shortens the cache's own bound for this value, in ms. */
  readonly maxAgeMs?: number
}

/**
 * A cache of what is not in the database (remote keys, revocation lists): true for a time, not until a change. Cleared by
 * an operator's clear, which reaches every node through the log.
 */
export class LocalCache<V> implements Cache {
  readonly name: string
  readonly #clock: ClusterClock
  readonly #guard = new FillGuard()
  readonly #core: CacheCore<Fetched<V> & { readonly until: number }>
  readonly #flights = new Map<string, Promise<V>>()

  constructor(name: string, clock: ClusterClock, bounds: CacheBounds = {}) {
    this.name = name
    this.#clock = clock
    this.#core = new CacheCore(this.#guard, bounds.maxCount, bounds.maxAgeMs)
  }

  /**
   * The cached value, or the loader's; one load at a time per key.
   * @throws what the loader throws; nothing is kept then
   */
  load(key: string, loader: () => Promise<Fetched<V>>): Promise<V> {
    const now = this.#clock.monotonic()
    const entry = this.#core.lookup(key, true, now)?.value
    if (entry !== undefined && now < entry.until) return Promise.resolve(entry.value)
    const flight = `${this.#guard.token()}|${key}`
    const joined = this.#flights.get(flight)
    if (joined !== undefined) return joined
    const load = this.#fetch(key, loader).finally(() => this.#flights.delete(flight))
    this.#flights.set(flight, load)
    return load
  }

  /** Drops one key, and refuses its fetch in flight. */
  remove(key: string): void {
    this.#guard.invalidate([key])
    this.#core.drop([key])
  }

  clear(): void {
    this.#guard.clear()
    this.#core.clear()
  }

  statistics(): CacheStatistics {
    return this.#core.statistics()
  }

  async #fetch(key: string, loader: () => Promise<Fetched<V>>): Promise<V> {
    const token = this.#guard.token()
    const fetched = await loader()
    const now = this.#clock.monotonic()
    const value = { ...fetched, until: now + (fetched.maxAgeMs ?? Number.POSITIVE_INFINITY) }
    this.#core.store(key, { value, ver: 0, idTag: key, tags: [] }, token, true, now)
    return fetched.value
  }
}
