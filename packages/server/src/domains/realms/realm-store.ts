import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId, RoleId } from '../typed-ids.ts'
import type {
  AdminClients,
  BriefRealm,
  ClientScope,
  Component,
  Realm,
  RealmSettings,
} from './realm.ts'
import { falseSettings } from './realm-features.ts'
import type { RealmSecrets } from './realm-secrets.ts'
import { openedSettings, sealedSettings } from './settings-secrets.ts'

/** A row of table `realm`, without components and client scopes. */
export interface RealmRow {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly defaultRoleId: RoleId
  readonly settings: RealmSettings
  readonly adminClients: AdminClients
  readonly ver: number
}

/** A row under its lock, with the settings as they are stored. */
export interface LockedRealmRow extends RealmRow {
  readonly stored: Readonly<Record<string, unknown>>
}

interface SnapshotRow extends RealmRow {
  readonly components: Component[]
  readonly clientScopes: ClientScope[]
}

const rowColumns = `r.id, r.name, r.enabled, r.default_role_id AS "defaultRoleId", r.settings, r.ver,
   json_build_object('own', r.admin_client_id, 'inMaster', r.master_client_id) AS "adminClients"`

// Components by component_realm, client scopes by client_scope_realm_id_name_key: one statement, one snapshot.
const snapshotColumns = `${rowColumns},
  (SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
     'id', c.id, 'parentId', c.parent_id, 'providerType', c.provider_type, 'providerId', c.provider_id,
     'subType', c.sub_type, 'name', c.name, 'config', c.config))), '[]')
     FROM component c WHERE c.realm_id = r.id) AS components,
  (SELECT coalesce(json_agg(s.representation::jsonb || jsonb_build_object(
     'id', s.id, 'realmId', s.realm_id, 'name', s.name, 'protocol', s.protocol, 'ver', s.ver) ORDER BY s.name), '[]')
     FROM client_scope s WHERE s.realm_id = r.id) AS "clientScopes"`

/** All SQL of table `realm`. */
export class RealmStore {
  readonly #secrets: RealmSecrets
  readonly #switchedOff: ReadonlySet<string> | undefined

  /** @param switchedOff features that are off in this server, which snapshots say */
  constructor(secrets: RealmSecrets, switchedOff?: ReadonlySet<string>) {
    this.#secrets = secrets
    this.#switchedOff = switchedOff
  }

  /** Index: realm_pkey. */
  async byId(read: Queryable, id: RealmId): Promise<Realm | null> {
    const rows = await read.query<SnapshotRow>(
      `SELECT ${snapshotColumns} FROM realm r WHERE r.id = $1`,
      [id],
    )
    return rows[0] ? this.#snapshot(rows[0]) : null
  }

  /** Index: realm_pkey. @returns those that exist, in no order */
  async byIds(read: Queryable, ids: readonly string[]): Promise<Realm[]> {
    const rows = await read.query<SnapshotRow>(
      `SELECT ${snapshotColumns} FROM realm r WHERE r.id = ANY($1)`,
      [ids],
    )
    return rows.map((row) => this.#snapshot(row))
  }

  /** Index: realm_name_key. */
  async byName(read: Queryable, name: string): Promise<Realm | null> {
    const rows = await read.query<SnapshotRow>(
      `SELECT ${snapshotColumns} FROM realm r WHERE r.name = $1`,
      [name],
    )
    return rows[0] ? this.#snapshot(rows[0]) : null
  }

  /** Index: realm_name_key (index-only). */
  async names(read: Queryable): Promise<string[]> {
    const rows = await read.query<{ name: string }>(
      `SELECT name FROM realm WHERE name NOT LIKE '/%' ORDER BY name`,
    )
    return rows.map((row) => row.name)
  }

  /** What lists of realms show of each. Index: realm_name_key (ordered). */
  async briefs(read: Queryable): Promise<BriefRealm[]> {
    return await read.query<BriefRealm>(
      `SELECT id, name, enabled, display_name AS "displayName", display_name_html AS "displayNameHtml",
         json_build_object('own', admin_client_id, 'inMaster', master_client_id) AS "adminClients"
       FROM realm WHERE name NOT LIKE '/%' ORDER BY name`,
    )
  }

  /** Locks the row until the transaction ends. Index: realm_pkey. */
  async lock(tx: Queryable, id: RealmId): Promise<LockedRealmRow | null> {
    const rows = await tx.query<RealmRow>(
      `SELECT ${rowColumns} FROM realm r WHERE r.id = $1 FOR UPDATE`,
      [id],
    )
    const row = rows[0]
    return row ? { ...row, settings: this.#opened(row.settings), stored: row.settings } : null
  }

  async insert(tx: Queryable, row: Omit<RealmRow, 'ver'>): Promise<void> {
    await tx.query(
      `INSERT INTO realm (id, name, enabled, default_role_id, settings, admin_client_id, master_client_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        row.id,
        row.name,
        row.enabled,
        row.defaultRoleId,
        this.#sealed(row.settings),
        row.adminClients.own,
        row.adminClients.inMaster,
      ],
    )
  }

  /** Index: realm_pkey. @returns the realm's name and new `ver`; null when there is no such realm */
  async setMasterClient(tx: Queryable, id: RealmId, clientUuid: ClientUuid) {
    const rows = await tx.query<{ name: string; ver: number }>(
      'UPDATE realm SET master_client_id = $2, ver = ver + 1 WHERE id = $1 RETURNING name, ver',
      [id, clientUuid],
    )
    return rows[0] ?? null
  }

  /** Index: realm_master_client. @returns the id of the realm that is administered through that client of master */
  async idByMasterClient(read: Queryable, clientUuid: ClientUuid): Promise<string | null> {
    const rows = await read.query<{ id: string }>(
      'SELECT id FROM realm WHERE master_client_id = $1',
      [clientUuid],
    )
    return rows[0]?.id ?? null
  }

  /** Compare-and-set on `ver`. Index: realm_pkey. @returns the new `ver`, or null when another write came first */
  async update(tx: Queryable, row: LockedRealmRow): Promise<number | null> {
    const rows = await tx.query<{ ver: number }>(
      `UPDATE realm SET name = $3, enabled = $4, default_role_id = $5, settings = $6, ver = ver + 1
       WHERE id = $1 AND ver = $2 RETURNING ver`,
      [
        row.id,
        row.ver,
        row.name,
        row.enabled,
        row.defaultRoleId,
        this.#sealed(row.settings, row.stored),
      ],
    )
    return rows[0]?.ver ?? null
  }

  /** Raises `ver` because something loaded with the realm changed. Index: realm_pkey. */
  async raise(tx: Queryable, id: RealmId): Promise<{ name: string; ver: number } | null> {
    const rows = await tx.query<{ name: string; ver: number }>(
      'UPDATE realm SET ver = ver + 1 WHERE id = $1 RETURNING name, ver',
      [id],
    )
    return rows[0] ?? null
  }

  /** Gives a realm that is being removed a name that none can have. Index: realm_pkey. */
  async putAside(tx: Queryable, id: RealmId): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE realm SET name = '/removed/' || id, enabled = false, ver = ver + 1
       WHERE id = $1 AND name NOT LIKE '/%' RETURNING id`,
      [id],
    )
    return rows.length > 0
  }

  /** Index: realm_pkey; the cascade uses the realm_id indexes of each table. */
  async remove(tx: Queryable, id: RealmId): Promise<boolean> {
    const rows = await tx.query('DELETE FROM realm WHERE id = $1 RETURNING id', [id])
    return rows.length > 0
  }

  #sealed(settings: RealmSettings, stored: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify(sealedSettings(this.#secrets, settings, stored))
  }

  #opened(settings: RealmSettings): RealmSettings {
    return openedSettings(this.#secrets, settings)
  }

  #snapshot(row: SnapshotRow): Realm {
    return {
      ...row,
      ...(this.#switchedOff === undefined ? {} : { switchedOff: this.#switchedOff }),
      settings: { ...this.#opened(row.settings), ...falseSettings(this.#switchedOff) },
      components: row.components.map((component) => ({
        ...component,
        config: this.#secrets.openComponent(component.config),
      })),
    }
  }
}
