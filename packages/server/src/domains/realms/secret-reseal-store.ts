import type { Queryable } from '../../database/database.ts'
import type { RealmSecrets, StoredConfig } from './realm-secrets.ts'
import { resealedSettings } from './settings-secrets.ts'

/** Rows that are read at a time: realms of thousands of clients are large. */
const pageRowsMax = 100

/** A table with a JSON column that may hold secrets, read by its primary key in pages. */
interface SealedColumn {
  readonly page: string
  readonly update: string
}

const componentConfig: SealedColumn = {
  page: 'SELECT id, config AS document, ver FROM component WHERE id > $1 ORDER BY id LIMIT $2',
  update: 'UPDATE component SET config = $3 WHERE id = $1 AND ver = $2',
}
const providerConfig: SealedColumn = {
  page: 'SELECT id, config AS document, ver FROM identity_provider WHERE id > $1 ORDER BY id LIMIT $2',
  update: 'UPDATE identity_provider SET config = $3 WHERE id = $1 AND ver = $2',
}
const realmSettings: SealedColumn = {
  page: 'SELECT id, settings AS document, ver FROM realm WHERE id > $1 ORDER BY id LIMIT $2',
  update: 'UPDATE realm SET settings = $3 WHERE id = $1 AND ver = $2',
}

interface Row<Document> {
  readonly id: string
  readonly document: Document
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

  async components(db: Queryable): Promise<void> {
    const reseal = (config: StoredConfig) => this.#secrets.resealComponent(config)
    await resealEach(db, componentConfig, reseal)
  }

  async identityProviders(db: Queryable): Promise<void> {
    const reseal = (config: Readonly<Record<string, unknown>>) =>
      this.#secrets.resealMap('identityProvider', config)
    await resealEach(db, providerConfig, reseal)
  }

  async realms(db: Queryable): Promise<void> {
    const reseal = (settings: Record<string, unknown>) => resealedSettings(this.#secrets, settings)
    await resealEach(db, realmSettings, reseal)
  }
}

/** @param reseal returns the document to write, or null where there is nothing to do */
async function resealEach<Document>(
  db: Queryable,
  column: SealedColumn,
  reseal: (document: Document) => Document | null,
): Promise<void> {
  for (let last = '', more = true; more; ) {
    const rows = await db.query<Row<Document>>(column.page, [last, pageRowsMax])
    for (const { id, document, ver } of rows) {
      const resealed = reseal(document)
      if (resealed !== null) await db.query(column.update, [id, ver, JSON.stringify(resealed)])
    }
    last = rows.at(-1)?.id ?? last
    more = rows.length === pageRowsMax
  }
}
