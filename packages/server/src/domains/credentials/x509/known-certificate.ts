import type { X509Certificate } from 'node:crypto'

/** The certificate that a connection has shown, with those above it. */
export interface KnownCertificate {
  readonly certificate: X509Certificate
  /** Nearest first, each having signed the one before, as far as they are known. */
  readonly issuers: readonly X509Certificate[]
  /** Whether an authority, or the proxy that passes it on, vouches for it. */
  readonly trusted: boolean
  /** The last of the issuers is a root of this server's own trust store. */
  readonly anchored: boolean
}
