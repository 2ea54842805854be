import { pkcs12Certificates, TrustStoreError } from '@holdfast/cluster'
import { isPem, outdatedKind, pemCertificates } from './store-content.ts'

/**
 * @param content of a trust store: PEM, or PKCS#12 (also as keytool writes it, without a private key)
 * @returns its certificates in PEM
 * @throws TrustStoreError that says why it cannot be read
 */
export function trustedCertificates(content: Buffer, password: string | undefined): string[] {
  const outdated = outdatedKind(content)
  if (outdated !== undefined) throw new TrustStoreError(outdated)
  const certificates = isPem(content)
    ? pemCertificates(content)
    : pkcs12Certificates(content, password ?? '')
  if (certificates.length === 0) throw new TrustStoreError('it holds no certificate to trust')
  return certificates
}
