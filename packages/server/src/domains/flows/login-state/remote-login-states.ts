import type { Database, Transaction } from '../../../database/database.ts'
import type { RemoteCache } from '../../../remote-stores/remote-cache.ts'
import type { LoginState } from './login-state.ts'
import type { LoginStateRecords } from './login-state-records.ts'

export interface RemoteLoginStatesDeps {
  readonly cache: RemoteCache
  readonly database: Database
}

/**
 * Logins under way in a remote store. `ver` is in the value, and what was read is replaced by the store's own version: of two
 * requests of a tab one is written. A store that forgets them makes people begin their login again.
 */
export class RemoteLoginStates implements LoginStateRecords {
  readonly #deps: RemoteLoginStatesDeps

  constructor(deps: RemoteLoginStatesDeps) {
    this.#deps = deps
  }

  async of(
    realmId: string,
    browser: string,
    tabId: string,
    now: number,
  ): Promise<LoginState | null> {
    const entry = await this.#deps.cache.get(keyOf(browser, tabId))
    if (entry === null) return null
    const state = JSON.parse(entry.value) as LoginState
    return state.realmId === realmId && state.expiresAt > now ? state : null
  }

  async write(
    browser: string,
    state: LoginState,
    beside?: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    const written = await this.#write(browser, state)
    if (!written || beside === undefined) return written
    try {
      await this.#deps.database.transaction(beside)
      return true
    } catch (error) {
      await this.#deps.cache.remove(keyOf(browser, state.tabId))
      throw error
    }
  }

  async #write(browser: string, state: LoginState): Promise<boolean> {
    const { cache } = this.#deps
    const key = keyOf(browser, state.tabId)
    const value = JSON.stringify({ ...state, ver: state.ver + 1 })
    if (state.ver === 0) return await cache.putIfAbsent(key, value, state.expiresAt)
    const before = await cache.get(key)
    if (before === null || (JSON.parse(before.value) as LoginState).ver !== state.ver) return false
    return await cache.replace(key, before, value, state.expiresAt)
  }
}

function keyOf(browser: string, tabId: string): string {
  return `${browser}.${tabId}`
}
