import { X509Certificate } from 'node:crypto'

/** Longest certificate, or chain of them, that is looked at: characters of a header. */
const charactersMax = 49_152

/**
 * Reads a certificate as proxies write it into a header: PEM on one line or several, or base64 of DER, in quotes or not.
 * @returns undefined for anything else
 */
export function readCertificate(text: string): X509Certificate | undefined {
  return readCertificates(text)[0]
}

/**
 * Reads certificates that stand behind one another, as PEM blocks or as base64 of their DER.
 * @returns none where one of them cannot be read
 */
export function readCertificates(text: string): X509Certificate[] {
  if (text.length > charactersMax) return []
  const encoded = text
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .split('-----END CERTIFICATE-----')
    .map((block) => block.replace('-----BEGIN CERTIFICATE-----', '').replaceAll(/\s/g, ''))
    .filter((block) => block !== '')
  try {
    return encoded.flatMap((block) => {
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(block)) throw new Error('this is no base64')
      return inRow(Buffer.from(block, 'base64'))
    })
  } catch {
    return []
  }
}

/**
 * Reads a row of certificates in DER: each is as long as its parsed form, and the next begins after it.
 * @throws when something in it is none
 */
function inRow(bytes: Buffer): X509Certificate[] {
  const certificates: X509Certificate[] = []
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at)
    const certificate = new X509Certificate(rest)
    const { raw } = certificate
    if (!rest.subarray(0, raw.length).equals(raw)) throw new Error('this certificate is not DER')
    certificates.push(certificate)
    at += raw.length
  }
  return certificates
}
