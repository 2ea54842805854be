import type { Queryable } from '../../database/database.ts'
import { resealEach, type SealedColumn } from '../realms/reseal-each.ts'
import type { SeenThings } from '../realms/seen-things.ts'
import { containing } from '../roles/role-store.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { Client } from './client.ts'
import type { ClientSecrets } from './client-secrets.ts'

/** Which clients a listing shows. */
export interface ClientListing {
  readonly realmId: RealmId
  /** Exact, or with `search` part of it in any case. */
  readonly clientId?: ClientId | undefined
  readonly search?: boolean | undefined
  /** Attributes that all have to be there with these values. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  /** Absent = all. */
  readonly visible?: SeenThings | undefined
  readonly first?: number | undefined
  readonly max?: number | undefined
}

const columns =
  'c.id, c.realm_id AS "realmId", c.client_id AS "clientId", c.enabled, c.representation, c.ver'

const sealedColumn: SealedColumn = {
  page: 'SELECT id, representation AS document, ver FROM client WHERE id > $1 ORDER BY id LIMIT $2',
  update: 'UPDATE client SET representation = $3 WHERE id = $1 AND ver = $2',
}

/** All SQL of table `client`. Secrets are sealed in it, and open outside. */
export class ClientStore {
  readonly #secrets: ClientSecrets

  constructor(secrets: ClientSecrets) {
    this.#secrets = secrets
  }

  /** Index: client_realm_id_client_id_key. */
  async byClientId(read: Queryable, realmId: RealmId, clientId: ClientId): Promise<Client | null> {
    const rows = await read.query<Client>(
      `SELECT ${columns} FROM client c WHERE c.realm_id = $1 AND c.client_id = $2`,
      [realmId, clientId],
    )
    return rows[0] ? this.#opened(rows[0]) : null
  }

  /** Index: client_pkey. */
  async byIds(read: Queryable, realmId: RealmId, ids: readonly string[]): Promise<Client[]> {
    const rows = await read.query<Client>(
      `SELECT ${columns} FROM client c WHERE c.id = ANY($2) AND c.realm_id = $1`,
      [realmId, ids],
    )
    return rows.map((row) => this.#opened(row))
  }

  /** Clients that authenticate by tokens of others for this subject. Index: client_federated_subject. */
  async federatedAs(read: Queryable, realmId: RealmId, subject: string): Promise<Client[]> {
    const rows = await read.query<Client>(
      `SELECT ${columns} FROM client c WHERE c.realm_id = $1
         AND c.representation->'attributes'->>'jwt.credential.sub' = $2
         AND c.representation->>'clientAuthenticatorType' = 'federated-jwt' ORDER BY c.client_id LIMIT 20`,
      [realmId, subject],
    )
    return rows.map((row) => this.#opened(row))
  }

  /** Locks the row until the transaction ends. Index: client_pkey. */
  async lock(tx: Queryable, realmId: RealmId, id: ClientUuid): Promise<Client | null> {
    const rows = await tx.query<Client>(
      `SELECT ${columns} FROM client c WHERE c.id = $2 AND c.realm_id = $1 FOR UPDATE`,
      [realmId, id],
    )
    return rows[0] ? this.#opened(rows[0]) : null
  }

  /** Ids of these `client_id`s. Index: client_realm_id_client_id_key. */
  async uuidsOf(read: Queryable, realmId: RealmId, clientIds: readonly ClientId[]) {
    return await read.query<{ id: string; clientId: ClientId }>(
      'SELECT id, client_id AS "clientId" FROM client WHERE realm_id = $1 AND client_id = ANY($2)',
      [realmId, clientIds],
    )
  }

  /** A page ordered by `client_id`. Index: client_realm_id_client_id_key (ordered), client_trigrams. */
  async list(read: Queryable, listing: ClientListing): Promise<Client[]> {
    const exact = listing.clientId !== undefined && !listing.search
    const rows = await read.query<Client>(
      `SELECT ${columns} FROM client c WHERE c.realm_id = $1
         AND ($2::text IS NULL OR c.client_id = $2) AND ($3::text IS NULL OR lower(c.client_id) LIKE $3)
         AND ($4::jsonb IS NULL OR c.representation->'attributes' @> $4)
         AND ($5::text[] IS NULL OR c.id = ANY($5)) AND NOT c.id = ANY($6)
       ORDER BY c.client_id OFFSET $7 LIMIT $8`,
      [
        listing.realmId,
        exact ? listing.clientId : null,
        listing.search && listing.clientId !== undefined ? containing(listing.clientId) : null,
        listing.attributes ? JSON.stringify(listing.attributes) : null,
        listing.visible?.ids ?? null,
        listing.visible?.except ?? [],
        listing.first ?? 0,
        listing.max ?? null,
      ],
    )
    return rows.map((row) => this.#opened(row))
  }

  /** Inserts all in one statement. */
  async insertAll(tx: Queryable, clients: readonly Omit<Client, 'ver'>[]): Promise<void> {
    const sealed = clients.map((client) => ({
      ...client,
      representation: this.#secrets.seal(client.representation),
    }))
    await tx.query(
      `INSERT INTO client (id, realm_id, client_id, enabled, representation)
       SELECT c.id, c."realmId", c."clientId", c.enabled, c.representation
       FROM jsonb_to_recordset($1::jsonb)
         AS c(id text, "realmId" text, "clientId" text, enabled boolean, representation jsonb)`,
      [JSON.stringify(sealed)],
    )
  }

  /** Compare-and-set on `ver`. Index: client_pkey. @returns the new `ver`, or null when another write came first */
  async update(tx: Queryable, client: Client): Promise<number | null> {
    const stored = await tx.query<{ representation: Client['representation'] }>(
      'SELECT representation FROM client WHERE id = $1 AND realm_id = $2',
      [client.id, client.realmId],
    )
    const rows = await tx.query<{ ver: number }>(
      `UPDATE client SET client_id = $4, enabled = $5, representation = $6, ver = ver + 1
       WHERE id = $1 AND realm_id = $2 AND ver = $3 RETURNING ver`,
      [
        client.id,
        client.realmId,
        client.ver,
        client.clientId,
        client.enabled,
        JSON.stringify(this.#secrets.seal(client.representation, stored[0]?.representation)),
      ],
    )
    return rows[0]?.ver ?? null
  }

  /** With its own scope mappings. Index: client_pkey, scope_mapping_pkey; roles by cascade (role_client). */
  async remove(tx: Queryable, realmId: RealmId, id: ClientUuid): Promise<boolean> {
    const rows = await tx.query(
      `WITH gone AS (DELETE FROM client WHERE id = $1 AND realm_id = $2 RETURNING id),
            mappings AS (DELETE FROM scope_mapping WHERE container_id IN (SELECT id FROM gone))
       SELECT id FROM gone`,
      [id, realmId],
    )
    return rows.length > 0
  }

  /** Takes a client scope's name out of every client, or renames it there. Rare; reads the realm's clients once. */
  async renameClientScope(tx: Queryable, realmId: RealmId, from: string, to: string | null) {
    await tx.query(
      `UPDATE client SET ver = ver + 1, representation = representation
         || jsonb_build_object('defaultClientScopes', (SELECT coalesce(jsonb_agg(CASE WHEN s = $2 THEN $3 ELSE s END), '[]')
              FROM jsonb_array_elements_text(representation->'defaultClientScopes') s WHERE s <> $2 OR $3::text IS NOT NULL))
         || jsonb_build_object('optionalClientScopes', (SELECT coalesce(jsonb_agg(CASE WHEN s = $2 THEN $3 ELSE s END), '[]')
              FROM jsonb_array_elements_text(representation->'optionalClientScopes') s WHERE s <> $2 OR $3::text IS NOT NULL))
       WHERE realm_id = $1
         AND (representation->'defaultClientScopes' ? $2 OR representation->'optionalClientScopes' ? $2)`,
      [realmId, from, to],
    )
  }

  /** Seals every secret anew that is stored plain or under an earlier encryption key. */
  async reseal(db: Queryable): Promise<void> {
    await resealEach(db, sealedColumn, (representation: Client['representation']) =>
      this.#secrets.reseal(representation),
    )
  }

  #opened(row: Client): Client {
    return { ...row, representation: this.#secrets.open(row.representation) }
  }
}
