/** One change, by ids only, never data: which cached values are no longer true (cluster.md §5). */
export interface InvalidationEvent {
  /** Which caches listen: `realms`, `users`, `authorization`, `keys`, `sessions`, … */
  readonly kind: string
  /** Picks one of the 64 shards: the realm id for configuration, the user id for users. */
  readonly shardKey: string
  /** Every cached value that carries one of these tags is dropped. */
  readonly tags: readonly string[]
  /** The record's new `ver`: a floor below which no later fill of `tags[0]` is accepted. */
  readonly ver?: number
  /** `invalidate` drops by tag; `clear` drops everything of this kind. */
  readonly op: 'invalidate' | 'clear'
}
