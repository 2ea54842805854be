import type { Queryable } from '../../database/database.ts'
import { type CredentialSecrets, isOfSealedType, type StoredSecret } from './credential-secrets.ts'

/** Rows that are read at a time. */
const pageRowsMax = 500

interface Row extends StoredSecret {
  readonly id: string
  readonly type: string
  readonly ver: number
}

/**
 * Writes secret data of credentials anew under the current encryption key. What it says stays the same, so no `ver` rises; a
 * row that somebody else writes meanwhile is sealed by that write.
 */
export class CredentialResealStore {
  readonly #secrets: CredentialSecrets

  constructor(secrets: CredentialSecrets) {
    this.#secrets = secrets
  }

  /** Index credential_sealed. */
  async all(db: Queryable): Promise<void> {
    for (let last = '', more = true; more; ) {
      const rows = await db.query<Row>(
        `SELECT id, type, secret_data AS "secretData", secret_sealed AS "secretSealed", ver
         FROM credential WHERE ${isOfSealedType} AND id > $1 ORDER BY id LIMIT ${pageRowsMax}`,
        [last],
      )
      const resealed = rows.flatMap(({ id, type, ver, ...stored }) => {
        const next = this.#secrets.reseal(type, stored)
        return next === null ? [] : [{ id, ver, ...next }]
      })
      if (resealed.length > 0) await this.#write(db, resealed)
      last = rows.at(-1)?.id ?? last
      more = rows.length === pageRowsMax
    }
  }

  /** By primary key, a page at a time. */
  async #write(db: Queryable, rows: readonly Omit<Row, 'type'>[]): Promise<void> {
    await db.query(
      `UPDATE credential c SET secret_data = n."secretData", secret_sealed = n."secretSealed"
       FROM jsonb_to_recordset($1::jsonb) AS n(id text, ver bigint, "secretData" text, "secretSealed" text)
       WHERE c.id = n.id AND c.ver = n.ver`,
      [JSON.stringify(rows)],
    )
  }
}
