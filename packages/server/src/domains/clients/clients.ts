import type { Fill, InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import { type OnUnreadableSecret, RealmSecrets } from '../realms/realm-secrets.ts'
import { rolesChanged } from '../roles/role-events.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { Client } from './client.ts'
import {
  clientChanged,
  clientIdTag,
  clientsChanged,
  clientsTag,
  clientTag,
} from './client-events.ts'
import { ClientSecrets } from './client-secrets.ts'
import { type ClientListing, ClientStore } from './client-store.ts'

export interface ClientsDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  readonly onUnreadableSecret?: OnUnreadableSecret
  /** Cache of clients and misses, kind `realms`. */
  readonly cache: InvalidationCache<Client | null, Queryable>
}

/** Clients of realms. Cached: kind `realms`, tags `client:{id}` and `client-id:{realmId}:{clientId}`. */
export class Clients {
  readonly #deps: ClientsDeps
  readonly #store: ClientStore

  constructor(deps: ClientsDeps) {
    this.#deps = deps
    const secrets = new RealmSecrets(deps.secretBox, deps.onUnreadableSecret)
    this.#store = new ClientStore(new ClientSecrets(secrets))
  }

  byClientId(realmId: RealmId, clientId: ClientId): Promise<Client | null> {
    const tag = clientIdTag(realmId, clientId)
    return this.#deps.cache.load(tag, async (read) =>
      fillOf(realmId, await this.#store.byClientId(read, realmId, clientId), tag),
    )
  }

  async byId(realmId: RealmId, id: ClientUuid): Promise<Client | null> {
    const tag = clientTag(id)
    return await this.#deps.cache.load(`${tag}:${realmId}`, async (read) => {
      const rows = await this.#store.byIds(read, realmId, [id])
      return fillOf(realmId, rows[0] ?? null, tag)
    })
  }

  /** Uncached. @returns those that exist in the realm, in no order */
  async byIds(realmId: RealmId, ids: readonly string[]): Promise<Client[]> {
    return ids.length === 0 ? [] : await this.#store.byIds(this.#deps.database, realmId, ids)
  }

  /** Uncached. @returns clients that authenticate by tokens of others, whose subject there is this one */
  async federatedAs(realmId: RealmId, subject: string): Promise<Client[]> {
    return await this.#store.federatedAs(this.#deps.database, realmId, subject)
  }

  /** Uncached. @returns internal ids by `client_id` */
  async uuidsOf(realmId: RealmId, clientIds: readonly ClientId[]): Promise<Map<string, string>> {
    if (clientIds.length === 0) return new Map()
    const rows = await this.#store.uuidsOf(this.#deps.database, realmId, clientIds)
    return new Map(rows.map((row) => [row.clientId, row.id]))
  }

  /** Uncached; one page. */
  async list(listing: ClientListing): Promise<Client[]> {
    return await this.#store.list(this.#deps.database, listing)
  }

  /** All of a realm by `client_id`, as the caller's transaction sees them. */
  async allIn(tx: Queryable, realmId: RealmId): Promise<Client[]> {
    return await this.#store.list(tx, { realmId })
  }

  /** Writes every secret of every client anew that is stored plain or under an earlier encryption key. */
  async resealSecrets(): Promise<void> {
    await this.#store.reseal(this.#deps.database)
  }

  /** Drops what is cached of the clients of a realm that was removed. */
  forgetRealm(tx: Transaction, realmId: RealmId): void {
    tx.append([clientsChanged(realmId)])
  }

  /** @throws ModelError `duplicate` when an id or `client_id` is taken */
  async insertAll(tx: Transaction, clients: readonly Omit<Client, 'ver'>[]): Promise<void> {
    const message =
      clients.length === 1
        ? `Client ${clients[0]?.clientId} already exists`
        : 'Client already exists'
    await orDuplicate(message, () => this.#store.insertAll(tx, clients))
    const realmIds = new Set(clients.map((one) => one.realmId))
    tx.append([...realmIds].map(clientsChanged))
  }

  /**
   * Compare-and-set on `client.ver`.
   * @param formerClientId its `client_id` before this change
   * @throws ModelError `missing` or `duplicate`
   */
  async update(tx: Transaction, client: Client, formerClientId = client.clientId): Promise<void> {
    const ver = await orDuplicate(`Client ${client.clientId} already exists`, () =>
      this.#store.update(tx, client),
    )
    if (ver === null) throw new ModelError('missing', 'Could not find client')
    tx.append([
      clientChanged(client.realmId, client.id, [formerClientId, client.clientId], ver),
      // Roles are cached with the clientId of their client.
      ...(formerClientId === client.clientId ? [] : rolesChanged(client.realmId)),
    ])
  }

  /**
   * Changes a client under its row lock, in the caller's transaction.
   * @throws ModelError `missing` or `duplicate`; what `change` throws
   */
  async changeIn(
    tx: Transaction,
    realmId: RealmId,
    id: ClientUuid,
    change: (client: Client) => Client,
  ): Promise<{ readonly before: Client; readonly after: Client }> {
    const before = await this.#store.lock(tx, realmId, id)
    if (!before) throw new ModelError('missing', 'Could not find client')
    const after = { ...change(before), id, realmId, ver: before.ver }
    if (after !== before) await this.update(tx, after, before.clientId)
    return { before, after }
  }

  /** Removes the client with its roles and scope mappings. @returns whether it existed */
  async remove(tx: Transaction, client: Client): Promise<boolean> {
    const removed = await this.#store.remove(tx, client.realmId, client.id)
    if (removed) {
      const { realmId, id, clientId } = client
      tx.append([clientChanged(realmId, id, [clientId]), ...rolesChanged(realmId)])
    }
    return removed
  }

  /** Makes every client of the realm follow a client scope that was renamed, or removed (`to` null). */
  async renameClientScope(tx: Transaction, realmId: RealmId, from: string, to: string | null) {
    await this.#store.renameClientScope(tx, realmId, from, to)
    tx.append([clientsChanged(realmId)])
  }
}

function fillOf(realmId: RealmId, client: Client | null, missTag: string): Fill<Client | null> {
  if (!client) {
    const tags = [missTag, clientsTag(realmId)]
    return { value: null, ver: 0, idTag: `miss:${missTag}`, tags }
  }
  const idTag = clientTag(client.id)
  const tags = [idTag, clientIdTag(realmId, client.clientId), clientsTag(realmId)]
  return { value: client, ver: client.ver, idTag, tags }
}
