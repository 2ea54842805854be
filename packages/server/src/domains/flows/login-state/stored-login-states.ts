import type { Database, Transaction } from '../../../database/database.ts'
import type { LoginState } from './login-state.ts'
import type { LoginStateRecords } from './login-state-records.ts'
import { LoginStateStore } from './login-state-store.ts'

/** Logins under way as rows. */
export class StoredLoginStates implements LoginStateRecords {
  readonly #database: Database
  readonly #store = new LoginStateStore()

  constructor(database: Database) {
    this.#database = database
  }

  async of(
    realmId: string,
    browser: string,
    tabId: string,
    now: number,
  ): Promise<LoginState | null> {
    return await this.#store.of(this.#database, realmId, browser, tabId, now)
  }

  async write(
    browser: string,
    state: LoginState,
    beside?: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return await this.#database.transaction(
      async (tx) => {
        const kept =
          state.ver === 0
            ? await this.#store.insert(tx, browser, state)
            : await this.#store.replace(tx, browser, state)
        if (kept) await beside?.(tx)
        return kept
      },
      { durability: beside === undefined ? 'async' : 'sync' },
    )
  }
}
