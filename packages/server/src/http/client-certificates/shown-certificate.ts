import { createHash, type X509Certificate } from 'node:crypto'

/** The certificate that a client has shown in its handshake, with this server or with a proxy that passes it on. */
export interface ShownCertificate {
  /** The client's own, whose key it has proved to hold. */
  readonly certificate: X509Certificate
  /** Those above it, nearest first, as far as they were sent. */
  readonly issuers: readonly X509Certificate[]
  /** Whether an authority of the trust store, or the proxy, vouches for it; false for a self-signed one. */
  readonly trusted: boolean
  /** SHA-256 of the certificate, base64url: `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string
}

/** A certificate with those above it. */
export interface KnownCertificate {
  readonly certificate: X509Certificate
  /** Nearest first, each having signed the one before, as far as they are known. */
  readonly issuers: readonly X509Certificate[]
  /** As of ShownCertificate. */
  readonly trusted: boolean
  /** The last of the issuers is a root of this server's own trust store. */
  readonly anchored: boolean
}

/** @returns undefined for a chain without a certificate */
export function shownCertificate(
  chain: readonly X509Certificate[],
  trusted: boolean,
): ShownCertificate | undefined {
  const [certificate, ...issuers] = chain
  if (certificate === undefined) return undefined
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
  return { certificate, issuers, trusted, thumbprint }
}
