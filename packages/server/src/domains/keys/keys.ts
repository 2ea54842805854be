import type { Database } from '../../database/database.ts'
import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { algorithmsWithoutKey, fallbackId, fallbackKey } from './fallback-key.ts'
import { KeyRing } from './key-ring.ts'
import type { KeyStock } from './key-stock.ts'
import type { RealmKey } from './realm-key.ts'

export interface KeysDeps {
  readonly realms: Realms
  readonly database: Database
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly keyStores: Pick<RealmKeyStores, 'key'>
  /** Told about a key component that cannot be read; the others go on. */
  readonly onUnusableKey?: (component: Component, error: unknown) => void
}

/** The signing and encryption keys of realms. */
export class Keys {
  readonly #deps: KeysDeps
  /** Rings by realm snapshot: a changed realm is another snapshot, so nothing here can be stale. */
  readonly #rings = new WeakMap<Realm, KeyRing>()
  /** Fallback keys being made, by component id. */
  readonly #making = new Map<string, Promise<RealmKey>>()

  constructor(deps: KeysDeps) {
    this.#deps = deps
  }

  /** All keys of a realm. Parsing happens once per snapshot. */
  ring(realm: Realm): KeyRing {
    let ring = this.#rings.get(realm)
    if (!ring) {
      ring = new KeyRing(
        realm.components,
        (component, error) => this.#deps.onUnusableKey?.(component, error),
        { realmName: realm.name, stores: this.#deps.keyStores },
      )
      this.#rings.set(realm, ring)
    }
    return ring
  }

  /**
   * The key that signs with this algorithm now. A realm without one gets a generated key, as in Keycloak.
   * @throws Error when the algorithm is not a signature algorithm
   */
  async signingKey(realm: Realm, algorithm: string): Promise<RealmKey> {
    return this.ring(realm).active('SIG', algorithm) ?? (await this.#makeFallback(realm, algorithm))
  }

  /**
   * Makes the keys that answers to a client will be signed with, so that they stand among the published ones before anybody
   * has to verify something: who keeps a copy of those would else not know the first signature. Names that are no algorithm
   * are for others to refuse.
   */
  async provide(realm: Realm, algorithms: readonly string[]): Promise<void> {
    const ring = this.ring(realm)
    const missing = algorithmsWithoutKey([], algorithms).filter(
      (algorithm) => ring.active('SIG', algorithm) === undefined,
    )
    for (const algorithm of missing) await this.#makeFallback(realm, algorithm)
  }

  async #makeFallback(realm: Realm, algorithm: string): Promise<RealmKey> {
    const id = fallbackId(realm.id, algorithm)
    let making = this.#making.get(id)
    if (!making) {
      making = this.#insertFallback(realm, algorithm).finally(() => {
        this.#making.delete(id)
      })
      this.#making.set(id, making)
    }
    return await making
  }

  async #insertFallback(realm: Realm, algorithm: string): Promise<RealmKey> {
    const present = await this.#deps.realms.byId(realm.id)
    const made = present && this.ring(present).active('SIG', algorithm)
    if (made) return made
    const component = await fallbackKey(realm, algorithm, this.#deps.keyStock)
    try {
      await this.#deps.database.transaction(async (tx) => {
        await this.#deps.realms.addComponents(tx, realm.id, [component])
      })
    } catch (error) {
      if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
    }
    const changed = await this.#deps.realms.byId(realm.id)
    const key = changed && this.ring(changed).active('SIG', algorithm)
    if (!key) throw new Error(`no ${algorithm} key could be made for realm ${realm.name}`)
    return key
  }
}
