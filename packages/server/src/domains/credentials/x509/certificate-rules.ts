import type { X509Certificate } from 'node:crypto'
import { CertificateRefusal } from './certificate-refusal.ts'
import { type ParsedCertificate, parsedCertificate, x509Library } from './parsed-certificate.ts'
import type { X509Config } from './x509-config.ts'

/** Names of the bits of RFC 5280 §4.2.1.3, in their order. */
const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

/**
 * Checks what a realm wants of a certificate and of those above it, as far as no other server has to be asked.
 * @param now milliseconds since the epoch
 * @throws CertificateRefusal
 */
export async function requireUsableCertificate(
  certificate: X509Certificate,
  issuers: readonly X509Certificate[],
  config: X509Config,
  now: number,
): Promise<void> {
  if (config.checkValidity) {
    for (const one of [certificate, ...issuers]) requireCurrent(one, now)
  }
  const parsed = await parsedCertificate(certificate)
  await requireKeyUsage(parsed, config.keyUsage)
  await requireExtendedKeyUsage(parsed, config.extendedKeyUsage)
  await requirePolicies(parsed, config)
}

function requireCurrent({ validFrom, validTo, serialNumber }: X509Certificate, now: number): void {
  if (Date.parse(validFrom) > now) {
    throw new CertificateRefusal(`certificate ${serialNumber} is not valid yet`)
  }
  if (Date.parse(validTo) < now) {
    throw new CertificateRefusal(`certificate ${serialNumber} has expired`)
  }
}

/** As Keycloak, bits that are missing count only where the extension is critical. */
async function requireKeyUsage(
  parsed: ParsedCertificate,
  wanted: readonly string[],
): Promise<void> {
  const bits = wanted
    .map((name) => keyUsageBits.findIndex((bit) => bit.toLowerCase() === name.toLowerCase()))
    .filter((at) => at >= 0)
  if (bits.length === 0) return
  const { KeyUsagesExtension } = await x509Library()
  const extension = parsed.getExtension(KeyUsagesExtension)
  if (extension === null) {
    throw new CertificateRefusal('Key usage extension is expected, but unavailable.')
  }
  const missing = bits.find((at) => (extension.usages & (1 << at)) === 0)
  if (missing !== undefined && extension.critical) {
    throw new CertificateRefusal(`Key Usage bit '${keyUsageBits[missing]}' is not set.`)
  }
}

async function requireExtendedKeyUsage(
  parsed: ParsedCertificate,
  wanted: readonly string[],
): Promise<void> {
  if (wanted.length === 0) return
  const { ExtendedKeyUsageExtension } = await x509Library()
  const extension = parsed.getExtension(ExtendedKeyUsageExtension)
  if (extension === null) {
    throw new CertificateRefusal('Extended key usage extension is expected, but unavailable')
  }
  const usages = extension.usages.map(String)
  const missing = wanted.find((oid) => !usages.includes(oid))
  if (missing !== undefined && extension.critical) {
    throw new CertificateRefusal(`Extended Key Usage '${missing}' is missing.`)
  }
}

async function requirePolicies(
  parsed: ParsedCertificate,
  { policies, allPolicies }: X509Config,
): Promise<void> {
  if (policies.length === 0) return
  const { CertificatePolicyExtension } = await x509Library()
  const found = parsed.getExtension(CertificatePolicyExtension)?.policies ?? []
  const has = (policy: string) => found.includes(policy)
  if (allPolicies ? policies.every(has) : policies.some(has)) return
  throw new CertificateRefusal(
    `Certificate Policy check failed: found '${found.join(',')}', expected '${policies.join(',')}'.`,
  )
}
