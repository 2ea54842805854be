import type { Transaction } from '../../../database/database.ts'
import type { LoginState } from './login-state.ts'

/** Where logins are that have proved something: one record for a tab. */
export interface LoginStateRecords {
  /** @param browser hash of the browser's cookie @param now ms since the epoch @returns null when gone or expired */
  of(realmId: string, browser: string, tabId: string, now: number): Promise<LoginState | null>
  /**
   * Writes what `state` is now, unless another request of its tab was faster; 0 as `ver` makes the record.
   * @param beside SQL that is done with it, or neither is
   * @returns whether it was written
   */
  write(
    browser: string,
    state: LoginState,
    beside?: (tx: Transaction) => Promise<void>,
  ): Promise<boolean>
}
