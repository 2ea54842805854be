import { createSecureContext } from 'node:tls'
import { pkcs12Certificates, TrustStoreError } from './pkcs12-store.ts'
import type { MeshCredentials } from './tls-transport.ts'

/** A file of the operator: PKCS#12, or PEM. */
export interface StoreFile {
  /** For messages. */
  readonly path: string
  readonly content: Buffer
  readonly password: string | undefined
}

/** A key or trust store that cannot be used: stops the start with this one line. */
export class KeyStoreRefused extends Error {}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/

/**
 * Credentials from the operator's own stores (`cache-embedded-mtls-key-store-file`, `…-trust-store-file`) instead of
 * generated ones. Whoever the trust store vouches for is a node; certificates need not name one.
 * @throws KeyStoreRefused that names the file
 */
export function ownCredentials(keyStore: StoreFile, trustStore: StoreFile): MeshCredentials {
  const credentials: MeshCredentials = {
    ...keyOf(keyStore),
    ...(keyStore.password === undefined ? {} : { passphrase: keyStore.password }),
    ca: trustedOf(trustStore),
    namesNodes: false,
  }
  try {
    createSecureContext({ ...credentials, ca: [...credentials.ca] })
  } catch (error) {
    throw new KeyStoreRefused(`${keyStore.path} cannot be opened: ${reasonOf(error)}`)
  }
  return credentials
}

function keyOf({ path, content }: StoreFile): Pick<MeshCredentials, 'key' | 'cert' | 'pfx'> {
  if (!isPem(content)) return { pfx: content }
  const text = content.toString('utf8')
  const certificates = text.match(pemCertificate)
  const key = pemKey.exec(text)?.[0]
  if (certificates === null || key === undefined) {
    throw new KeyStoreRefused(`${path} needs a private key and its certificate`)
  }
  return { key, cert: certificates.join('\n') }
}

function trustedOf({ path, content, password }: StoreFile): string[] {
  try {
    const certificates = isPem(content)
      ? content.toString('utf8').match(pemCertificate)
      : pkcs12Certificates(content, password ?? '')
    if (certificates !== null && certificates.length > 0) return [...certificates]
  } catch (error) {
    if (!(error instanceof TrustStoreError)) throw error
    throw new KeyStoreRefused(`${path} cannot be opened: ${error.message}`)
  }
  throw new KeyStoreRefused(`${path} holds no certificate to trust`)
}

function isPem(content: Buffer): boolean {
  return content.subarray(0, 4_096).includes('-----BEGIN')
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (/mac verify failure/i.test(message)) return 'the password is wrong'
  return code === undefined ? message : `${message} (${code})`
}
