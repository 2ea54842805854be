/** What a loader gives to a cache: the value, its version, and every tag by which a change of it would be announced. */
export interface Fill<V> {
  readonly value: V
  readonly ver: number
  /** The record's own tag: version floors are kept for it. A miss is tagged by the name looked up. */
  readonly idTag: string
  readonly tags: readonly string[]
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
}
