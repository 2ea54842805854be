import { createPrivateKey } from 'node:crypto'
import type { pki } from 'node-forge'
import { ModelError } from '../realms/model-error.ts'
import type { ClientCertificate } from './client-certificate.ts'

/** Rounds of the key derivation and the integrity check of a store that is written here. */
const rounds = 10_000
/** Largest store that is read; one with a key and its certificates has a few thousand bytes. */
const pkcs12BytesMax = 262_144

/** What opens a key store, and which entry of it is meant. */
interface Pkcs12Entry {
  readonly alias: string
  /** Of the store and of its key: PKCS#12 has one. */
  readonly password: string
}

/**
 * @param others further certificates: DER, base64
 * @returns a PKCS#12 store with the certificate and, where there is one, its key (RFC 7292; AES-256)
 */
export async function writtenPkcs12(
  { certificate, privateKey }: ClientCertificate,
  { alias, password }: Pkcs12Entry,
  others: readonly string[],
): Promise<Buffer> {
  const { default: forge } = await import('node-forge')
  const certificateOf = (base64: string): pki.Certificate =>
    forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.decode64(base64)))
  const key = privateKey
    ? forge.pki.privateKeyFromPem(
        createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs1' })
          .export({ format: 'pem', type: 'pkcs1' })
          .toString(),
      )
    : null
  const store = forge.pkcs12.toPkcs12Asn1(
    key as Parameters<typeof forge.pkcs12.toPkcs12Asn1>[0],
    [certificateOf(certificate), ...others.map(certificateOf)],
    password,
    { algorithm: 'aes256', friendlyName: alias, generateLocalKeyId: true, count: rounds },
  )
  return Buffer.from(forge.asn1.toDer(store).getBytes(), 'binary')
}

/**
 * Reads an entry of a PKCS#12 store.
 * @returns null where the store has no such entry
 * @throws ModelError `invalid` for what is no such store, or is not opened by the password
 */
export async function readPkcs12(
  store: Buffer,
  { alias, password }: Pkcs12Entry,
): Promise<ClientCertificate | null> {
  if (store.length > pkcs12BytesMax) throw unreadable()
  const { default: forge } = await import('node-forge')
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids
  try {
    const opened = forge.pkcs12.pkcs12FromAsn1(
      forge.asn1.fromDer(store.toString('binary')),
      password,
    )
    // Java writes aliases in lower case and looks them up in any.
    const bagsOf = (type: string | undefined) =>
      (opened.getBags({ bagType: type ?? '' })[type ?? ''] ?? []).filter((bag) =>
        ((bag.attributes?.['friendlyName'] ?? []) as string[]).some(
          (name) => name.toLowerCase() === alias.toLowerCase(),
        ),
      )
    const certificate = bagsOf(certBag)[0]?.cert
    if (!certificate) return null
    const key = [...bagsOf(pkcs8ShroudedKeyBag), ...bagsOf(keyBag)][0]?.key
    const base64 = (value: unknown) =>
      forge.util.encode64(
        forge.asn1.toDer(value as Parameters<typeof forge.asn1.toDer>[0]).getBytes(),
      )
    return {
      certificate: base64(forge.pki.certificateToAsn1(certificate)),
      privateKey: key ? base64(forge.pki.privateKeyToAsn1(key as pki.PrivateKey)) : undefined,
    }
  } catch {
    throw unreadable()
  }
}

function unreadable(): ModelError {
  return new ModelError('invalid', 'The key store cannot be read with this password')
}
