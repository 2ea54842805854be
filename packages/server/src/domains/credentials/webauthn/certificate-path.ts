import type { X509Certificate } from 'node:crypto'

/** Certificates of a path. */
const lengthMax = 10

/**
 * @param roots that are trusted; a certificate that is one of them leads to itself
 * @param chain as it was sent: the first is the one to be believed, the others may stand between it and a root
 * @param now milliseconds since the epoch, at which all of them have to be valid
 * @returns whether signatures lead from the first to one of the roots (RFC 5280 §6, without revocation)
 */
export function leadsTo(
  roots: readonly X509Certificate[],
  chain: readonly X509Certificate[],
  now: number,
): boolean {
  const current = roots.filter((root) => isCurrent(root, now))
  const [first, ...between] = chain
  let last = first
  for (let length = 0; last !== undefined && length < lengthMax; length += 1) {
    const certificate = last
    if (!isCurrent(certificate, now)) return false
    const same = ({ fingerprint256 }: X509Certificate) =>
      fingerprint256 === certificate.fingerprint256
    if (current.some((root) => same(root) || hasSigned(root, certificate))) return true
    last = between.find((one) => one.ca && !same(one) && hasSigned(one, certificate))
  }
  return false
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

function isCurrent({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}
