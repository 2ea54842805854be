import type { InvalidationCache } from '@holdfast/cluster'
import type { Queryable } from './database.ts'

/**
 * A cache that holds nothing: every load reads the database. For commands that run once (import, export) and for tests.
 * @param database what loaders read through
 */
export function passThroughCache<V>(database: Queryable): InvalidationCache<V, Queryable> {
  return {
    load: async (_key, loader) => (await loader(database)).value,
    known: () => undefined,
  }
}
