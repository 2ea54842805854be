import { type InvalidationCache, type InvalidationEvent, outboxStatement } from '@holdfast/cluster'
import type { Queryable } from './database/database.ts'
import { passThroughCache } from './database/pass-through-cache.ts'
import type { Foundation } from './foundation.ts'
import type { DisposalStack } from './shared/disposal-stack.ts'

/** Which caches the server keeps. */
export type CacheKind = 'realms' | 'users' | 'authorization' | 'keys'

/** What the layers above see of the cluster. */
export interface Clustering {
  /** @returns a cache that the invalidation log keeps true */
  cache<V>(kind: CacheKind, name: string): InvalidationCache<V, Queryable>
}

/** Joins the cluster: from here on transactions write the invalidation log, and caches follow it. */
export async function startClustering(
  { database }: Foundation,
  _running: DisposalStack,
): Promise<Clustering> {
  database.connectOutbox({
    statement: (events: readonly InvalidationEvent[]) => outboxStatement(events),
    committed: () => undefined,
  })
  return { cache: () => passThroughCache(database) }
}
