/** What a loader gives to a cache: the value, its version, and every tag by which a change of it would be announced. */
export interface Fill<V> {
  readonly value: V
  readonly ver: number
  /** The record's own tag: version floors are kept for it. A miss is tagged by the name looked up. */
  readonly idTag: string
  readonly tags: readonly string[]
  /** Further keys that the value answers to: a load of one of them would have read the same. */
  readonly alsoAs?: readonly string[]
}

/** Counters of one cache since the start of the process, and its present size. */
export interface CacheStatistics {
  readonly hits: number
  readonly misses: number
  /** Values stored after a load. */
  readonly stores: number
  /** Loads whose value was returned but not kept, because an invalidation overtook them. */
  readonly refusals: number
  /** Values dropped by an invalidation. */
  readonly removals: number
  /** Values dropped for want of room. */
  readonly evictions: number
  readonly entries: number
  /** The bound; Infinity when there is none. */
  readonly maxCount: number
}

/** What every cache offers to metrics and to an operator. */
export interface Cache {
  readonly name: string
  statistics(): CacheStatistics
  clear(): void
}

/** The bounds of one cache. */
export interface CacheBounds {
  /** How many values it may hold; -1 or absent for no bound. */
  readonly maxCount?: number
  /** How long a value may be used, in ms; absent for ever. */
  readonly maxAgeMs?: number
}

/**
 * A local cache that the invalidation log keeps true. `Read` is what loaders read through: a connection whose answers are
 * refused when they come from another database than the log's.
 */
export interface InvalidationCache<V, Read> {
  /**
   * The cached value, or the loader's. One load at a time per key and generation; a fill that an invalidation overtook is
   * returned once and not stored.
   * @throws what the loader throws; StaleCache when freshness cannot be proved (answer 503)
   */
  load(key: string, loader: (read: Read) => Promise<Fill<V>>): Promise<V>

  /**
   * The value if it can be had at once, for paths on which even a turn of the queue counts. Undefined is not counted as a
   * miss: the caller goes on to `load`.
   */
  known(key: string): V | undefined
}
