import type { KeyObject } from 'node:crypto'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  X509Certificate,
} from 'node:crypto'
import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import type { Component } from '../realms/realm.ts'
import { keyOfStore, keyStoreProvider, type ParsedKey } from './key-store-key.ts'
import type { RealmKey } from './realm-key.ts'

/** Provider type of components that hold keys. */
export const keyProviderType = 'org.keycloak.keys.KeyProvider'

/** Where keys lie that a component only names. */
export interface KeyPlaces {
  readonly realmName: string
  readonly stores: Pick<RealmKeyStores, 'key'>
}

type Parser = (component: Component, places: KeyPlaces | undefined) => ParsedKey

const member = (component: Component, name: string) => component.config[name]?.[0]

function required(component: Component, name: string): string {
  const value = member(component, name)
  if (!value) throw new Error(`${component.providerId} ${component.id} has no ${name}`)
  return value
}

/** Private keys come as PEM, or as base64 of PKCS#1 or PKCS#8. @throws Error when it is none */
export function privateKeyOf(text: string): KeyObject {
  if (text.includes('-----BEGIN')) return createPrivateKey(text)
  const key = Buffer.from(text, 'base64')
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } catch {
    return createPrivateKey({ key, format: 'der', type: 'pkcs1' })
  }
}

/** Keycloak's key id: SHA-256 of the DER form of the public key. */
export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(der).digest('base64url')
}

function certificateOf(text: string | undefined): string | null {
  return text ? parsedCertificate(text).raw.toString('base64') : null
}

/** @param text PEM, or base64 of DER. @throws Error when it is no certificate */
export function parsedCertificate(text: string): X509Certificate {
  const der = text.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  return new X509Certificate(Buffer.from(der, 'base64'))
}

/** @throws Error for an algorithm that a key of this type does not know: it is not to be found under that name */
function knownAlgorithm(component: Component, known: readonly string[], fallback: string): string {
  const algorithm = member(component, 'algorithm') || fallback
  if (known.includes(algorithm)) return algorithm
  throw new Error(`${component.providerId} ${component.id} has no algorithm ${algorithm}`)
}

const rsaAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'RSA-OAEP',
  'RSA-OAEP-256',
]

const rsa =
  (use: 'SIG' | 'ENC', algorithm: string): Parser =>
  (component) => {
    const privateKey = privateKeyOf(required(component, 'privateKey'))
    const publicKey = createPublicKey(privateKey)
    const stated = member(component, 'keyUse')?.toUpperCase()
    return {
      // A realm that moved here keeps the ids under which its keys were published.
      kid: member(component, 'kid') || keyIdOf(publicKey),
      use: stated === 'ENC' || stated === 'SIG' ? stated : use,
      algorithm: knownAlgorithm(component, rsaAlgorithms, algorithm),
      type: 'RSA',
      publicKey,
      privateKey,
      certificate: certificateOf(member(component, 'certificate')),
    }
  }

const secret =
  (use: 'SIG' | 'ENC', algorithm: string, known: readonly string[]): Parser =>
  (component) => ({
    kid: required(component, 'kid'),
    use,
    algorithm: knownAlgorithm(component, known, algorithm),
    type: 'OCT',
    publicKey: null,
    privateKey: createSecretKey(Buffer.from(required(component, 'secret'), 'base64url')),
    certificate: null,
  })

const algorithmOfCurve: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
}

function onCurve(prefix: string, use: 'SIG' | 'ENC', type: 'EC' | 'OKP'): Parser {
  return (component) => {
    const privateKey = privateKeyOf(required(component, `${prefix}PrivateKey`))
    const publicKey = createPublicKey(privateKey)
    const curve = publicKey.export({ format: 'jwk' }).crv ?? ''
    const algorithm =
      prefix === 'ecdsa'
        ? (algorithmOfCurve[curve] ?? unknownCurve(component))
        : prefix === 'ecdh'
          ? member(component, 'ecdhAlgorithm') || 'ECDH-ES'
          : 'EdDSA'
    return {
      kid: keyIdOf(publicKey),
      use,
      algorithm,
      type,
      publicKey,
      privateKey,
      certificate: certificateOf(member(component, 'certificate')),
    }
  }
}

function unknownCurve(component: Component): never {
  throw new Error(`${component.providerId} ${component.id} is on a curve that no algorithm has`)
}

function stored(component: Component, places: KeyPlaces | undefined): ParsedKey {
  if (places === undefined) throw new Error(`nobody said where the store of ${component.id} lies`)
  return keyOfStore(component, places.realmName, places.stores)
}

/** What each key provider of Keycloak keeps in its configuration. */
const parsers: ReadonlyMap<string, Parser> = new Map([
  ['rsa-generated', rsa('SIG', 'RS256')],
  ['rsa', rsa('SIG', 'RS256')],
  ['rsa-enc-generated', rsa('ENC', 'RSA-OAEP')],
  ['rsa-enc', rsa('ENC', 'RSA-OAEP')],
  ['hmac-generated', secret('SIG', 'HS256', ['HS256', 'HS384', 'HS512'])],
  ['aes-generated', secret('ENC', 'AES', ['AES'])],
  ['ecdsa-generated', onCurve('ecdsa', 'SIG', 'EC')],
  ['eddsa-generated', onCurve('eddsa', 'SIG', 'OKP')],
  ['ecdh-generated', onCurve('ecdh', 'ENC', 'EC')],
  [keyStoreProvider, stored],
])

/** Key providers that give keys. */
export const actingKeyProviders: readonly string[] = [...parsers.keys()]

/** @returns whether components of this provider give keys */
export function hasKeyParser(providerId: string): boolean {
  return parsers.has(providerId)
}

/**
 * @returns the key of a component, or null when its provider is not known
 * @throws Error when the configuration holds no usable key
 */
export function keyOfComponent(component: Component, places?: KeyPlaces): RealmKey | null {
  const parser = parsers.get(component.providerId)
  if (!parser) return null
  const enabled = member(component, 'enabled') !== 'false'
  const active = member(component, 'active') !== 'false'
  return {
    ...parser(component, places),
    componentId: component.id,
    providerPriority: Number(member(component, 'priority') ?? 0),
    status: !enabled ? 'DISABLED' : active ? 'ACTIVE' : 'PASSIVE',
  }
}
