import type { RemoteCacheName, RemoteConnection, RemoteEntry } from '../remote-connection.ts'

/** What is needed of a client, whether of one server, of those that Sentinels watch, or of a cluster. */
export interface ValkeyClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string, options: object): Promise<string | null>
  getDel(key: string): Promise<string | null>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  ping(): Promise<unknown>
  readonly isOpen: boolean
  destroy(): void
}

/** Letters of a version, which stands before the value. */
const versionLength = 16

/** Compare and set: atomic, since a server runs one script at a time. Without an end (`0`) the key stays. */
const replaceScript = `local now = redis.call('GET', KEYS[1])
if not now or string.sub(now, 1, ${versionLength}) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`

export interface ValkeyConnectionDeps {
  readonly client: ValkeyClient
  /** @returns a text of 16 letters that was never there before */
  readonly newVersion: () => string
}

/**
 * Valkey 7.2 or later, or Redis 7. A value stands behind its version; the version is compared and the value set by a script.
 * Keys of one kind differ by a prefix; what is in braces decides about the node of a cluster.
 */
export class ValkeyConnection implements RemoteConnection {
  readonly #deps: ValkeyConnectionDeps

  constructor(deps: ValkeyConnectionDeps) {
    this.#deps = deps
  }

  get lost(): boolean {
    return !this.#deps.client.isOpen
  }

  async get(cache: RemoteCacheName, key: string): Promise<RemoteEntry | null> {
    const text = await this.#deps.client.get(keyOf(cache, key))
    if (text === null) return null
    return { version: text.slice(0, versionLength), value: text.slice(versionLength) }
  }

  async putIfAbsent(
    cache: RemoteCacheName,
    key: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean> {
    const { client, newVersion } = this.#deps
    const ends = lifespanMs === null ? {} : { PX: lifespanMs }
    const options = { ...ends, NX: true }
    return (await client.set(keyOf(cache, key), newVersion() + value, options)) !== null
  }

  async replace(
    cache: RemoteCacheName,
    key: string,
    version: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean> {
    const { client, newVersion } = this.#deps
    const done = await client.eval(replaceScript, {
      keys: [keyOf(cache, key)],
      arguments: [version, newVersion() + value, String(lifespanMs ?? 0)],
    })
    return Number(done) === 1
  }

  async remove(cache: RemoteCacheName, key: string): Promise<string | null> {
    const text = await this.#deps.client.getDel(keyOf(cache, key))
    return text === null ? null : text.slice(versionLength)
  }

  async ping(): Promise<void> {
    await this.#deps.client.ping()
  }

  destroy(): void {
    try {
      this.#deps.client.destroy()
    } catch {
      // It was never open, or has ended: what is asked for is so already.
    }
  }
}

function keyOf(cache: RemoteCacheName, key: string): string {
  return `holdfast:${cache}:{${key}}`
}
