import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { ListedMessage, WaitingMessage } from './webhook-message.ts'

/** What is written of an event for one webhook. */
export interface NewMessage {
  readonly id: string
  readonly webhookId: string
  readonly type: string
  readonly payload: string
}

interface ListedRow {
  id: string
  webhook_id: string
  type: string
  created_at: number
  due_at: number | null
  attempts: number
  last_error: string | null
  died_at: number | null
}

/** The database's clock in milliseconds: nodes agree on it. */
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** All SQL of messages to webhooks. A row with `due_at` waits, one with `died_at` is given up; one that arrived is gone. */
export class WebhookMessageStore {
  /**
   * Index webhook_message_realm_due. @param waitingMax rows of the realm that may wait
   * @returns how many were written: none where the realm has too many
   */
  async insert(
    db: Queryable,
    realmId: RealmId,
    messages: readonly NewMessage[],
    waitingMax: number,
  ): Promise<number> {
    const rows = await db.query(
      `INSERT INTO webhook_message (id, realm_id, webhook_id, type, payload, created_at, due_at)
       SELECT m.id, $1, m.webhook_id, m.type, m.payload, ${now}, ${now}
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS m(id, webhook_id, type, payload)
       WHERE (SELECT count(*) FROM (
         SELECT 1 FROM webhook_message WHERE realm_id = $1 AND due_at IS NOT NULL LIMIT $6) w) < $6
       ON CONFLICT (id) DO NOTHING
       RETURNING 1`,
      [
        realmId,
        messages.map(({ id }) => id),
        messages.map(({ webhookId }) => webhookId),
        messages.map(({ type }) => type),
        messages.map(({ payload }) => payload),
        waitingMax,
      ],
    )
    return rows.length
  }

  /** Index webhook_message_due. @returns whether there is anything to send now */
  async anyDue(db: Queryable): Promise<boolean> {
    const rows = await db.query(
      `SELECT 1 FROM webhook_message WHERE due_at IS NOT NULL AND due_at <= ${now} LIMIT 1`,
    )
    return rows.length > 0
  }

  /**
   * Takes messages that are due, of realms in no order and few of each; they come back after the lease unless they are
   * settled. Index webhook_message_realm_due, read realm by realm.
   * @param busy ids of realms that have enough under way here
   * @param turn any text: another one asks realms in another order
   */
  async claim(
    db: Queryable,
    bounds: { readonly limit: number; readonly ofRealmMax: number; readonly leaseMs: number },
    busy: readonly string[],
    turn: string,
  ): Promise<WaitingMessage[]> {
    const rows = await db.query<{
      id: string
      realm_id: RealmId
      webhook_id: string
      payload: string
      attempts: number
    }>(
      `WITH RECURSIVE waiting AS (
         (SELECT realm_id FROM webhook_message WHERE due_at IS NOT NULL ORDER BY realm_id LIMIT 1)
         UNION ALL
         SELECT (SELECT m.realm_id FROM webhook_message m
                 WHERE m.due_at IS NOT NULL AND m.realm_id > w.realm_id ORDER BY m.realm_id LIMIT 1)
         FROM waiting w WHERE w.realm_id IS NOT NULL),
       asked AS (
         SELECT realm_id FROM waiting WHERE realm_id IS NOT NULL AND realm_id <> ALL($4)
         ORDER BY md5(realm_id || $5) LIMIT $1),
       chosen AS (
         SELECT m.id FROM asked a CROSS JOIN LATERAL (
           SELECT id FROM webhook_message
           WHERE realm_id = a.realm_id AND due_at <= ${now}
           ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) m
         LIMIT $1)
       UPDATE webhook_message SET due_at = ${now} + $3, attempts = attempts + 1
       WHERE id IN (SELECT id FROM chosen) AND due_at IS NOT NULL
       RETURNING id, realm_id, webhook_id, payload, attempts`,
      [bounds.limit, bounds.ofRealmMax, bounds.leaseMs, busy, turn],
    )
    return rows.map(({ realm_id: realmId, webhook_id: webhookId, ...rest }) => ({
      ...rest,
      realmId,
      webhookId,
    }))
  }

  /** Removes a message that arrived, or that nobody wants any more. */
  async remove(db: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await db.query(
      'DELETE FROM webhook_message WHERE id = $1 AND realm_id = $2 RETURNING 1',
      [id, realmId],
    )
    return rows.length === 1
  }

  /** Puts a message off. @param attempt the one that failed: whoever has taken it since decides instead */
  async putOff(
    db: Queryable,
    id: string,
    attempt: number,
    { delayMs, error }: { readonly delayMs: number; readonly error: string },
  ): Promise<void> {
    await db.query(
      `UPDATE webhook_message SET due_at = ${now} + $3, last_error = $4
       WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL`,
      [id, attempt, delayMs, error],
    )
  }

  /** Gives a message up. @returns whether this attempt was the last one that took it */
  async bury(db: Queryable, id: string, attempt: number, error: string): Promise<boolean> {
    const rows = await db.query(
      `UPDATE webhook_message SET due_at = NULL, died_at = ${now}, last_error = $3
       WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL RETURNING 1`,
      [id, attempt, error],
    )
    return rows.length === 1
  }

  /** Sends messages again that were given up: one of them, or all. Index webhook_message_dead. @returns how many */
  async revive(db: Queryable, realmId: RealmId, id: string | null): Promise<number> {
    const rows = await db.query(
      `UPDATE webhook_message SET due_at = ${now}, died_at = NULL, attempts = 0
       WHERE realm_id = $1 AND died_at IS NOT NULL AND ($2::text IS NULL OR id = $2) RETURNING 1`,
      [realmId, id],
    )
    return rows.length
  }

  /** Oldest first. Indexes webhook_message_realm_due and webhook_message_dead. */
  async list(
    db: Queryable,
    realmId: RealmId,
    state: ListedMessage['state'],
    page: { readonly first: number; readonly max: number },
  ): Promise<ListedMessage[]> {
    const column = state === 'dead' ? 'died_at' : 'due_at'
    const rows = await db.query<ListedRow>(
      `SELECT id, webhook_id, type, created_at, due_at, attempts, last_error, died_at
       FROM webhook_message WHERE realm_id = $1 AND ${column} IS NOT NULL
       ORDER BY ${column}, id LIMIT $2 OFFSET $3`,
      [realmId, page.max, page.first],
    )
    return rows.map(listedMessage)
  }

  /** Removes messages that were given up long ago. Index webhook_message_died. @returns how many */
  async sweep(db: Queryable, keptMs: number, limit: number): Promise<number> {
    const rows = await db.query(
      `DELETE FROM webhook_message WHERE id IN (
         SELECT id FROM webhook_message WHERE died_at < ${now} - $1
         ORDER BY died_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      [keptMs, limit],
    )
    return rows.length
  }
}

function listedMessage(row: ListedRow): ListedMessage {
  const { id, type, attempts } = row
  return {
    id,
    webhookId: row.webhook_id,
    type,
    state: row.died_at === null ? 'waiting' : 'dead',
    createdAt: row.created_at,
    attempts,
    ...(row.due_at === null ? {} : { nextAttemptAt: row.due_at }),
    ...(row.died_at === null ? {} : { diedAt: row.died_at }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
  }
}
