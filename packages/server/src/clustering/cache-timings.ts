import type { Fill, InvalidationCache } from '@holdfast/cluster'
import { Histogram, type Registry } from 'prom-client'
import type { Queryable } from '../database/database.ts'

/** Upper bounds in seconds: a hit takes microseconds, a miss what the database takes. */
const buckets = [0.000_01, 0.000_1, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** Latency histograms of caches, for `cache-metrics-histograms-enabled`; names as Keycloak has them. */
export class CacheTimings {
  readonly #node: string
  readonly #manager: string
  readonly #hits: Histogram
  readonly #misses: Histogram

  /** @param manager what Keycloak calls the keeper of all caches */
  constructor(registry: Registry, node: string, manager: string) {
    const labelNames = ['cache', 'cache_manager', 'node']
    const registers = [registry]
    const times = (name: string, help: string) =>
      new Histogram({ name, help, labelNames, registers, buckets })
    this.#node = node
    this.#manager = manager
    this.#hits = times('vendor_statistics_hit_times_seconds', 'The read hits times')
    this.#misses = times('vendor_statistics_miss_times_seconds', 'The read misses times')
  }

  /** @returns the same cache with its reads timed */
  wrap<V>(name: string, cache: InvalidationCache<V, Queryable>): InvalidationCache<V, Queryable> {
    const labels = { cache: name, cache_manager: this.#manager, node: this.#node }
    return {
      load: async (key, loader) => {
        const start = performance.now()
        let missed = false
        const value = await cache.load(key, (read): Promise<Fill<V>> => {
          missed = true
          return loader(read)
        })
        const histogram = missed ? this.#misses : this.#hits
        histogram.observe(labels, (performance.now() - start) / 1_000)
        return value
      },
      known: (key) => {
        const start = performance.now()
        const value = cache.known(key)
        if (value !== undefined) this.#hits.observe(labels, (performance.now() - start) / 1_000)
        return value
      },
    }
  }
}
