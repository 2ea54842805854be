import { LRUCache } from 'lru-cache'
import type { CacheStatistics, Fill } from './cache.ts'
import type { FillGuard } from './fill-guard.ts'

/** A value in the cache. */
export interface Entry<V> extends Fill<V> {
  /** By the monotonic clock, in ms. */
  readonly storedAt: number
}

/** Evictions without a bound never happen; the map still wants a number for its list. */
const unbounded = -1

/**
 * What an invalidation cache holds, without I/O: entries by key, found again by their tags. The caller brings the time
 * and loads the values.
 */
export class CacheCore<V> {
  readonly #guard: FillGuard
  readonly #entries: Map<string, Entry<V>> | LRUCache<string, Entry<V>>
  readonly #keysByTag = new Map<string, Set<string>>()
  readonly #maxCount: number
  readonly #maxAgeMs: number
  readonly #counts = { hits: 0, misses: 0, stores: 0, refusals: 0, removals: 0, evictions: 0 }

  constructor(guard: FillGuard, maxCount: number = unbounded, maxAgeMs = Number.POSITIVE_INFINITY) {
    this.#guard = guard
    this.#maxCount = maxCount
    this.#maxAgeMs = maxAgeMs
    this.#entries =
      maxCount > 0
        ? new LRUCache<string, Entry<V>>({
            max: maxCount,
            dispose: (entry, key, reason) => {
              if (reason === 'evict') this.#counts.evictions++
              this.#unlink(key, entry)
            },
          })
        : new Map()
  }

  /**
   * @param fresh whether the log is; without it every key is a miss
   * @param nowMs the monotonic clock
   */
  lookup(key: string, fresh: boolean, nowMs: number): Entry<V> | undefined {
    const entry = this.known(key, fresh, nowMs)
    if (entry === undefined) this.#counts.misses++
    return entry
  }

  /** As `lookup`; what is not there is not counted as a miss. */
  known(key: string, fresh: boolean, nowMs: number): Entry<V> | undefined {
    const entry = fresh ? this.#entries.get(key) : undefined
    if (entry === undefined || nowMs - entry.storedAt > this.#maxAgeMs) return undefined
    this.#counts.hits++
    return entry
  }

  /**
   * Keeps a loaded value, unless it may be no longer true.
   * @param token `guard.token()` from before the load
   */
  store(key: string, fill: Fill<V>, token: number, fresh: boolean, nowMs: number): boolean {
    if (!fresh || this.#maxCount === 0 || !this.#guard.admits(token, fill)) {
      this.#counts.refusals++
      return false
    }
    this.#remove(key)
    this.#entries.set(key, { ...fill, storedAt: nowMs })
    this.#link(key, fill)
    this.#counts.stores++
    return true
  }

  /** Drops every entry that carries one of these tags. */
  drop(tags: readonly string[]): void {
    for (const tag of tags) {
      for (const key of [...(this.#keysByTag.get(tag) ?? [])]) {
        if (this.#remove(key)) this.#counts.removals++
      }
    }
  }

  clear(): void {
    this.#counts.removals += this.#entries.size
    this.#entries.clear()
    this.#keysByTag.clear()
  }

  /** @returns the entries, for checks and transfers. */
  entries(): IterableIterator<[string, Entry<V>]> {
    return this.#entries.entries() as IterableIterator<[string, Entry<V>]>
  }

  statistics(): CacheStatistics {
    const maxCount = this.#maxCount < 0 ? Number.POSITIVE_INFINITY : this.#maxCount
    return { ...this.#counts, entries: this.#entries.size, maxCount }
  }

  #remove(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#entries.delete(key)
    this.#unlink(key, entry)
    return true
  }

  #link(key: string, fill: Fill<V>): void {
    for (const tag of [fill.idTag, ...fill.tags]) {
      const keys = this.#keysByTag.get(tag)
      if (keys) keys.add(key)
      else this.#keysByTag.set(tag, new Set([key]))
    }
  }

  #unlink(key: string, entry: Entry<V>): void {
    for (const tag of [entry.idTag, ...entry.tags]) {
      const keys = this.#keysByTag.get(tag)
      if (keys?.delete(key) && keys.size === 0) this.#keysByTag.delete(tag)
    }
  }
}
