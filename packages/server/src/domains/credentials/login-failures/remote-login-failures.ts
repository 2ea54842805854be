import type { RemoteCache } from '../../../remote-stores/remote-cache.ts'
import { RemoteStoreUnavailable } from '../../../remote-stores/remote-store-unavailable.ts'
import { randomBase64Url } from '../../../shared/random.ts'
import type { RealmId, UserId } from '../../typed-ids.ts'
import { type BruteForcePolicy, type LoginFailure, noFailure } from './login-failure.ts'

/** Attempts on one user that meet each other; beyond it the store is too busy for all of them. */
const attemptsMax = 20

/** Of a key that nobody shares. */
const nobodyBytes = 18

interface Counted {
  /** Records of another generation than the realm's were cleared with it. */
  readonly generation: number
  readonly failure: LoginFailure
}

/**
 * Failed attempts in a remote store: compare and set, so that of attempts at the same time each counts. Records end when they
 * would not count any more; those of realms that lock for good stay. A store that forgets them gives every user as many
 * guesses again as the realm allows.
 */
export class RemoteLoginFailures {
  readonly #cache: RemoteCache

  constructor(cache: RemoteCache) {
    this.#cache = cache
  }

  /** @returns null without failures */
  async of(realmId: RealmId, userId: UserId): Promise<LoginFailure | null> {
    return (await this.ofAll(realmId, [userId])).get(userId) ?? null
  }

  async ofAll(realmId: RealmId, userIds: readonly UserId[]): Promise<Map<UserId, LoginFailure>> {
    const [generation, ...entries] = await Promise.all([
      this.#generation(realmId),
      ...userIds.map((userId) => this.#cache.get(keyOf(realmId, userId))),
    ])
    const found = new Map<UserId, LoginFailure>()
    for (const [index, entry] of entries.entries()) {
      const failure = entry && counted(entry.value, generation)
      if (failure !== null) found.set(userIds[index] as UserId, failure)
    }
    return found
  }

  /**
   * @param userId null for nobody: costs as much, and leaves nothing
   * @returns what `change` made of the failures before
   */
  async change<T extends { readonly after: LoginFailure }>(
    realmId: RealmId,
    userId: UserId | null,
    policy: BruteForcePolicy,
    change: (before: LoginFailure) => T,
  ): Promise<T> {
    const key = userId === null ? randomBase64Url(nobodyBytes) : keyOf(realmId, userId)
    const generation = await this.#generation(realmId)
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const entry = await this.#cache.get(key)
      const before = entry === null ? noFailure : (counted(entry.value, generation) ?? noFailure)
      const changed = change(before)
      const value = JSON.stringify({ generation, failure: changed.after } satisfies Counted)
      const endsAt = userId === null ? 0 : endOf(changed.after, policy)
      const done =
        entry === null
          ? await this.#cache.putIfAbsent(key, value, endsAt)
          : await this.#cache.replace(key, entry, value, endsAt)
      if (done) return changed
    }
    throw new RemoteStoreUnavailable('too many attempts on one user at once')
  }

  /** @returns whether there was anything to forget */
  async clear(realmId: RealmId, userId: UserId): Promise<boolean> {
    return (await this.#cache.remove(keyOf(realmId, userId))) !== null
  }

  async clearRealm(realmId: RealmId): Promise<void> {
    const key = generationKey(realmId)
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const entry = await this.#cache.get(key)
      const done =
        entry === null
          ? await this.#cache.putIfAbsent(key, '1', null)
          : await this.#cache.replace(key, entry, String(Number(entry.value) + 1), null)
      if (done) return
    }
    throw new RemoteStoreUnavailable('the failures of a realm are cleared by too many at once')
  }

  async #generation(realmId: RealmId): Promise<number> {
    return Number((await this.#cache.get(generationKey(realmId)))?.value ?? 0)
  }
}

function counted(value: string, generation: number): LoginFailure | null {
  const record = JSON.parse(value) as Counted
  return record.generation === generation ? record.failure : null
}

/** @returns when the failures do not count any more, milliseconds since the epoch; null = never */
function endOf(failure: LoginFailure, policy: BruteForcePolicy): number | null {
  if (policy.permanentLockout) return null
  return Math.max(failure.lastFailure + policy.maxDeltaTimeSeconds * 1000, failure.notBefore)
}

function keyOf(realmId: RealmId, userId: UserId): string {
  return `${realmId}.${userId}`
}

function generationKey(realmId: RealmId): string {
  return `generation.${realmId}`
}
