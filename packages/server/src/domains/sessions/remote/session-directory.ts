import { changeEntry } from '../../../remote-stores/change-entry.ts'
import type { RemoteCache } from '../../../remote-stores/remote-cache.ts'
import type { RealmId, SessionId, UserId } from '../../typed-ids.ts'
import type { UserSession } from '../session.ts'
import { goneText, keptSessionOf } from './kept-session.ts'

/** Entries over which the sessions of a realm are spread, so that logins at once seldom meet, and none gets large. */
const realmShards = 1_024
/** Those of a user. */
const userShards = 16
/** Entries that are asked for at once. */
const asksMax = 256
/** Names of an entry that are looked after whenever one is added: it loses more than it gets. */
const prunedMax = 4
/** A name whose session seems to have ended, and lives, is looked after again this much later. */
const againMs = 600_000
/** A session is written after its name: for so long a name without one is no dead one. */
const youngMs = 60_000

/** Larger than any number of shards. */
const hashPrime = 1_000_003

/** A session as a list names it. Times are milliseconds since the epoch. */
export interface NamedSession {
  readonly id: SessionId
  readonly startedAt: number
}

/** The names of some sessions. */
interface Shard {
  /** When a session started, and when it ends if nobody uses it. */
  readonly names: Record<SessionId, readonly [startedAt: number, endsAt: number]>
  readonly until: number
}

/**
 * Which sessions a realm and a user have, in the cache `sessions` beside these. A session is named before it is written, and
 * loses its name after it is gone: the lists may name what is not there, and never miss one that is.
 */
export class SessionDirectory {
  readonly #cache: RemoteCache
  readonly #now: () => number

  /** @param now milliseconds since the epoch */
  constructor(cache: RemoteCache, now: () => number) {
    this.#cache = cache
    this.#now = now
  }

  /**
   * @param endsAt when it ends if nobody uses it
   * @param until how long it is named at least
   */
  async add(session: UserSession, endsAt: number, until: number): Promise<void> {
    const add = async (key: string) =>
      await changeEntry(this.#cache, key, async (text) => {
        const shard = shardOf(text)
        const names = await this.#pruned(shard.names)
        names[session.id] = [session.startedAt, endsAt]
        const grown: Shard = { names, until: Math.max(until, shard.until) }
        return { result: undefined, value: JSON.stringify(grown), endsAt: grown.until }
      })
    await Promise.all(keysOf(session).map(add))
  }

  async remove(session: UserSession): Promise<void> {
    const remove = async (key: string) =>
      await changeEntry(this.#cache, key, (text) => {
        const { names, until } = shardOf(text)
        if (names[session.id] === undefined) return { result: undefined }
        delete names[session.id]
        if (Object.keys(names).length === 0)
          return { result: undefined, value: goneText, endsAt: 0 }
        return { result: undefined, value: JSON.stringify({ names, until }), endsAt: until }
      })
    await Promise.all(keysOf(session).map(remove))
  }

  /** @returns every session of the user, and perhaps some that have ended; the oldest first */
  async ofUser(realmId: RealmId, userId: UserId): Promise<NamedSession[]> {
    return await this.#all(userShards, (shard) => userKey(realmId, userId, shard))
  }

  /** @returns every session of the realm, and perhaps some that have ended; the oldest first */
  async ofRealm(realmId: RealmId): Promise<NamedSession[]> {
    return await this.#all(realmShards, (shard) => realmKey(realmId, shard))
  }

  async #all(shards: number, keyOf: (shard: number) => string): Promise<NamedSession[]> {
    const found: NamedSession[] = []
    for (let first = 0; first < shards; first += asksMax) {
      const count = Math.min(asksMax, shards - first)
      const asks = Array.from({ length: count }, (_, at) => this.#cache.get(keyOf(first + at)))
      for (const entry of await Promise.all(asks)) {
        if (entry === null) continue
        for (const [id, [startedAt]] of Object.entries(shardOf(entry.value).names)) {
          found.push({ id, startedAt })
        }
      }
    }
    return found.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
  }

  /** @returns the names without some of those whose sessions have ended */
  async #pruned(given: Shard['names']): Promise<Record<SessionId, readonly [number, number]>> {
    const names = { ...given }
    const now = this.#now()
    const over = Object.entries(names).filter(
      ([, [startedAt, endsAt]]) => endsAt < now && startedAt < now - youngMs,
    )
    const looks = over.slice(0, prunedMax).map(async ([id, [startedAt]]) => {
      const kept = keptSessionOf((await this.#cache.get(id))?.value ?? null)
      if (kept === null) delete names[id]
      else names[id] = [startedAt, now + againMs]
    })
    await Promise.all(looks)
    return names
  }
}

function shardOf(text: string | null): Shard {
  const shard = text === null ? null : (JSON.parse(text) as Shard | null)
  return shard ?? { names: {}, until: 0 }
}

function keysOf({ id, realmId, userId }: UserSession): string[] {
  let hash = 7
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) % hashPrime
  return [realmKey(realmId, hash % realmShards), userKey(realmId, userId, hash % userShards)]
}

const realmKey = (realmId: RealmId, shard: number) => `realm.${realmId}.${shard}`
const userKey = (realmId: RealmId, userId: UserId, shard: number) =>
  `user.${realmId}.${userId}.${shard}`
