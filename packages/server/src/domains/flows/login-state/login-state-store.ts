import type { Queryable } from '../../../database/database.ts'
import type { RealmId } from '../../typed-ids.ts'
import type { LoginState } from './login-state.ts'

/** All SQL of the table `authentication_session`: one row for a tab whose login has proved something. */
export class LoginStateStore {
  /** @param browser hash of the browser's cookie. Index: primary key. @returns null when gone or expired */
  async of(
    db: Queryable,
    realmId: RealmId,
    browser: string,
    tabId: string,
    now: number,
  ): Promise<LoginState | null> {
    const rows = await db.query<{ state: LoginState; ver: number }>(
      `SELECT state, ver FROM authentication_session
       WHERE id = $1 AND tab_id = $2 AND realm_id = $3 AND expires_at > $4`,
      [browser, tabId, realmId, now],
    )
    const row = rows[0]
    return row === undefined ? null : { ...row.state, ver: row.ver }
  }

  /** First write of a tab. @returns false when the tab has a row already */
  async insert(db: Queryable, browser: string, state: LoginState): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO authentication_session (id, tab_id, realm_id, state, expires_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id, tab_id) DO NOTHING RETURNING ver`,
      [browser, state.tabId, state.realmId, JSON.stringify(state), state.expiresAt],
    )
    return rows.length === 1
  }

  /** Compare-and-set on `ver`. @returns whether nobody else was faster */
  async replace(db: Queryable, browser: string, state: LoginState): Promise<boolean> {
    const rows = await db.query(
      `UPDATE authentication_session SET state = $3, expires_at = $4, ver = ver + 1
       WHERE id = $1 AND tab_id = $2 AND ver = $5 AND realm_id = $6 RETURNING ver`,
      [browser, state.tabId, JSON.stringify(state), state.expiresAt, state.ver, state.realmId],
    )
    return rows.length === 1
  }
}
