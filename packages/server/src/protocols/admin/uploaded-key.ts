import { X509Certificate } from 'node:crypto'
import { badRequest } from './admin-error.ts'

/** What an uploaded file of keys holds; one of the members. */
export interface UploadedKey {
  /** DER, base64. */
  readonly certificate?: string
  /** The content of its PEM. */
  readonly publicKey?: string
  /** As it was sent. */
  readonly jwks?: string
}

/**
 * @param format as consoles call it
 * @throws HttpError 400 for what holds no key or certificate
 */
export function uploadedKey(format: string, file: string): UploadedKey {
  if (format === 'Certificate PEM') return { certificate: certificateOf(file) }
  if (format === 'Public Key PEM') return { publicKey: pemContent(file) }
  if (format !== 'JSON Web Key Set') throw badRequest('Not supported keystore format')
  if (!hasKeys(file)) throw notFoundInStore()
  return { jwks: file }
}

/** A store, or another file, that holds nothing under that name. */
export const notFoundInStore = () =>
  badRequest(
    'certificate-not-found',
    'Certificate or key with given alias not found in the keystore',
  )

function hasKeys(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(keys) && keys.length > 0
  } catch {
    return false
  }
}

function certificateOf(pem: string): string {
  try {
    const text = pem.includes('-----BEGIN')
      ? pem
      : `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----`
    return new X509Certificate(text).raw.toString('base64')
  } catch {
    throw notFoundInStore()
  }
}

function pemContent(pem: string): string {
  const content = pem.replace(/-----(?:BEGIN|END)[^-]*-----/g, '').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+=*$/.test(content)) throw notFoundInStore()
  return content
}
