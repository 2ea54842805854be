import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { Component } from './realm.ts'
import type { RealmSecrets, StoredConfig } from './realm-secrets.ts'

/** A component as its row is, for a write that must not overtake another. */
export interface ComponentRow {
  readonly component: Component
  readonly stored: StoredConfig
  readonly ver: number
}

/** All SQL of table `component`, except that realms load theirs with them (realm-store.ts). */
export class ComponentStore {
  readonly #secrets: RealmSecrets

  constructor(secrets: RealmSecrets) {
    this.#secrets = secrets
  }

  /** Inserts all in one statement. */
  async insertAll(
    tx: Queryable,
    realmId: RealmId,
    components: readonly Component[],
  ): Promise<void> {
    const rows = components.map((component) => this.#row(component))
    await tx.query(
      `INSERT INTO component (id, realm_id, parent_id, provider_type, provider_id, sub_type, name, config)
       SELECT c.id, $1, c.parent_id, c.provider_type, c.provider_id, c.sub_type, c.name, c.config
       FROM jsonb_to_recordset($2::jsonb) AS c(id text, parent_id text, provider_type text, provider_id text,
         sub_type text, name text, config jsonb)`,
      [realmId, JSON.stringify(rows)],
    )
  }

  /** Index: component_pkey. */
  async byId(read: Queryable, realmId: RealmId, id: string): Promise<ComponentRow | null> {
    const rows = await read.query<
      Omit<Component, 'config' | 'subType' | 'name'> & {
        subType: string | null
        name: string | null
        stored: StoredConfig
        ver: number
      }
    >(
      `SELECT id, parent_id AS "parentId", provider_type AS "providerType", provider_id AS "providerId",
         sub_type AS "subType", name, config AS stored, ver FROM component WHERE id = $2 AND realm_id = $1`,
      [realmId, id],
    )
    const [row] = rows
    if (!row) return null
    const { stored, ver, subType, name, ...rest } = row
    const component = {
      ...rest,
      ...(subType === null ? {} : { subType }),
      ...(name === null ? {} : { name }),
      config: this.#secrets.openComponent(stored),
    }
    return { component, stored, ver }
  }

  /** Compare-and-set on `ver`. Index: component_pkey. @returns whether the row was at that `ver` */
  async update(tx: Queryable, realmId: RealmId, { component, stored, ver }: ComponentRow) {
    const row = this.#row(component, stored)
    const rows = await tx.query(
      `UPDATE component SET parent_id = $3, provider_type = $4, provider_id = $5, sub_type = $6, name = $7,
         config = $8, ver = ver + 1
       WHERE id = $1 AND realm_id = $2 AND ver = $9 RETURNING id`,
      [
        row.id,
        realmId,
        row.parent_id,
        row.provider_type,
        row.provider_id,
        row.sub_type,
        row.name,
        JSON.stringify(row.config),
        ver,
      ],
    )
    return rows.length > 0
  }

  /** Removes it with its sub-components. Index: component_pkey, component_realm. */
  async remove(tx: Queryable, realmId: RealmId, id: string): Promise<boolean> {
    const rows = await tx.query(
      `WITH RECURSIVE tree(id) AS (
         SELECT id FROM component WHERE id = $2 AND realm_id = $1
         UNION SELECT c.id FROM component c JOIN tree t ON c.parent_id = t.id WHERE c.realm_id = $1)
       DELETE FROM component WHERE id IN (SELECT id FROM tree) RETURNING id`,
      [realmId, id],
    )
    return rows.length > 0
  }

  #row(component: Component, stored?: StoredConfig) {
    return {
      id: component.id,
      parent_id: component.parentId,
      provider_type: component.providerType,
      provider_id: component.providerId,
      sub_type: component.subType ?? null,
      name: component.name ?? null,
      config: this.#secrets.sealComponent(component.config, stored),
    }
  }
}
