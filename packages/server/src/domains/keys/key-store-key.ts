import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'
import {
  KeyStoreProblem,
  type NamedKey,
  type RealmKeyStores,
  unrecoverable,
} from '../../key-stores/realm-key-stores.ts'
import type { Component } from '../realms/realm.ts'
import type { RealmKey } from './realm-key.ts'
import { signatureAlgorithm } from './signature-algorithm.ts'

/** Provider of keys that lie in a store on disk. */
export const keyStoreProvider = 'java-keystore'

export type ParsedKey = Omit<RealmKey, 'componentId' | 'providerPriority' | 'status'>

interface KeyKind {
  readonly use: 'SIG' | 'ENC'
  readonly type: RealmKey['type']
  /** JOSE curve name that fits. */
  readonly curve?: string
}

const javaNames: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  ec: 'EC',
  ed25519: 'EdDSA',
  ed448: 'EdDSA',
}
const hmacBytesMin = 14

/** What a key for this algorithm has to be; undefined for algorithms that nothing here uses. */
function kindOf(algorithm: string): KeyKind | undefined {
  if (algorithm === 'AES') return { use: 'ENC', type: 'OCT' }
  if (algorithm === 'RSA-OAEP' || algorithm === 'RSA-OAEP-256') return { use: 'ENC', type: 'RSA' }
  if (/^ECDH-ES(\+A(128|192|256)KW)?$/.test(algorithm)) return { use: 'ENC', type: 'EC' }
  const known = signatureAlgorithm(algorithm)
  switch (known?.kind) {
    case 'rsa':
    case 'rsa-pss':
      return { use: 'SIG', type: 'RSA' }
    case 'ec':
      return {
        use: 'SIG',
        type: 'EC',
        ...(known.curve === undefined ? {} : { curve: known.curve }),
      }
    case 'eddsa':
      return { use: 'SIG', type: 'OKP' }
    case 'hmac':
      return { use: 'SIG', type: 'OCT' }
    default:
      return undefined
  }
}

/**
 * The key that a `java-keystore` component names: RSA, EC, Ed25519 and Ed448 keys with their certificate, HMAC and AES secrets.
 * Its id follows from component and key, so that another key under the same alias gets another id.
 * @throws KeyStoreProblem in Keycloak's words
 */
export function keyOfStore(
  { id, config }: Pick<Component, 'id' | 'config'>,
  realmName: string,
  stores: Pick<RealmKeyStores, 'key'>,
): ParsedKey {
  const member = (name: string) => config[name]?.[0]
  const algorithm = member('algorithm') || 'RS256'
  const kind = kindOf(algorithm)
  if (kind === undefined) {
    throw new KeyStoreProblem(
      `Failed to load keys. Keys for algorithm ${algorithm} are not supported.`,
    )
  }
  const use = member('keyUse') || 'sig'
  if (use.toUpperCase() !== kind.use)
    throw unrecoverable(`Invalid use ${use} for algorithm ${algorithm}.`)
  const named: NamedKey = {
    file: member('keystore') ?? '',
    type: member('keystoreType'),
    alias: member('keyAlias') ?? '',
    password: member('keystorePassword') ?? '',
    keyPassword: member('keyPassword') ?? '',
  }
  const { privateKey, secretKey, certificate } = stores.key(realmName, named)
  const refuse = (found: string) =>
    new KeyStoreProblem(
      `Failed to load keys. Algorithm not available on server. Invalid ${algorithm} key for alias ${named.alias}. Algorithm is ${found}.`,
    )
  if (kind.type === 'OCT') {
    if (secretKey === undefined) throw refuse('none of a secret')
    requireSecretSize(algorithm, secretKey, refuse)
    const kid = createHmac('sha256', secretKey).update(id).digest('base64url')
    return {
      kid,
      ...kind,
      algorithm,
      publicKey: null,
      privateKey: createSecretKey(secretKey),
      certificate: null,
    }
  }
  if (privateKey === undefined) throw refuse('none of a key pair')
  const pair = privateKeyOf(privateKey, kind, refuse)
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' })
  const kid = createHash('sha256').update(`${id} `).update(spki).digest('base64url')
  return { kid, ...kind, algorithm, ...pair, certificate: certificate?.toString('base64') ?? null }
}

/** RFC 7518 §3.2 wants as many bits as the hash has; Keycloak's own stores have at least 112, what FIPS allows. */
function requireSecretSize(
  algorithm: string,
  secret: Buffer,
  refuse: (found: string) => Error,
): void {
  const fits =
    algorithm === 'AES' ? [16, 24, 32].includes(secret.length) : secret.length >= hmacBytesMin
  if (!fits) throw refuse(`a secret of ${secret.length} bytes`)
}

function privateKeyOf(
  pkcs8: Buffer,
  { type, curve }: KeyKind,
  refuse: (found: string) => Error,
): { publicKey: KeyObject; privateKey: KeyObject } {
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  } catch {
    throw refuse('not known')
  }
  const found =
    javaNames[privateKey.asymmetricKeyType ?? ''] ?? String(privateKey.asymmetricKeyType)
  if (found !== (type === 'OKP' ? 'EdDSA' : type)) throw refuse(found)
  const publicKey = createPublicKey(privateKey)
  const own = publicKey.export({ format: 'jwk' }).crv
  if (curve !== undefined && own !== curve) throw refuse(`EC on ${own}`)
  return { publicKey, privateKey }
}
