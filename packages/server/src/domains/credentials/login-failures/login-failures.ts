import type { Database, Transaction } from '../../../database/database.ts'
import { RemoteStoreUnavailable } from '../../../remote-stores/remote-store-unavailable.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import type { Events } from '../../events/events.ts'
import type { Realm } from '../../realms/realm.ts'
import type { RealmId, UserId } from '../../typed-ids.ts'
import { disabledByGuesses } from '../../users/disabled-reason.ts'
import type { User } from '../../users/user.ts'
import type { Users } from '../../users/users.ts'
import { GuessLine } from './guess-line.ts'
import { lockoutEvent } from './lockout-event.ts'
import { countFailure, isLocked, type Lockout, type LoginFailure } from './login-failure.ts'
import type { LoginFailureStore } from './login-failure-store.ts'
import type { RemoteLoginFailures } from './remote-login-failures.ts'

export interface LoginFailuresDeps {
  readonly database: Database
  readonly store: LoginFailureStore
  /** Null = counted in SQL. */
  readonly remote: RemoteLoginFailures | null
  readonly users: Pick<Users, 'changeIn'>
  readonly clock: Clock
  readonly events: Pick<Events, 'record'>
}

/** Where a guess comes from. */
export interface GuessedFrom {
  readonly ip: string
  /** Something that the realm's limit of one-time codes counts. */
  readonly secondary: boolean
}

/**
 * Brute-force protection: counters in SQL, or in a remote store, so that they are the same on every node and survive
 * restarts. A login that succeeds forgets them in its own statement (see LoginStore), or by `forget`.
 */
export class LoginFailures {
  readonly #deps: LoginFailuresDeps
  readonly #line = new GuessLine()

  constructor(deps: LoginFailuresDeps) {
    this.#deps = deps
  }

  /** What is known of a user; null without failures. */
  of(realm: Realm, userId: UserId): Promise<LoginFailure | null> {
    const { remote, store, database } = this.#deps
    return remote?.of(realm.id, userId) ?? store.of(database, realm.id, userId)
  }

  /** As `of` for many users, by their ids. */
  ofAll(realm: Realm, userIds: readonly UserId[]): Promise<Map<string, LoginFailure>> {
    const { remote, store, database } = this.#deps
    return remote?.ofAll(realm.id, userIds) ?? store.ofAll(database, realm.id, userIds)
  }

  /** @returns whether attempts for the user are refused now; asked before any hashing. Reads nothing when not protected. */
  async isLocked(realm: Realm, user: User): Promise<boolean> {
    if (!realm.settings.bruteForceProtected) return false
    return isLocked(await this.of(realm, user.id), this.#deps.clock.now())
  }

  /**
   * One guess at something short: the lock, the check and the count are one, guess after guess. Other processes have lines of
   * their own: a right guess looks at the lock once more when it is known to be right, so that it counts only where fewer
   * wrong ones than the limit were written before it, wherever they were made.
   * @param right whether the guess is right
   */
  async guess(
    realm: Realm,
    user: User,
    attempt: GuessedFrom,
    right: () => Promise<boolean>,
  ): Promise<'right' | 'wrong' | 'locked'> {
    if (!realm.settings.bruteForceProtected) return (await right()) ? 'right' : 'wrong'
    return await this.#line.inTurn(keyOf(realm, user), async () => {
      if (await this.isLocked(realm, user)) return 'locked'
      if (await right()) return (await this.isLocked(realm, user)) ? 'locked' : 'right'
      await this.#count(realm, user.id, attempt)
      return 'wrong'
    })
  }

  /**
   * One guess at a password, which takes long to check: guesses are checked beside each other, and a right one counts only if
   * those that were checked before it, here or in another process, have not locked the user: nothing tells it from a wrong
   * one then, be the login over with it or not.
   * @param check what comes of the guess, with the lock as it was when the password was read; it takes as long whatever
   *   comes of it
   * @param user null for nobody: costs as much
   */
  async guessBeside<T extends { readonly valid: boolean }>(
    realm: Realm,
    user: User | null,
    attempt: GuessedFrom,
    check: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly lockedMeanwhile: boolean }> {
    if (!realm.settings.bruteForceProtected)
      return { result: await check(), lockedMeanwhile: false }
    const key = keyOf(realm, user)
    const result = await check()
    return await this.#line.inTurn(key, async () => {
      if (!result.valid) await this.#count(realm, user?.id ?? null, attempt)
      const lockedMeanwhile = result.valid && user !== null && (await this.isLocked(realm, user))
      return { result, lockedMeanwhile }
    })
  }

  /**
   * Counts a failed attempt under the lock of the user's row. With permanent lockout the user is disabled in the same
   * transaction, as an administrator would do it. Attempts of users who are locked, or not there, cost as much.
   */
  async #count(realm: Realm, userId: UserId | null, attempt: GuessedFrom): Promise<Lockout> {
    const { database, store, remote, clock, events } = this.#deps
    const change = (before: LoginFailure) => {
      const now = clock.now()
      // An attempt that was under way when another one locked the user does not count.
      const counts = userId !== null && !isLocked(before, now)
      return counts
        ? countFailure(before, realm.settings, { ...attempt, at: now })
        : { after: before, lockout: 'none' as const }
    }
    const counted = await (remote === null
      ? database.transaction(
          async (tx) => {
            const id = userId ?? nobody
            const changed = change(await store.locked(tx, realm.id, id))
            await store.write(tx, realm.id, id, changed.after)
            if (changed.lockout === 'permanent') await this.#disable(tx, realm, id)
            return changed
          },
          { durability: 'async' },
        )
      : remote.change(realm.id, userId, realm.settings, change))
    if (userId !== null && counted.lockout !== 'none') {
      if (remote !== null && counted.lockout === 'permanent') {
        await database.transaction((tx) => this.#disable(tx, realm, userId))
      }
      events.record(lockoutEvent(realm, userId, counted.lockout, counted.after))
    }
    return counted.lockout
  }

  async #disable(tx: Transaction, realm: Realm, userId: UserId): Promise<void> {
    await this.#deps.users.changeIn(tx, realm, userId, disabledByGuesses)
  }

  /** Whether failures are where the statement of a login neither sees nor forgets them: `lockedNow` and `forget` do then. */
  get apart(): boolean {
    return this.#deps.remote !== null
  }

  /** For logins where failures are kept apart: whether the user is locked by now. */
  async lockedNow(realmId: RealmId, userId: UserId): Promise<boolean> {
    const failure = (await this.#deps.remote?.of(realmId, userId)) ?? null
    return isLocked(failure, this.#deps.clock.now())
  }

  /** For logins where failures are kept apart: forgets them. One that cannot be forgotten now counts on, which is safe. */
  async forget(realmId: RealmId, userId: UserId): Promise<void> {
    try {
      await this.#deps.remote?.clear(realmId, userId)
    } catch (error) {
      if (!(error instanceof RemoteStoreUnavailable)) throw error
    }
  }

  /** Forgets the failures of a user, as an administrator may ask for. @returns whether there were any */
  clear(realm: Pick<Realm, 'id'>, userId: UserId, trace?: AdminTrace): Promise<boolean> {
    return this.#deps.database.transaction(async (tx) => {
      const cleared = await this.clearIn(tx, realm, userId)
      if (cleared) await trace?.(tx)
      return cleared
    })
  }

  /** As `clear`, in the caller's transaction. */
  clearIn(tx: Transaction, realm: Pick<Realm, 'id'>, userId: UserId): Promise<boolean> {
    const { remote, store } = this.#deps
    return remote?.clear(realm.id, userId) ?? store.clear(tx, realm.id, userId)
  }

  clearRealm(realm: Pick<Realm, 'id'>, trace?: AdminTrace): Promise<void> {
    return this.#deps.database.transaction(async (tx) => {
      const { remote, store } = this.#deps
      await (remote?.clearRealm(realm.id) ?? store.clearRealm(tx, realm.id))
      await trace?.(tx)
    })
  }
}

/** No user has this id. */
const nobody = ''

function keyOf(realm: Realm, user: User | null): string {
  return `${realm.id}/${user?.id ?? nobody}`
}
