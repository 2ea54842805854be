import { createHash } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { withGeneratedKey } from './generated-key.ts'
import { keyProviderType } from './key-component.ts'
import { KeyRing } from './key-ring.ts'
import type { KeyStock } from './key-stock.ts'
import type { RealmKey } from './realm-key.ts'
import { signatureAlgorithm } from './signature-algorithm.ts'

export interface KeysDeps {
  readonly realms: Realms
  readonly database: Database
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly keyStores: Pick<RealmKeyStores, 'key'>
  /** Told about a key component that cannot be read; the others go on. */
  readonly onUnusableKey?: (component: Component, error: unknown) => void
}

/** Priority that Keycloak gives to a key that it made because none fitted. */
const fallbackPriority = '-100'

/** Which provider makes a key for an algorithm when the realm has none. */
function fallbackComponent(
  algorithm: string,
): { providerId: string; config: Component['config'] } | null {
  const known = signatureAlgorithm(algorithm)
  const priority = [fallbackPriority]
  switch (known?.kind) {
    case 'rsa':
    case 'rsa-pss':
      return { providerId: 'rsa-generated', config: { priority, algorithm: [algorithm] } }
    case 'hmac':
      return { providerId: 'hmac-generated', config: { priority, algorithm: [algorithm] } }
    case 'ec': {
      const config = { priority, ecdsaEllipticCurveKey: [known.curve ?? 'P-256'] }
      return { providerId: 'ecdsa-generated', config }
    }
    case 'eddsa':
      return { providerId: 'eddsa-generated', config: { priority } }
    default:
      return null
  }
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
   * Adds a generated key. Its component id follows from realm and algorithm, so that nodes which do this at the same time
   * make one key between them.
   */
  async #makeFallback(realm: Realm, algorithm: string): Promise<RealmKey> {
    const wanted = fallbackComponent(algorithm)
    if (!wanted) throw new Error(`${algorithm} is no signature algorithm`)
    const id = createHash('sha256')
      .update(`fallback ${realm.id} ${algorithm}`)
      .digest('base64url')
      .slice(0, 22)
    let making = this.#making.get(id)
    if (!making) {
      making = this.#insertFallback(realm, algorithm, id, wanted).finally(() => {
        this.#making.delete(id)
      })
      this.#making.set(id, making)
    }
    return await making
  }

  async #insertFallback(
    realm: Realm,
    algorithm: string,
    id: string,
    wanted: { providerId: string; config: Component['config'] },
  ): Promise<RealmKey> {
    const present = await this.#deps.realms.byId(realm.id)
    const made = present && this.ring(present).active('SIG', algorithm)
    if (made) return made
    const config = await withGeneratedKey(
      wanted.providerId,
      wanted.config,
      realm.name,
      this.#deps.keyStock,
    )
    const component: Component = {
      id,
      parentId: realm.id,
      providerType: keyProviderType,
      providerId: wanted.providerId,
      name: `fallback-${algorithm}`,
      config,
    }
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
