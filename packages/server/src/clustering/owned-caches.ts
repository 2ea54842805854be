import {
  type CacheSettings,
  type ClusterLog,
  type ClusterMembership,
  type FillGuard,
  type Mesh,
  type OwnedRecords,
  OwnerCache,
  type ReadSource,
} from '@holdfast/cluster'
import type { Queryable } from '../database/database.ts'
import { pause } from '../shared/pause.ts'

export interface OwnedCachesDeps {
  readonly settings: readonly CacheSettings[]
  readonly log: ClusterLog
  readonly mesh: Mesh
  readonly membership: ClusterMembership
  readonly guard: FillGuard
  readonly read: ReadSource<Queryable>
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
}

/** The distributed caches with owners of this node, by Keycloak's names (cluster.md §7). */
export class OwnedCaches {
  readonly #deps: OwnedCachesDeps
  readonly #caches: OwnerCache<unknown>[] = []

  constructor(deps: OwnedCachesDeps) {
    this.#deps = deps
  }

  /** What its records read through: answers come with the identity of the database that gave them. */
  get read(): ReadSource<Queryable> {
    return this.#deps.read
  }

  /** A new cache, with the bound, owners and lifespan of the settings; once per name, when the node is in the view. */
  of<V>(name: string, records: OwnedRecords<V>): OwnerCache<V> {
    const { settings, ...parts } = this.#deps
    const given = settings.find((each) => each.name === name)
    const cache = new OwnerCache<V>({
      ...parts,
      name,
      records,
      copies: given?.owners ?? 1,
      maxCount: given?.maxCount ?? -1,
      ...(given?.lifespanMs == null ? {} : { maxAgeMs: given.lifespanMs }),
      pause,
    })
    this.#caches.push(cache as unknown as OwnerCache<unknown>)
    return cache
  }

  /** Every cache, for metrics. */
  all(): readonly OwnerCache<unknown>[] {
    return this.#caches
  }
}
