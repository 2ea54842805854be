import type { Queryable } from '../../database/database.ts'
import type { RealmSecrets } from './realm-secrets.ts'

/** Rows that are read at a time: realms of thousands of clients are large. */
const pageRowsMax = 100

interface ComponentRow {
  readonly id: string
  readonly config: Record<string, string[]>
  readonly ver: number
}

interface SettingsRow {
  readonly id: string
  readonly settings: Record<string, unknown>
  readonly ver: number
}

/**
 * Writes secrets of realms anew under the current encryption key. What they say stays the same, so no `ver` rises and no
 * cache is told; a row that somebody else writes meanwhile is sealed by that write.
 */
export class SecretResealStore {
  readonly #secrets: RealmSecrets

  constructor(secrets: RealmSecrets) {
    this.#secrets = secrets
  }

  /** Index: component_pkey, in pages. */
  async components(db: Queryable): Promise<void> {
    for (let last = '', more = true; more; ) {
      const rows = await db.query<ComponentRow>(
        'SELECT id, config, ver FROM component WHERE id > $1 ORDER BY id LIMIT $2',
        [last, pageRowsMax],
      )
      for (const { id, config, ver } of rows) {
        const resealed = this.#secrets.resealComponent(config)
        if (resealed === null) continue
        await db.query('UPDATE component SET config = $3 WHERE id = $1 AND ver = $2', [
          id,
          ver,
          JSON.stringify(resealed),
        ])
      }
      last = rows.at(-1)?.id ?? last
      more = rows.length === pageRowsMax
    }
  }

  /** Index: realm_pkey, in pages. */
  async realms(db: Queryable): Promise<void> {
    for (let last = '', more = true; more; ) {
      const rows = await db.query<SettingsRow>(
        'SELECT id, settings, ver FROM realm WHERE id > $1 ORDER BY id LIMIT $2',
        [last, pageRowsMax],
      )
      for (const { id, settings, ver } of rows) {
        const resealed = this.#secrets.resealSettings(settings)
        if (resealed === null) continue
        await db.query('UPDATE realm SET settings = $3 WHERE id = $1 AND ver = $2', [
          id,
          ver,
          JSON.stringify(resealed),
        ])
      }
      last = rows.at(-1)?.id ?? last
      more = rows.length === pageRowsMax
    }
  }
}
