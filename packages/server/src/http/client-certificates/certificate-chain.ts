import type { X509Certificate } from 'node:crypto'

/**
 * Finds the way from a certificate to an authority of the trust store, without asking about revocation.
 * @param authorities roots, and certificates between them and clients
 * @param lengthMax certificates above the client's
 * @param now milliseconds since the epoch
 * @returns those above it, the root last; null where there is no way
 */
export function issuersOf(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  lengthMax: number,
  now: number,
): X509Certificate[] | null {
  if (!isCurrent(certificate, now)) return null
  const issuers: X509Certificate[] = []
  for (let last = certificate; ; ) {
    const next = authorities.find((authority) => signed(authority, last, now))
    if (!next || issuers.length >= lengthMax) return null
    issuers.push(next)
    if (next.checkIssued(next)) return issuers
    last = next
  }
}

function signed(authority: X509Certificate, certificate: X509Certificate, now: number): boolean {
  return (
    authority.ca &&
    isCurrent(authority, now) &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  )
}

function isCurrent({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}
