import { randomBytes, webcrypto } from 'node:crypto'
import { nodeUri } from './node-identity.ts'
import type { MeshCredentials } from './tls-transport.ts'

const dayMs = 86_400_000
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** Certificates count from a little earlier, for nodes whose clocks differ. */
const clockSkewMs = 600_000

/** A certificate authority of the cluster as it is stored; the private key is sealed by the store. */
export interface ClusterAuthority {
  readonly id: string
  /**
   * `next`: published, trusted, signs nothing yet · `current`: signs the nodes' certificates · `previous`: still trusted.
   */
  readonly kind: 'next' | 'current' | 'previous'
  readonly certificate: string
  readonly privateKey: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly expiresAt: number
}

/**
 * Loads the X.509 library when it is first needed: a node without TLS between nodes does without its start-up cost.
 */
async function x509() {
  await import('reflect-metadata')
  const library = await import('@peculiar/x509')
  library.cryptoProvider.set(webcrypto)
  return library
}

/**
 * Makes a self-signed authority for the cluster: ECDSA P-256.
 * @param now milliseconds since the epoch
 * @param validDays twice the rotation interval, so that two generations overlap
 */
export async function createAuthority(
  cluster: string,
  kind: ClusterAuthority['kind'],
  now: number,
  validDays: number,
): Promise<ClusterAuthority> {
  const library = await x509()
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const id = randomBytes(16).toString('hex')
  const expiresAt = now + validDays * dayMs
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`Holdfast cluster ${cluster}`] }, { OU: [id] }],
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(expiresAt),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new library.BasicConstraintsExtension(true, 0, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.keyCertSign, true),
      await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const privateKey = await exportPrivateKey(keys.privateKey)
  const pem = certificate.toString('pem')
  return { id, kind, certificate: pem, privateKey, createdAt: now, expiresAt }
}

/**
 * Issues this node's own certificate, whose key never leaves its memory.
 * @param trusted every authority whose nodes are accepted, the signing one included
 */
export async function issueNodeCredentials(
  cluster: string,
  node: string,
  signer: ClusterAuthority,
  trusted: readonly ClusterAuthority[],
  now: number,
): Promise<MeshCredentials> {
  const library = await x509()
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const authority = new library.X509Certificate(signer.certificate)
  const certificate = await library.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [node] }],
    issuer: authority.subject,
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(signer.expiresAt),
    signingAlgorithm: keyAlgorithm,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(signer.privateKey),
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
      new library.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']),
      new library.SubjectAlternativeNameExtension([
        { type: 'url', value: nodeUri(cluster, node) },
        { type: 'dns', value: `${node}.holdfast.internal` },
      ]),
      await library.AuthorityKeyIdentifierExtension.create(authority),
    ],
  })
  return {
    key: await exportPrivateKey(keys.privateKey),
    cert: certificate.toString('pem'),
    ca: trusted.map((each) => each.certificate),
    namesNodes: true,
  }
}

function serialNumber(): string {
  // Positive and without a leading zero byte, as RFC 5280 §4.1.2.2 wants it.
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40
  return bytes.toString('hex')
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  const lines = der.match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}

async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign'])
}
