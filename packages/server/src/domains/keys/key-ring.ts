import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Component } from '../realms/realm.ts'
import { type KeyPlaces, keyOfComponent, keyProviderType } from './key-component.ts'
import { keyStoreProvider } from './key-store-key.ts'
import type { PublicJwk, RealmKey } from './realm-key.ts'

/** Keys in stores that one realm may have: each is a file to open, with a password to derive a key from. */
const keyStoresMax = 50

/** All keys of one realm snapshot, highest priority first, signing keys before others. Immutable; made once per snapshot. */
export class KeyRing {
  readonly keys: readonly RealmKey[]
  readonly #active = new Map<string, RealmKey>()
  readonly #byKid = new Map<string, RealmKey>()
  readonly #derived = new Map<string, readonly Buffer[]>()
  #jwks: readonly PublicJwk[] | undefined

  /**
   * @param onUnusable told about components whose key cannot be read; they are left out
   * @param places where keys lie that components only name; without them, such a key cannot be read
   */
  constructor(
    components: readonly Component[],
    onUnusable: (component: Component, error: unknown) => void,
    places?: KeyPlaces,
  ) {
    const keys: RealmKey[] = []
    let storesLeft = keyStoresMax
    for (const component of components) {
      if (component.providerType !== keyProviderType) continue
      try {
        if (component.providerId === keyStoreProvider) {
          storesLeft -= 1
          if (storesLeft < 0) throw new Error(`a realm has at most ${keyStoresMax} keys in stores`)
        }
        const key = keyOfComponent(component, places)
        if (key) keys.push(key)
      } catch (error) {
        onUnusable(component, error)
      }
    }
    keys.sort(
      (a, b) =>
        b.providerPriority - a.providerPriority ||
        Number(b.use === 'SIG') - Number(a.use === 'SIG') ||
        (a.componentId < b.componentId ? -1 : 1),
    )
    this.keys = keys
    for (const key of keys) {
      if (key.status === 'DISABLED') continue
      if (!this.#byKid.has(key.kid)) this.#byKid.set(key.kid, key)
      const purpose = `${key.use} ${key.algorithm}`
      if (key.status === 'ACTIVE' && !this.#active.has(purpose)) this.#active.set(purpose, key)
    }
  }

  /** @returns the key that signs or encrypts with this algorithm now */
  active(use: 'SIG' | 'ENC', algorithm: string): RealmKey | undefined {
    return this.#active.get(`${use} ${algorithm}`)
  }

  /** @returns an enabled key by its id, which may verify */
  byKid(kid: string): RealmKey | undefined {
    return this.#byKid.get(kid)
  }

  /** Enabled public keys as the certs endpoint shows them. */
  get publicJwks(): readonly PublicJwk[] {
    this.#jwks ??= this.keys
      .filter((key) => key.publicKey !== null && key.status !== 'DISABLED')
      .map(publicJwk)
    return this.#jwks
  }

  /**
   * A message authentication code under a key derived (HKDF, RFC 5869) from the realm's HMAC keys.
   * @param purpose keeps the codes of one use from being valid for another
   */
  mac(purpose: string, message: string): Buffer {
    const [key] = this.#derivedKeys(purpose)
    if (!key) throw new Error('the realm has no active HMAC key')
    return createHmac('sha256', key).update(message).digest()
  }

  /** @returns whether `mac` (a prefix of at least 8 bytes) was made here, under any enabled HMAC key */
  verifyMac(purpose: string, message: string, mac: Buffer): boolean {
    if (mac.length < 8) return false
    return this.#derivedKeys(purpose).some((key) => {
      const expected = createHmac('sha256', key).update(message).digest().subarray(0, mac.length)
      return expected.length === mac.length && timingSafeEqual(expected, mac)
    })
  }

  /** Active keys first: the first one makes new codes. */
  #derivedKeys(purpose: string): readonly Buffer[] {
    let derived = this.#derived.get(purpose)
    if (!derived) {
      const secrets = this.keys.filter((key) => key.type === 'OCT' && key.use === 'SIG')
      const active = secrets.filter((key) => key.status === 'ACTIVE')
      const passive = secrets.filter((key) => key.status === 'PASSIVE')
      derived = [...active, ...passive].map((key) =>
        Buffer.from(hkdfSync('sha256', key.privateKey.export(), '', `holdfast ${purpose}`, 32)),
      )
      this.#derived.set(purpose, derived)
    }
    return derived
  }
}

function publicJwk(key: RealmKey): PublicJwk {
  const jwk = key.publicKey?.export({ format: 'jwk' }) as Record<string, string>
  const { kty, ...parameters } = jwk
  const named = { kid: key.kid, kty: kty ?? '', alg: key.algorithm, use: key.use.toLowerCase() }
  if (key.certificate === null) return { ...named, ...parameters }
  const der = Buffer.from(key.certificate, 'base64')
  return {
    ...named,
    x5c: [key.certificate],
    x5t: createHash('sha1').update(der).digest('base64url'),
    'x5t#S256': createHash('sha256').update(der).digest('base64url'),
    ...parameters,
  }
}
