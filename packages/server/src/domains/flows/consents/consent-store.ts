import type { Queryable } from '../../../database/database.ts'

/** SQL of the table `user_consent` as far as logins need it; every statement goes by its primary key. */
export class ConsentStore {
  /** @returns the names of the scopes that the user has granted to the client */
  async granted(db: Queryable, userId: string, clientUuid: string): Promise<string[]> {
    const rows = await db.query<{ scopes: string[] }>(
      'SELECT scopes FROM user_consent WHERE user_id = $1 AND client_id = $2',
      [userId, clientUuid],
    )
    return rows[0]?.scopes ?? []
  }

  /** Adds scopes to those granted before. @param now milliseconds since the epoch */
  async grant(
    db: Queryable,
    userId: string,
    clientUuid: string,
    scopes: readonly string[],
    now: number,
  ): Promise<void> {
    await db.query(
      `INSERT INTO user_consent (user_id, client_id, scopes, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (user_id, client_id) DO UPDATE SET updated_at = excluded.updated_at, scopes =
         (SELECT jsonb_agg(DISTINCT name) FROM jsonb_array_elements(user_consent.scopes || excluded.scopes) AS s(name))`,
      [userId, clientUuid, JSON.stringify(scopes), now],
    )
  }
}
