import type { CertificateLookup } from './certificate-lookup.ts'
import { onlyHeader } from './certificate-lookup.ts'
import { readCertificates } from './certificate-text.ts'

/**
 * Envoy's `x-forwarded-client-cert`: `By=…;Hash=…;Subject="…";Cert="…";Chain="…"`, values percent-encoded. More than one
 * element means that some other hop added its own: whose certificate that is nobody can say.
 */
export const forwardedClientCertificates: CertificateLookup = (request, { chainLength }) => {
  const header = onlyHeader(request, 'x-forwarded-client-cert')
  const pairs = header === undefined ? undefined : pairsOf(header)
  const text = pairs?.get('chain') ?? pairs?.get('cert')
  if (text === undefined) return []
  try {
    return readCertificates(decodeURIComponent(text)).slice(0, chainLength + 1)
  } catch {
    return []
  }
}

/** @returns undefined for several elements, for a key that comes twice, and for what is no such header */
function pairsOf(header: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>()
  const pattern = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,"]*))(;|,|$)/y
  while (pattern.lastIndex < header.length) {
    const [, name = '', quoted, bare = '', end] = pattern.exec(header) ?? []
    const key = name.toLowerCase()
    if (key === '' || end === ',') return undefined
    // Several names of the client's certificate are sent as several pairs.
    if (pairs.has(key) && (key === 'cert' || key === 'chain')) return undefined
    pairs.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? bare)
  }
  return pairs
}
