import type { Queryable, Transaction } from '../../../database/database.ts'
import type { RealmId, UserId } from '../../typed-ids.ts'
import { type LoginFailure, noFailure } from './login-failure.ts'

/** A row of the table `login_failure`, without its key. */
export interface LoginFailureRow {
  failures: number
  temporary_lockouts: number
  secondary_failures: number
  last_failure: number
  not_before: number
  last_ip: string | null
}

const columns =
  'failures, temporary_lockouts, secondary_failures, last_failure, not_before, last_ip'

/**
 * For the statement that reads what a password is compared with: SQL of the failures of a user, as JSON; null without any.
 * @param realm,user SQL of their ids
 */
export const failuresAsJson = (realm: string, user: string) =>
  `(SELECT row_to_json(f) FROM (SELECT ${columns} FROM login_failure
      WHERE realm_id = ${realm} AND user_id = ${user}) f)`

/**
 * For the statement of a login: whether the user is locked by now.
 * @param realm,user SQL of their ids
 * @param now SQL of the time, milliseconds since the epoch
 */
export const isLockedSql = (realm: string, user: string, now: string) =>
  `EXISTS (SELECT 1 FROM login_failure l
     WHERE l.realm_id = ${realm} AND l.user_id = ${user} AND l.not_before > ${now})`

/**
 * For the statement of a login, which forgets the user's failures when it succeeds. It waits for nobody: it holds the
 * user's row, which somebody who counts a failure may want next; and a failure that is counted now counts as a new one.
 * @param realm,user SQL of their ids
 * @param login name of a row that is there when the login succeeds
 */
export const forgetFailures = (realm: string, user: string, login: string) =>
  `DELETE FROM login_failure f USING (
     SELECT o.realm_id, o.user_id FROM login_failure o, ${login}
     WHERE o.realm_id = ${realm} AND o.user_id = ${user} FOR UPDATE OF o SKIP LOCKED) free
   WHERE f.realm_id = free.realm_id AND f.user_id = free.user_id`

/** All SQL of the table `login_failure`; every statement goes by its primary key. */
export class LoginFailureStore {
  async of(db: Queryable, realmId: RealmId, userId: UserId): Promise<LoginFailure | null> {
    const rows = await db.query<LoginFailureRow>(
      `SELECT ${columns} FROM login_failure WHERE realm_id = $1 AND user_id = $2`,
      [realmId, userId],
    )
    return rows[0] === undefined ? null : failureOf(rows[0])
  }

  /** By user id; absent without failures. */
  async ofAll(db: Queryable, realmId: RealmId, userIds: readonly UserId[]) {
    const rows = await db.query<LoginFailureRow & { user_id: string }>(
      `SELECT user_id, ${columns} FROM login_failure WHERE realm_id = $1 AND user_id = ANY($2)`,
      [realmId, userIds],
    )
    return new Map(rows.map((row) => [row.user_id, failureOf(row)]))
  }

  /**
   * Makes the row if there is none and locks it: attempts on several nodes are counted one after the other. Without such a
   * user it does nothing, in as many statements.
   */
  async locked(tx: Transaction, realmId: RealmId, userId: UserId): Promise<LoginFailure> {
    await tx.query(
      `INSERT INTO login_failure (realm_id, user_id, failures, last_failure)
       SELECT realm_id, id, 0, 0 FROM users WHERE id = $2 AND realm_id IS NOT DISTINCT FROM $1
       ON CONFLICT (realm_id, user_id) DO NOTHING`,
      [realmId, userId],
    )
    const rows = await tx.query<LoginFailureRow>(
      `SELECT ${columns} FROM login_failure WHERE realm_id = $1 AND user_id = $2 FOR UPDATE`,
      [realmId, userId],
    )
    return rows[0] === undefined ? noFailure : failureOf(rows[0])
  }

  async write(
    tx: Transaction,
    realmId: RealmId,
    userId: UserId,
    failure: LoginFailure,
  ): Promise<void> {
    await tx.query(
      `UPDATE login_failure SET failures = $3, temporary_lockouts = $4, secondary_failures = $5, last_failure = $6,
         not_before = $7, last_ip = $8 WHERE realm_id = $1 AND user_id = $2`,
      [
        realmId,
        userId,
        failure.failures,
        failure.temporaryLockouts,
        failure.secondaryFailures,
        failure.lastFailure,
        failure.notBefore,
        failure.lastIp,
      ],
    )
  }

  /** @returns whether there was anything to forget */
  async clear(db: Queryable, realmId: RealmId, userId: UserId): Promise<boolean> {
    const rows = await db.query(
      'DELETE FROM login_failure WHERE realm_id = $1 AND user_id = $2 RETURNING user_id',
      [realmId, userId],
    )
    return rows.length === 1
  }

  async clearRealm(db: Queryable, realmId: RealmId): Promise<void> {
    await db.query('DELETE FROM login_failure WHERE realm_id = $1', [realmId])
  }
}

export function failureOf(row: LoginFailureRow): LoginFailure {
  return {
    failures: row.failures,
    temporaryLockouts: row.temporary_lockouts,
    secondaryFailures: row.secondary_failures,
    lastFailure: row.last_failure,
    notBefore: row.not_before,
    lastIp: row.last_ip,
  }
}
