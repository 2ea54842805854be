import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import {
  type DerElement,
  derChildren,
  derContent,
  derEncoded,
  derInteger,
  derOid,
  derTag,
} from './der.ts'

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  secretBag: '1.2.840.113549.1.12.10.1.5',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
} as const

const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
}

/** What key derivation may cost; keytool uses 10,000 rounds. */
const iterationsMax = 1_000_000

/** The store is not one that can be read: wrong password, or an encryption of the last century. */
export class TrustStoreError extends Error {}

/**
 * The certificates of a PKCS#12 store (RFC 7292) without private keys, as `keytool -importcert` writes trust stores. The
 * platform's own reader wants a private key in it.
 * @param password of the store
 * @returns certificates in PEM
 * @throws TrustStoreError
 */
export function pkcs12Certificates(store: Buffer, password: string): string[] {
  return readStore(store, password, certificatesOf)
}

/**
 * The secrets of a PKCS#12 store by alias, as `keytool -importpass` writes them: Java puts each into a key that is encrypted
 * with the store's password.
 * @throws TrustStoreError
 */
export function pkcs12Secrets(store: Buffer, password: string): ReadonlyMap<string, string> {
  return new Map(readStore(store, password, (safe) => secretsOf(safe, password)))
}

/** One entry of a key store: a private key with its certificate, or a secret key. */
export interface Pkcs12Key {
  /** PKCS#8 in DER. */
  readonly privateKey: Buffer | undefined
  /** DER. */
  readonly certificate: Buffer | undefined
  readonly secretKey: Buffer | undefined
}

/**
 * @param passwords of the store and of the key in it; most writers use one for both
 * @returns the entry of this alias, whose case does not matter (as for Java); undefined where there is none
 * @throws TrustStoreError
 */
export function pkcs12Key(
  store: Buffer,
  alias: string,
  passwords: { readonly store: string; readonly key: string },
): Pkcs12Key | undefined {
  const bags = readStore(store, passwords.store, bagsOf)
  const named = bags.filter(({ name }) => name?.toLowerCase() === alias.toLowerCase())
  const key = named.find(({ type }) => type === oids.shroudedKeyBag || type === oids.keyBag)
  const secret = named.find(({ type }) => type === oids.secretBag)
  if (key === undefined && secret === undefined) return undefined
  try {
    return {
      privateKey: key && privateKeyIn(key, passwords.key),
      certificate: key && certificateBeside(key, bags),
      secretKey: secret && secretIn(secret.value, passwords.key),
    }
  } catch (error) {
    if (error instanceof TrustStoreError) throw error
    throw new TrustStoreError('the password of the key is wrong, or the key cannot be read')
  }
}

interface Bag {
  readonly type: string
  readonly value: DerElement | undefined
  readonly name: string | undefined
  readonly keyId: string | undefined
}

function bagsOf(safeContents: Buffer): Bag[] {
  if (safeContents.length === 0) return []
  return derChildren(onlyElement(safeContents), derTag.sequence).map((bag) => {
    const [type, value, attributes] = derChildren(bag, derTag.sequence)
    return {
      type: derOid(type),
      value,
      name: friendlyNameOf(attributes),
      keyId: attributeOf(attributes, oids.localKeyId)?.content.toString('hex'),
    }
  })
}

function privateKeyIn({ type, value }: Bag, password: string): Buffer {
  const [key] = derChildren(value, derTag.context0)
  if (type === oids.keyBag) return derEncoded(key)
  const [algorithm, ciphertext] = derChildren(key, derTag.sequence)
  return decrypt(derContent(ciphertext, derTag.octets), algorithm, password)
}

/** The certificate of the same key: by its local id, which writers give to both; else by the alias. */
function certificateBeside(key: Bag, bags: readonly Bag[]): Buffer | undefined {
  const certificates = bags.filter(({ type }) => type === oids.certificateBag)
  const found =
    certificates.find(({ keyId }) => keyId !== undefined && keyId === key.keyId) ??
    certificates.find(({ name }) => name !== undefined && name === key.name)
  return found && certificateIn(found.value)
}

function readStore<T>(store: Buffer, password: string, entriesOf: (safe: Buffer) => T[]): T[] {
  try {
    const [, authSafe] = derChildren(onlyElement(store), derTag.sequence)
    const safes = derChildren(onlyElement(dataOf(authSafe)), derTag.sequence)
    return safes.flatMap((safe) => entriesOf(plainSafe(safe, password)))
  } catch (error) {
    if (error instanceof TrustStoreError) throw error
    throw new TrustStoreError('it is no PKCS#12 store, or the password is wrong')
  }
}

function onlyElement(bytes: Buffer): DerElement {
  return { tag: bytes[0] ?? 0, content: derChildrenOf(bytes) }
}

/** Strips the outer tag and length, tolerating bytes behind. */
function derChildrenOf(bytes: Buffer): Buffer {
  const lengthOctet = bytes[1] ?? 0
  const octets = lengthOctet > 0x80 ? lengthOctet & 0x7f : 0
  const length = octets > 0 ? bytes.readUIntBE(2, octets) : lengthOctet
  return bytes.subarray(2 + octets, 2 + octets + length)
}

/** ContentInfo of type data: the octets inside. */
function dataOf(contentInfo: DerElement | undefined): Buffer {
  const [type, content] = derChildren(contentInfo, derTag.sequence)
  if (derOid(type) !== oids.data) throw new TrustStoreError('it is signed, which is not supported')
  return derContent(derChildren(content, derTag.context0)[0], derTag.octets)
}

function plainSafe(contentInfo: DerElement, password: string): Buffer {
  const [type, content] = derChildren(contentInfo, derTag.sequence)
  if (derOid(type) === oids.data) return dataOf(contentInfo)
  if (derOid(type) !== oids.encryptedData) return Buffer.alloc(0)
  const [, encrypted] = derChildren(derChildren(content, derTag.context0)[0], derTag.sequence)
  const [, algorithm, ciphertext] = derChildren(encrypted, derTag.sequence)
  // [0] IMPLICIT OCTET STRING, primitive.
  return decrypt(derContent(ciphertext, 0x80), algorithm, password)
}

/** PBES2 with PBKDF2 and AES (RFC 8018 §6.2). */
function decrypt(ciphertext: Buffer, algorithm: DerElement | undefined, password: string): Buffer {
  const [scheme, parameters] = derChildren(algorithm, derTag.sequence)
  if (derOid(scheme) !== oids.pbes2) {
    throw new TrustStoreError(
      'its encryption is outdated; convert it with keytool -importkeystore of a current JDK',
    )
  }
  const [derivation, encryption] = derChildren(parameters, derTag.sequence)
  const [, derivationParameters] = derChildren(derivation, derTag.sequence)
  const [salt, iterations, ...rest] = derChildren(derivationParameters, derTag.sequence)
  const prf = rest.find(({ tag }) => tag === derTag.sequence)
  const hash = prf === undefined ? 'sha1' : hashes[derOid(derChildren(prf, derTag.sequence)[0])]
  const [cipherOid, iv] = derChildren(encryption, derTag.sequence)
  const cipher = ciphers[derOid(cipherOid)]
  const rounds = derInteger(iterations)
  if (hash === undefined || cipher === undefined || rounds > iterationsMax) {
    throw new TrustStoreError('its encryption is not supported')
  }
  const key = pbkdf2Sync(password, derContent(salt, derTag.octets), rounds, cipher.keyBytes, hash)
  const decipher = createDecipheriv(cipher.name, key, derContent(iv, derTag.octets))
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

function certificatesOf(safeContents: Buffer): string[] {
  if (safeContents.length === 0) return []
  return derChildren(onlyElement(safeContents), derTag.sequence).flatMap((bag) => {
    const [type, value] = derChildren(bag, derTag.sequence)
    if (derOid(type) !== oids.certificateBag) return []
    const lines =
      certificateIn(value)
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    return [`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`]
  })
}

function certificateIn(value: DerElement | undefined): Buffer {
  const [, certificate] = derChildren(derChildren(value, derTag.context0)[0], derTag.sequence)
  return derContent(derChildren(certificate, derTag.context0)[0], derTag.octets)
}

function secretsOf(safeContents: Buffer, password: string): [alias: string, secret: string][] {
  if (safeContents.length === 0) return []
  return derChildren(onlyElement(safeContents), derTag.sequence).flatMap((bag) => {
    const [type, value, attributes] = derChildren(bag, derTag.sequence)
    const alias = friendlyNameOf(attributes)
    if (derOid(type) !== oids.secretBag || alias === undefined) return []
    const secret = secretIn(value, password)
    return secret === undefined ? [] : [[alias, secret.toString('utf8')]]
  })
}

/** What Java wraps into a key that is encrypted; undefined for secrets of other kinds. */
function secretIn(value: DerElement | undefined, password: string): Buffer | undefined {
  const [kind, wrapped] = derChildren(derChildren(value, derTag.context0)[0], derTag.sequence)
  if (derOid(kind) !== oids.shroudedKeyBag) return undefined
  const sealed = onlyElement(derContent(derChildren(wrapped, derTag.context0)[0], derTag.octets))
  const [algorithm, ciphertext] = derChildren(sealed, derTag.sequence)
  const key = decrypt(derContent(ciphertext, derTag.octets), algorithm, password)
  // PrivateKeyInfo (RFC 5208 §5): version, algorithm, the octets.
  const [, , secret] = derChildren(onlyElement(key), derTag.sequence)
  return derContent(secret, derTag.octets)
}

/** The alias, in UTF-16 big endian (BMPString). */
function friendlyNameOf(attributes: DerElement | undefined): string | undefined {
  const value = attributeOf(attributes, oids.friendlyName)
  if (value === undefined) return undefined
  return Buffer.from(derContent(value, derTag.bmpString)).swap16().toString('utf16le')
}

/** @returns the first value of an attribute of a bag */
function attributeOf(attributes: DerElement | undefined, wanted: string): DerElement | undefined {
  if (attributes === undefined) return undefined
  for (const attribute of derChildren(attributes, derTag.set)) {
    const [type, values] = derChildren(attribute, derTag.sequence)
    if (derOid(type) === wanted) return derChildren(values, derTag.set)[0]
  }
  return undefined
}
