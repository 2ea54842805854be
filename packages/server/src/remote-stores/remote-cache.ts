import type { RemoteCacheName, RemoteConnection, RemoteEntry } from './remote-connection.ts'

/** Runs one operation under the store's deadline and breaker. */
export type RunRemotely = <T>(
  cache: RemoteCacheName,
  operation: string,
  work: (connection: RemoteConnection) => Promise<T>,
) => Promise<T>

/** What a cache is needed for, one by one. */
export interface RemoteCacheDeps {
  readonly name: RemoteCacheName
  readonly run: RunRemotely
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Shortest lifespan, in milliseconds: of what has ended already, so that it is not kept for ever. */
const lifespanMsMin = 1

/**
 * One named cache of the remote store. Ends are absolute, in milliseconds since the epoch, and become lifespans in one place:
 * to give a lifespan where a time belongs, or seconds for milliseconds, would end entries early or never.
 * Every verb throws RemoteStoreUnavailable.
 */
export class RemoteCache {
  readonly #deps: RemoteCacheDeps

  constructor(deps: RemoteCacheDeps) {
    this.#deps = deps
  }

  async get(key: string): Promise<RemoteEntry | null> {
    const { name, run } = this.#deps
    return await run(name, 'get', (connection) => connection.get(name, key))
  }

  /** @param endsAt null = never @returns false when the key is there already */
  async putIfAbsent(key: string, value: string, endsAt: number | null): Promise<boolean> {
    const { name, run } = this.#deps
    const lifespanMs = this.#lifespanMs(endsAt)
    return await run(name, 'put', (connection) =>
      connection.putIfAbsent(name, key, value, lifespanMs),
    )
  }

  /** @param before as it was read @returns false when somebody else was faster, or it is gone */
  async replace(
    key: string,
    before: RemoteEntry,
    value: string,
    endsAt: number | null,
  ): Promise<boolean> {
    const { name, run } = this.#deps
    const lifespanMs = this.#lifespanMs(endsAt)
    return await run(name, 'replace', (connection) =>
      connection.replace(name, key, before.version, value, lifespanMs),
    )
  }

  /** @returns what was there; of many who remove it one gets it */
  async remove(key: string): Promise<string | null> {
    const { name, run } = this.#deps
    return await run(name, 'remove', (connection) => connection.remove(name, key))
  }

  #lifespanMs(endsAt: number | null): number | null {
    if (endsAt === null) return null
    return Math.max(lifespanMsMin, Math.ceil(endsAt - this.#deps.now()))
  }
}
