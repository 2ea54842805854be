import type { Fill, InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import { ClientScopeStore } from './client-scope-store.ts'
import { type ComponentRow, ComponentStore } from './component-store.ts'
import { ModelError, orDuplicate } from './model-error.ts'
import type { BriefRealm, ClientScope, Component, Realm, RealmSettings } from './realm.ts'
import {
  realmChanged,
  realmNamesChanged,
  realmNamesTag,
  realmNameTag,
  realmTag,
} from './realm-events.ts'
import { type OnUnreadableSecret, RealmSecrets } from './realm-secrets.ts'
import { type RealmRow, RealmStore } from './realm-store.ts'
import { SecretResealStore } from './secret-reseal-store.ts'

export interface RealmsDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  /** Told of a secret that no configured key opens; the rest of its realm goes on. */
  readonly onUnreadableSecret?: OnUnreadableSecret
  /** Features that are off, which realms then know of (see `switchedOffIn`). */
  readonly switchedOff?: ReadonlySet<string> | undefined
  /** Cache of realm snapshots and misses, kind `realms`. */
  readonly cache: InvalidationCache<Realm | null, Queryable>
  /** Cache of the list of realm names, kind `realms`. */
  readonly namesCache: InvalidationCache<readonly string[], Queryable>
}

/** Realms that one statement reads: each is some ten thousand characters. */
const batchRealmsMax = 50

/** What a change of a realm may set. */
export type RealmChange = Pick<RealmRow, 'name' | 'enabled' | 'settings'>

function fillOf(realm: Realm | null, missTag: string): Fill<Realm | null> {
  if (!realm) return { value: null, ver: 0, idTag: `miss:${missTag}`, tags: [missTag] }
  const idTag = realmTag(realm.id)
  return { value: realm, ver: realm.ver, idTag, tags: [idTag, realmNameTag(realm.name)] }
}

/** Reading realms (cached, kind `realms`, tags `realm:{id}` and `realm-name:{name}`) and changing them. */
export class Realms {
  readonly #deps: RealmsDeps
  readonly #store: RealmStore
  readonly #components: ComponentStore
  readonly #clientScopes = new ClientScopeStore()

  constructor(deps: RealmsDeps) {
    this.#deps = deps
    const secrets = new RealmSecrets(deps.secretBox, deps.onUnreadableSecret)
    this.#store = new RealmStore(secrets, deps.switchedOff)
    this.#components = new ComponentStore(secrets)
  }

  /** Writes every secret of every realm anew that is stored plain or under an earlier encryption key. */
  async resealSecrets(): Promise<void> {
    const { database, secretBox } = this.#deps
    const store = new SecretResealStore(new RealmSecrets(secretBox))
    await store.components(database)
    await store.identityProviders(database)
    await store.realms(database)
  }

  /** @returns null too for one that is being removed: no realm has a slash before its name */
  async byName(name: string): Promise<Realm | null> {
    if (name.startsWith('/')) return null
    const tag = realmNameTag(name)
    return await this.#deps.cache.load(tag, async (read) =>
      fillOf(await this.#store.byName(read, name), tag),
    )
  }

  /** The realm of that name if it is known without asking anybody; undefined also where there is none. */
  knownByName(name: string): Realm | undefined {
    return this.#deps.cache.known(realmNameTag(name)) ?? undefined
  }

  /** As `knownByName`, by its id. */
  knownById(id: RealmId): Realm | undefined {
    return this.#deps.cache.known(realmTag(id)) ?? undefined
  }

  async byId(id: RealmId): Promise<Realm | null> {
    const tag = realmTag(id)
    return await this.#deps.cache.load(tag, async (read) =>
      fillOf(await this.#store.byId(read, id), tag),
    )
  }

  /** @returns a realm as the transaction sees it, uncached. @throws ModelError `missing` */
  async writtenIn(tx: Transaction, id: RealmId): Promise<Realm> {
    const realm = await this.#store.byId(tx, id)
    if (!realm) throw new ModelError('missing', 'Realm not found.')
    return realm
  }

  /**
   * Many realms at once: what is not known already is read in batches, and not kept, for a list of all would push what is in
   * use out of the cache.
   * @returns those that exist, in the order of the ids
   */
  async *byIds(ids: readonly string[]): AsyncGenerator<Realm> {
    for (let start = 0; start < ids.length; start += batchRealmsMax) {
      const batch = ids.slice(start, start + batchRealmsMax)
      const known = new Map(
        batch.flatMap((id) => {
          const realm = this.knownById(id)
          return realm ? [[id, realm] as const] : []
        }),
      )
      const missing = batch.filter((id) => !known.has(id))
      const read = missing.length > 0 ? await this.#store.byIds(this.#deps.database, missing) : []
      for (const realm of read) known.set(realm.id, realm)
      for (const id of batch) {
        const realm = known.get(id)
        if (realm) yield realm
      }
    }
  }

  /** All names, sorted; never loads whole realms. */
  async names(): Promise<string[]> {
    const names = await this.#deps.namesCache.load(realmNamesTag, async (read) => ({
      value: await this.#store.names(read),
      ver: 0,
      idTag: `list:${realmNamesTag}`,
      tags: [realmNamesTag],
    }))
    return [...names]
  }

  /** Uncached. @returns the realm that is administered through the roles of that client of master, by its id */
  async administeredThrough(clientUuid: ClientUuid): Promise<Realm | null> {
    const id = await this.#store.idByMasterClient(this.#deps.database, clientUuid)
    return id === null ? null : await this.byId(id)
  }

  /** Remembers through which client of master the realm is administered. @throws ModelError `missing` */
  async administerThrough(tx: Transaction, id: RealmId, clientUuid: ClientUuid): Promise<void> {
    const row = await this.#store.setMasterClient(tx, id, clientUuid)
    if (!row) throw new ModelError('missing', 'Realm not found.')
    tx.append([realmChanged(id, [row.name], row.ver)])
  }

  /** Id, name and display names of every realm, in one statement; uncached. */
  async briefs(): Promise<BriefRealm[]> {
    return await this.#store.briefs(this.#deps.database)
  }

  /**
   * Writes a new realm with its components and client scopes; roles, clients and so on follow in the same transaction.
   * @throws ModelError `duplicate` when name or id is taken
   */
  async insert(
    tx: Transaction,
    realm: Omit<RealmRow, 'ver'>,
    components: readonly Component[],
    clientScopes: readonly Omit<ClientScope, 'ver' | 'realmId'>[],
  ): Promise<void> {
    await orDuplicate(`Realm ${realm.name} already exists`, async () => {
      await this.#store.insert(tx, realm)
      await this.#components.insertAll(tx, realm.id, components)
      await this.#clientScopes.insertAll(tx, realm.id, clientScopes)
    })
    tx.append([realmChanged(realm.id, [realm.name]), realmNamesChanged()])
  }

  /**
   * Changes settings, name or `enabled` in one transaction; `change` gets the row as it is under the lock.
   * @throws ModelError `missing`, or `duplicate` when the new name is taken
   */
  async change(
    id: RealmId,
    change: (row: RealmRow) => RealmChange,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.changeIn(tx, id, change)
      await trace?.(tx)
    })
  }

  /** As `change`, in a transaction that does more. */
  async changeIn(tx: Transaction, id: RealmId, change: (row: RealmRow) => RealmChange) {
    const row = await this.#store.lock(tx, id)
    if (!row) throw new ModelError('missing', 'Realm not found.')
    const next = { ...row, ...change(row) }
    const ver = await orDuplicate(`Realm ${next.name} already exists`, () =>
      this.#store.update(tx, next),
    )
    if (ver === null) throw new ModelError('missing', 'Realm not found.')
    tx.append([realmChanged(id, [row.name, next.name], ver)])
    if (next.name !== row.name) tx.append([realmNamesChanged()])
  }

  /** Changes settings only: the short form of `change`. */
  async changeSettings(
    id: RealmId,
    change: (settings: RealmSettings) => RealmSettings,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.change(id, (row) => ({ ...row, settings: change(row.settings) }), trace)
  }

  /** Deletes the realm and everything in it. @returns whether it existed */
  async remove(tx: Transaction, realm: Realm): Promise<boolean> {
    const removed = await this.#store.remove(tx, realm.id)
    if (removed) this.#gone(tx, realm)
    return removed
  }

  /** Takes the realm away from everybody; its rows stay, under a name that nobody can ask for. @returns whether it was there */
  async putAside(tx: Transaction, realm: Realm): Promise<boolean> {
    const aside = await this.#store.putAside(tx, realm.id)
    if (aside) this.#gone(tx, realm)
    return aside
  }

  #gone(tx: Transaction, { id, name }: Realm): void {
    tx.append([
      realmChanged(id, [name]),
      realmNamesChanged(),
      // Everybody in the realm is gone at once: what carries no tag of the realm goes by kind.
      { kind: 'users', shardKey: id, tags: [], op: 'clear' },
    ])
  }

  /** Adds components (keys, user profile, registration policies, …). */
  async addComponents(tx: Transaction, realmId: RealmId, components: readonly Component[]) {
    await orDuplicate('Component already exists', () =>
      this.#components.insertAll(tx, realmId, components),
    )
    await this.#raise(tx, realmId)
  }

  /** Uncached, for a write that follows. */
  async componentRow(realmId: RealmId, id: string): Promise<ComponentRow | null> {
    return await this.#components.byId(this.#deps.database, realmId, id)
  }

  /** Compare-and-set on the row's `ver`. @returns whether it was written: false when another write came first */
  async writeComponent(tx: Transaction, realmId: RealmId, row: ComponentRow): Promise<boolean> {
    const written = await this.#components.update(tx, realmId, row)
    if (written) await this.#raise(tx, realmId)
    return written
  }

  /** Overwrites whatever is there. @throws ModelError `missing` */
  async updateComponent(tx: Transaction, realmId: RealmId, component: Component): Promise<void> {
    const row = await this.#components.byId(tx, realmId, component.id)
    if (!row || !(await this.writeComponent(tx, realmId, { ...row, component }))) {
      throw new ModelError('missing', 'Could not find component')
    }
  }

  /** Removes a component with its sub-components. @returns whether it existed */
  async removeComponent(tx: Transaction, realmId: RealmId, id: string): Promise<boolean> {
    const removed = await this.#components.remove(tx, realmId, id)
    if (removed) await this.#raise(tx, realmId)
    return removed
  }

  /** @throws ModelError `duplicate` when the name is taken */
  async addClientScope(tx: Transaction, scope: Omit<ClientScope, 'ver'>): Promise<void> {
    await orDuplicate(`Client Scope ${scope.name} already exists`, () =>
      this.#clientScopes.insertAll(tx, scope.realmId, [scope]),
    )
    await this.#raise(tx, scope.realmId)
  }

  /** As it is now, locked until the transaction ends: of two changes at once, the later builds on the earlier. */
  async lockClientScope(
    tx: Transaction,
    realmId: RealmId,
    id: string,
  ): Promise<ClientScope | null> {
    return await this.#clientScopes.lock(tx, realmId, id)
  }

  /** Compare-and-set on the scope's `ver`. @throws ModelError `missing` or `duplicate` */
  async updateClientScope(tx: Transaction, scope: ClientScope): Promise<void> {
    const written = await orDuplicate(`Client Scope ${scope.name} already exists`, () =>
      this.#clientScopes.update(tx, scope),
    )
    if (!written) throw new ModelError('missing', 'Could not find client scope')
    await this.#raise(tx, scope.realmId)
  }

  /** @returns whether it existed; clients that name it are the caller's to change (clients.forgetClientScope) */
  async removeClientScope(tx: Transaction, realmId: RealmId, id: string): Promise<boolean> {
    const removed = await this.#clientScopes.remove(tx, realmId, id)
    if (removed) await this.#raise(tx, realmId)
    return removed
  }

  /** The realm's `ver` rises with everything that is loaded together with it. */
  async #raise(tx: Transaction, realmId: RealmId): Promise<void> {
    const raised = await this.#store.raise(tx, realmId)
    if (!raised) throw new ModelError('missing', 'Realm not found.')
    tx.append([realmChanged(realmId, [raised.name], raised.ver)])
  }
}
