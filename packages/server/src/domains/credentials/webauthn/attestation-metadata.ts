import { X509Certificate } from 'node:crypto'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import { leadsTo } from './certificate-path.ts'

/** What the makers of authenticators have told the FIDO Alliance. */
export interface AttestationMetadata {
  /** Who vouches for a model, by AAGUID. */
  readonly roots: ReadonlyMap<string, readonly X509Certificate[]>
  /** Who vouches for keys that have no AAGUID (U2F). */
  readonly rootsOfKeys: readonly X509Certificate[]
  /** AAGUIDs of models that nobody should believe any more. */
  readonly revoked: ReadonlySet<string>
}

/** States after which a model is believed no more (FIDO Metadata Service §3.1.4). */
const lost = new Set([
  'REVOKED',
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
])

const blobShape = z.object({
  entries: z.array(
    z.object({
      aaguid: z.string().optional(),
      metadataStatement: z
        .object({ attestationRootCertificates: z.array(z.string()).default([]) })
        .optional(),
      statusReports: z.array(z.object({ status: z.string() })).default([]),
    }),
  ),
})

/**
 * @param blob a signed token (FIDO Metadata Service §3.2), as the service gives it out
 * @param roots that its signer may lead to, beside the service's own
 * @param now milliseconds since the epoch
 * @throws Error where it is not signed by somebody who is trusted, or is no such blob
 */
export async function readMetadata(
  blob: string,
  roots: readonly X509Certificate[],
  now: number,
): Promise<AttestationMetadata> {
  const text = blob.trim()
  const chain = decodeProtectedHeader(text).x5c?.map(certificateOf) ?? []
  const [signer] = chain
  const service = await rootsOfService()
  if (signer === undefined || !leadsTo([...roots, ...service], chain, now)) {
    throw new Error('the metadata of authenticators are signed by nobody who is trusted')
  }
  const { payload } = await compactVerify(text, signer.publicKey)
  const { entries } = blobShape.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
  const byModel = new Map<string, X509Certificate[]>()
  const rootsOfKeys: X509Certificate[] = []
  const revoked = new Set<string>()
  for (const { aaguid, metadataStatement, statusReports } of entries) {
    const own = metadataStatement?.attestationRootCertificates.map(certificateOf) ?? []
    if (aaguid === undefined) rootsOfKeys.push(...own)
    else {
      byModel.set(aaguid.toLowerCase(), own)
      if (statusReports.some(({ status }) => lost.has(status))) revoked.add(aaguid.toLowerCase())
    }
  }
  return { roots: byModel, rootsOfKeys, revoked }
}

async function rootsOfService(): Promise<X509Certificate[]> {
  const { SettingsService } = await import('@simplewebauthn/server')
  const certificates = SettingsService.getRootCertificates({ identifier: 'mds' })
  return certificates.map((pem) => new X509Certificate(pem))
}

function certificateOf(base64: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64, 'base64'))
}
