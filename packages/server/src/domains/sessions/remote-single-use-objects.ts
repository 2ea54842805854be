import { isDeepStrictEqual } from 'node:util'
import type { RemoteCache } from '../../remote-stores/remote-cache.ts'

type Notes = Readonly<Record<string, unknown>>

interface Kept {
  readonly notes: Record<string, unknown>
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Once-only objects in a remote store. One that fails over may have forgotten what was used. */
export class RemoteSingleUseObjects {
  readonly #cache: RemoteCache
  readonly #now: () => number

  /** @param now milliseconds since the epoch */
  constructor(cache: RemoteCache, now: () => number) {
    this.#cache = cache
    this.#now = now
  }

  async putIfAbsent(id: string, expiresAt: number, notes: Notes): Promise<boolean> {
    const value = JSON.stringify({ notes: { ...notes }, expiresAt } satisfies Kept)
    return await this.#cache.putIfAbsent(id, value, expiresAt)
  }

  async consume(id: string): Promise<Record<string, unknown> | null> {
    const value = await this.#cache.remove(id)
    return value === null ? null : this.#alive(value)
  }

  async read(id: string): Promise<Record<string, unknown> | null> {
    const entry = await this.#cache.get(id)
    return entry && this.#alive(entry.value)
  }

  async replace(id: string, from: Notes, to: Notes): Promise<boolean> {
    const entry = await this.#cache.get(id)
    const notes = entry && this.#alive(entry.value)
    if (!entry || !notes || !isDeepStrictEqual(notes, JSON.parse(JSON.stringify(from))))
      return false
    const { expiresAt } = JSON.parse(entry.value) as Kept
    const value = JSON.stringify({ notes: { ...to }, expiresAt } satisfies Kept)
    return await this.#cache.replace(id, entry, value, expiresAt)
  }

  #alive(value: string): Record<string, unknown> | null {
    const { notes, expiresAt } = JSON.parse(value) as Kept
    return expiresAt > this.#now() ? notes : null
  }
}
