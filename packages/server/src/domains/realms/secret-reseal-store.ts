import type { Queryable } from '../../database/database.ts'
import type { RealmSecrets, StoredConfig } from './realm-secrets.ts'
import { resealEach, type SealedColumn } from './reseal-each.ts'
import { resealedSettings } from './settings-secrets.ts'

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
