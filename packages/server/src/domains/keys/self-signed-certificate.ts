import { type KeyObject, randomBytes, webcrypto } from 'node:crypto'

/** As long as the certificates that Keycloak makes for its keys. */
const certificateYears = 10
const serialBytes = 16

/** What Web Crypto calls the algorithms that certify themselves here. */
const rsaAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const ecAlgorithm = (namedCurve: string) => ({ name: 'ECDSA', namedCurve, hash: 'SHA-256' })

/**
 * A certificate that a key signs for itself, as SAML and `x5c` show it.
 * @param commonName the realm's name
 * @param curve JOSE name of the curve; absent for RSA keys
 * @returns DER, base64 without line breaks
 */
export async function selfSignedCertificate(
  commonName: string,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  curve?: string,
): Promise<string> {
  // Loaded where a certificate is made, which is rare: the library is large and wants its polyfill first.
  await import('reflect-metadata')
  const { cryptoProvider, X509CertificateGenerator } = await import('@peculiar/x509')
  cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[1])
  const algorithm = curve === undefined ? rsaAlgorithm : ecAlgorithm(curve)
  const { subtle } = webcrypto
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const keys = {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
  }
  const notBefore = new Date()
  const notAfter = new Date(notBefore)
  notAfter.setFullYear(notAfter.getFullYear() + certificateYears)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: positiveSerial(),
    name: [{ CN: [commonName] }],
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  })
  return Buffer.from(certificate.rawData).toString('base64')
}

/** The first half byte is zero, so that the number is not negative (RFC 5280 §4.1.2.2). */
function positiveSerial(): string {
  return randomBytes(serialBytes).toString('hex').replace(/^./, '0')
}
