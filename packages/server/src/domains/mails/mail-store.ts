import type { Queryable } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import { resealEach, type SealedColumn } from '../realms/reseal-each.ts'
import type { RealmId } from '../typed-ids.ts'
import type { MailContent, MailEvent, WaitingMail } from './mail-content.ts'

/** What waits in the outbox. */
export interface WaitingMails {
  readonly count: number
  /** How long the oldest has waited, in milliseconds; 0 where none waits. */
  readonly oldestMs: number
  /** Most attempts that one of them has taken. */
  readonly attemptsMax: number
}

/** The database's clock in milliseconds: nodes agree on it. */
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

interface Written {
  readonly content: MailContent
  readonly event: MailEvent | null
}

/** What a row holds: the whole of it is the server's, so that nothing that somebody wrote can stand beside `content`. */
type Stored = Written | { readonly sealed: string }

/** A mail that is done has no content, whatever its attempts. */
const waitingContent: SealedColumn = {
  page: 'SELECT id, content AS document, attempts AS ver FROM mail WHERE id > $1 AND due_at IS NOT NULL ORDER BY id LIMIT $2',
  update: 'UPDATE mail SET content = $3 WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL',
}

/** All SQL of mails. A row without `due_at` is done, and empty. */
export class MailStore {
  readonly #box: SecretBox

  constructor(box: SecretBox) {
    this.#box = box
  }

  async insert(
    db: Queryable,
    mail: {
      readonly id: string
      readonly realmId: RealmId
      readonly content: MailContent
      readonly event: MailEvent | null
      readonly keptMs: number
    },
  ): Promise<void> {
    const { id, realmId, content, event, keptMs } = mail
    await db.query(
      `INSERT INTO mail (id, realm_id, content, asked_at, due_at, deadline)
       VALUES ($1, $2, $3, ${now}, ${now}, ${now} + $4)`,
      [id, realmId, JSON.stringify(this.#sealed({ content, event })), keptMs],
    )
  }

  /** Index mail_due. @returns whether there is anything to send now */
  async anyDue(db: Queryable): Promise<boolean> {
    const rows = await db.query(
      `SELECT 1 FROM mail WHERE due_at IS NOT NULL AND due_at <= ${now} LIMIT 1`,
    )
    return rows.length > 0
  }

  /**
   * Takes mails that are due; they come back after the lease unless they are settled. Index mail_due.
   * @param busy ids of realms that have enough mails under way here
   */
  async claim(
    db: Queryable,
    limit: number,
    leaseMs: number,
    busy: readonly string[],
  ): Promise<WaitingMail[]> {
    const rows = await db.query<{
      id: string
      realm_id: string
      content: Stored
      attempts: number
      deadline: number
    }>(
      `UPDATE mail SET due_at = ${now} + $2, attempts = attempts + 1
       WHERE id IN (
         SELECT id FROM mail
         WHERE due_at IS NOT NULL AND due_at <= ${now} AND realm_id <> ALL($3)
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, realm_id, content, attempts, deadline`,
      [limit, leaseMs, busy],
    )
    return rows.map(({ id, realm_id: realmId, content, attempts, deadline }) => ({
      id,
      realmId,
      ...this.#opened(content),
      attempts,
      deadline,
    }))
  }

  /** Seals those that wait under the current encryption key, where they are not. */
  async reseal(db: Queryable): Promise<void> {
    await resealEach<Stored>(db, waitingContent, (stored) => {
      if (!this.#box.encrypts) return null
      if (!('sealed' in stored)) return this.#sealed(stored)
      return this.#box.isCurrent(stored.sealed) ? null : this.#sealed(this.#opened(stored))
    })
  }

  #sealed(written: Written): Stored {
    return this.#box.encrypts ? { sealed: this.#box.seal(JSON.stringify(written)) } : written
  }

  /** What no key opens comes to nothing, like a mail that nobody may get. */
  #opened(stored: Stored): Written {
    if (!('sealed' in stored)) return stored
    try {
      return JSON.parse(this.#box.open(stored.sealed)) as Written
    } catch {
      return { content: { kind: 'none' }, event: null }
    }
  }

  /** @returns whether the database has an outbox: one of an earlier version, or an empty one, has none */
  async exists(db: Queryable): Promise<boolean> {
    const rows = await db.query("SELECT 1 WHERE to_regclass('mail') IS NOT NULL")
    return rows.length === 1
  }

  /** Index mail_due. @param max rows that are looked at. @returns how many wait, and for how long the oldest of them */
  async waiting(db: Queryable, max: number): Promise<WaitingMails> {
    const rows = await db.query<{
      count: number
      oldest_ms: number | null
      attempts: number | null
    }>(
      `SELECT count(*)::int AS count, (${now} - min(asked_at))::bigint AS oldest_ms,
         max(attempts)::int AS attempts
       FROM (SELECT asked_at, attempts FROM mail WHERE due_at IS NOT NULL LIMIT $1) AS waiting`,
      [max],
    )
    const [row] = rows
    return {
      count: row?.count ?? 0,
      oldestMs: Number(row?.oldest_ms ?? 0),
      attemptsMax: row?.attempts ?? 0,
    }
  }

  /** Puts a mail off. @param attempt the one that failed: whoever has taken the mail since decides instead */
  async putOff(db: Queryable, id: string, attempt: number, delayMs: number): Promise<void> {
    await db.query(
      `UPDATE mail SET due_at = ${now} + $3
       WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL`,
      [id, attempt, delayMs],
    )
  }

  /** Empties a mail that is sent or comes to nothing. @returns whether it was not empty before */
  async empty(db: Queryable, id: string): Promise<boolean> {
    const rows = await db.query(
      `UPDATE mail SET content = NULL, due_at = NULL
       WHERE id = $1 AND due_at IS NOT NULL RETURNING 1`,
      [id],
    )
    return rows.length === 1
  }

  /** Counts one mail against an allowance. @returns whether it is within */
  async take(db: Queryable, id: string, max: number, windowMs: number): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO mail_allowance AS a (id, used, ends_at) VALUES ($1, 1, ${now} + $3)
       ON CONFLICT (id) DO UPDATE SET
         used = CASE WHEN a.ends_at <= ${now} THEN 1 ELSE a.used + 1 END,
         ends_at = CASE WHEN a.ends_at <= ${now} THEN excluded.ends_at ELSE a.ends_at END
       WHERE a.ends_at <= ${now} OR a.used < $2
       RETURNING 1`,
      [id, max, windowMs],
    )
    return rows.length === 1
  }

  /** Indexes mail_asked and mail_allowance_end. @returns how many rows went */
  async sweep(db: Queryable, keptMs: number, limit: number): Promise<number> {
    const mails = await db.query(
      `DELETE FROM mail WHERE id IN (
         SELECT id FROM mail WHERE asked_at < ${now} - $1 AND due_at IS NULL
         ORDER BY asked_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      [keptMs, limit],
    )
    const allowances = await db.query(
      `DELETE FROM mail_allowance WHERE id IN (
         SELECT id FROM mail_allowance WHERE ends_at < ${now}
         ORDER BY ends_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      [limit],
    )
    return Math.max(mails.length, allowances.length)
  }
}
