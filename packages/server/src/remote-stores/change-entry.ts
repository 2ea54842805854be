import { pause } from '../shared/pause.ts'
import type { RemoteCache } from './remote-cache.ts'
import type { RemoteEntry } from './remote-connection.ts'
import { RemoteStoreUnavailable } from './remote-store-unavailable.ts'

/** Attempts at one change; beyond it so many change the same entry that nobody gets on. */
const attemptsMax = 30
/** Longest pause between two attempts; the first are made at once. */
const pauseMsMax = 20
const promptAttempts = 3

/** What becomes of an entry; without a value it stays as it is. */
export interface EntryChange<T> {
  readonly result: T
  readonly value?: string
  /** Milliseconds since the epoch; null = never. One that has passed takes the entry away. */
  readonly endsAt?: number | null
}

/**
 * Compares and sets until nobody was faster.
 * @param edit given what is there, null for nothing; may be called several times
 * @param known as it was read a moment ago; undefined reads it
 * @returns the result of the edit that counts @throws RemoteStoreUnavailable, also when too many change the entry at once
 */
export async function changeEntry<T>(
  cache: RemoteCache,
  key: string,
  edit: (value: string | null) => EntryChange<T> | Promise<EntryChange<T>>,
  known?: RemoteEntry | null,
): Promise<T> {
  let entry = known === undefined ? await cache.get(key) : known
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { result, value, endsAt = null } = await edit(entry === null ? null : entry.value)
    if (value === undefined) return result
    const done =
      entry === null
        ? await cache.putIfAbsent(key, value, endsAt)
        : await cache.replace(key, entry, value, endsAt)
    if (done) return result
    if (attempt >= promptAttempts) await pause(Math.random() * pauseMsMax)
    entry = await cache.get(key)
  }
  throw new RemoteStoreUnavailable('too many change the same entry at once')
}
