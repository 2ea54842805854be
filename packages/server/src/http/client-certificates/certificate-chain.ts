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

/** Certificates above a client's that are looked at. */
const issuersMax = 10

/**
 * Goes up from a certificate as far as what is known leads: certificates of the own trust store count before those that were
 * sent.
 * @returns those above it, and whether a root of the trust store is the last of them
 */
export function knownIssuers(
  certificate: X509Certificate,
  {
    own,
    sent,
    now,
  }: {
    readonly own: readonly X509Certificate[]
    readonly sent: readonly X509Certificate[]
    readonly now: number
  },
): { readonly issuers: X509Certificate[]; readonly anchored: boolean } {
  const issuers: X509Certificate[] = []
  let last = certificate
  while (issuers.length < issuersMax) {
    const next = [...own, ...sent].find((authority) => signed(authority, last, now))
    if (next === undefined) break
    issuers.push(next)
    if (next.checkIssued(next)) return { issuers, anchored: own.includes(next) }
    last = next
  }
  return { issuers, anchored: false }
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
