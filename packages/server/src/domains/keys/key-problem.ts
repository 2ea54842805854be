import { KeyStoreProblem, type RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import type { Component } from '../realms/realm.ts'
import { keyProviderType } from './key-component.ts'
import { keyOfStore, keyStoreProvider } from './key-store-key.ts'

/**
 * @returns why a component gives no key although its settings are well formed: the store that it names does not give one, or
 * nothing here uses its algorithm; null where it does. What an
 * administrator saves is refused for it; an import comes in, and the key stays away until the store is there.
 */
export function keyProblem(
  component: Pick<Component, 'id' | 'providerType' | 'providerId' | 'config'>,
  realmName: string,
  stores: Pick<RealmKeyStores, 'key'>,
): string | null {
  if (component.providerType !== keyProviderType) return null
  if (component.config['algorithm']?.[0] === 'RSA1_5') {
    // RFC 8725 §3.2: nothing here decrypts with it, so that nobody may be told to encrypt with it.
    return 'Failed to load keys. Keys for algorithm RSA1_5 are not supported.'
  }
  if (component.providerId !== keyStoreProvider) return null
  try {
    keyOfStore(component, realmName, stores)
    return null
  } catch (error) {
    if (error instanceof KeyStoreProblem) return error.message
    throw error
  }
}
