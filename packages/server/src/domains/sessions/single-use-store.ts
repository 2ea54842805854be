import type { Queryable } from '../../database/database.ts'

/** The database's clock in milliseconds: once-only objects are judged by it alone (cluster.md §4). */
export const databaseNow = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** SQL of once-only objects. Every statement goes by the primary key. */
export class SingleUseStore {
  async insert(
    read: Queryable,
    id: string,
    notes: Readonly<Record<string, unknown>>,
    expiresAt: number,
  ): Promise<boolean> {
    const rows = await read.query(
      `INSERT INTO single_use_object AS o (id, notes, expires_at) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET notes = excluded.notes, expires_at = excluded.expires_at
         WHERE o.expires_at <= ${databaseNow}
       RETURNING id`,
      [id, JSON.stringify(notes), expiresAt],
    )
    return rows.length === 1
  }

  async consume(
    read: Queryable,
    id: string,
  ): Promise<{ notes: Record<string, unknown>; alive: boolean } | null> {
    const rows = await read.query<{ notes: Record<string, unknown>; alive: boolean }>(
      `DELETE FROM single_use_object WHERE id = $1
       RETURNING notes, expires_at > ${databaseNow} AS alive`,
      [id],
    )
    return rows[0] ?? null
  }

  async read(read: Queryable, id: string): Promise<Record<string, unknown> | null> {
    const rows = await read.query<{ notes: Record<string, unknown> }>(
      `SELECT notes FROM single_use_object WHERE id = $1 AND expires_at > ${databaseNow}`,
      [id],
    )
    return rows[0]?.notes ?? null
  }

  /** Compare-and-set on all notes. */
  async replace(
    read: Queryable,
    id: string,
    from: Readonly<Record<string, unknown>>,
    to: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const rows = await read.query(
      `UPDATE single_use_object SET notes = $3::jsonb
       WHERE id = $1 AND notes = $2::jsonb AND expires_at > ${databaseNow} RETURNING 1`,
      [id, JSON.stringify(from), JSON.stringify(to)],
    )
    return rows.length === 1
  }

  async present(read: Queryable, id: string): Promise<boolean> {
    const rows = await read.query(
      `SELECT 1 FROM single_use_object WHERE id = $1 AND expires_at > ${databaseNow}`,
      [id],
    )
    return rows.length === 1
  }

  /** Index single_use_object_expiry. @returns how many rows went */
  async sweep(read: Queryable, limit: number): Promise<number> {
    const rows = await read.query(
      `DELETE FROM single_use_object WHERE id IN (
         SELECT id FROM single_use_object WHERE expires_at < ${databaseNow}
         ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      [limit],
    )
    return rows.length
  }
}
