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
  const parts = encoded.flatMap((block) => {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(block)) return [Buffer.alloc(0)]
    return splitDer(Buffer.from(block, 'base64'))
  })
  try {
    return parts.map((part) => new X509Certificate(part))
  } catch {
    return []
  }
}

/** Cuts a row of DER sequences into its members; what does not fit stays whole, and is then no certificate. */
function splitDer(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const length = sequenceLength(rest)
    parts.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
  return parts
}

/** Bytes of the DER sequence at the beginning, its header included. */
function sequenceLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0
  if (bytes[0] !== 0x30 || first === 0x80 || first > 0x83) return bytes.length
  if (first < 0x80) return Math.min(bytes.length, first + 2)
  const size = first - 0x80
  if (bytes.length < 2 + size) return bytes.length
  return Math.min(bytes.length, bytes.readUIntBE(2, size) + 2 + size)
}
