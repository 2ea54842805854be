import type { Database, Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import type { Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import type { Users } from '../../users/users.ts'
import { countFailure, isLocked, type Lockout, type LoginFailure } from './login-failure.ts'
import type { LoginFailureStore } from './login-failure-store.ts'

export interface LoginFailuresDeps {
  readonly database: Database
  readonly store: LoginFailureStore
  readonly users: Pick<Users, 'changeIn'>
  readonly clock: Clock
}

/**
 * Brute-force protection: counters in SQL, so that they are the same on every node and survive restarts. A login that
 * succeeds forgets them in its own statement (see LoginStore).
 */
export class LoginFailures {
  readonly #deps: LoginFailuresDeps

  constructor(deps: LoginFailuresDeps) {
    this.#deps = deps
  }

  /** What is known of a user; null without failures. */
  of(realm: Realm, userId: string): Promise<LoginFailure | null> {
    return this.#deps.store.of(this.#deps.database, realm.id, userId)
  }

  /** As `of` for many users, by their ids. */
  ofAll(realm: Realm, userIds: readonly string[]): Promise<Map<string, LoginFailure>> {
    return this.#deps.store.ofAll(this.#deps.database, realm.id, userIds)
  }

  /** @returns whether attempts for the user are refused now; asked before any hashing. Reads nothing when not protected. */
  async isLocked(realm: Realm, user: User): Promise<boolean> {
    if (!realm.settings.bruteForceProtected) return false
    return isLocked(await this.of(realm, user.id), this.#deps.clock.now())
  }

  /**
   * Counts a failed attempt under the lock of the user's row. With permanent lockout the user is disabled in the same
   * transaction, as an administrator would do it.
   */
  async record(
    realm: Realm,
    user: User,
    attempt: { readonly ip: string; readonly secondary: boolean },
  ): Promise<Lockout> {
    if (!realm.settings.bruteForceProtected) return 'none'
    const { database, store, users, clock } = this.#deps
    return database.transaction(
      async (tx) => {
        const before = await store.locked(tx, realm.id, user.id)
        const now = clock.now()
        // An attempt that was under way when another one locked the user does not count.
        if (isLocked(before, now)) return 'temporary'
        const { after, lockout } = countFailure(before, realm.settings, { ...attempt, at: now })
        await store.write(tx, realm.id, user.id, after)
        if (lockout === 'permanent') {
          await users.changeIn(tx, realm, user.id, (present) => ({
            ...present,
            enabled: false,
            attributes: { ...present.attributes, disabledReason: ['permanentLockout'] },
          }))
        }
        return lockout
      },
      { durability: 'async' },
    )
  }

  /** Forgets the failures of a user, as an administrator may ask for. @returns whether there were any */
  clear(realm: Pick<Realm, 'id'>, userId: string, trace?: AdminTrace): Promise<boolean> {
    return this.#deps.database.transaction(async (tx) => {
      const cleared = await this.clearIn(tx, realm, userId)
      if (cleared) await trace?.(tx)
      return cleared
    })
  }

  /** As `clear`, in the caller's transaction. */
  clearIn(tx: Transaction, realm: Pick<Realm, 'id'>, userId: string): Promise<boolean> {
    return this.#deps.store.clear(tx, realm.id, userId)
  }

  clearRealm(realm: Pick<Realm, 'id'>, trace?: AdminTrace): Promise<void> {
    return this.#deps.database.transaction(async (tx) => {
      await this.#deps.store.clearRealm(tx, realm.id)
      await trace?.(tx)
    })
  }
}
