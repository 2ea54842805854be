import type { Queryable } from '../../../database/database.ts'

/** SQL of the once-only markers of used OTP codes (table `single_use_object`). */
export class UsedCodeStore {
  /**
   * Index: primary key.
   * @param expiresAt milliseconds since the epoch, after which the code cannot be right any more
   * @returns false when it was marked before
   */
  async markUsed(db: Queryable, id: string, expiresAt: number): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO single_use_object (id, notes, expires_at) VALUES ($1, '{}', $2)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [id, expiresAt],
    )
    return rows.length === 1
  }
}
