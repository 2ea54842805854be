/** The URI that a generated certificate carries as subject alternative name. */
export function nodeUri(cluster: string, node: string): string {
  return `holdfast://${encodeURIComponent(cluster)}/${encodeURIComponent(node)}`
}

/**
 * @param subjectAltName as Node prints it: `URI:holdfast://ISPN/…, DNS:…`
 * @returns the node that the certificate names within `cluster`, or null
 */
export function nodeNamedBy(subjectAltName: string | undefined, cluster: string): string | null {
  const prefix = `URI:${nodeUri(cluster, '')}`
  for (const name of (subjectAltName ?? '').split(/,\s*/)) {
    const unquoted = name.replace(/^URI:"(.*)"$/, 'URI:$1')
    if (unquoted.startsWith(prefix)) return decodeURIComponent(unquoted.slice(prefix.length))
  }
  return null
}
