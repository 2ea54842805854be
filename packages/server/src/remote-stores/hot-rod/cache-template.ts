import type { RemoteCacheName } from '../remote-connection.ts'

/**
 * XML of a cache that is made where there is none: two owners, synchronous, refused on the smaller side of a split. Sites are
 * sent to synchronously and under pessimistic locks, as Keycloak has it.
 */
export function cacheTemplate(name: RemoteCacheName, sites: readonly string[]): string {
  const backups = sites.map(
    (site) => `<backup site="${escaped(site)}" strategy="SYNC" failure-policy="FAIL"/>`,
  )
  const ofSites =
    sites.length === 0
      ? ''
      : `<transaction mode="NON_XA" locking="PESSIMISTIC"/><backups>${backups.join('')}</backups>`
  return `<distributed-cache name="${name}" mode="SYNC" owners="2" statistics="true">
  <encoding media-type="application/octet-stream"/>
  <partition-handling when-split="DENY_READ_WRITES"/>
  <state-transfer chunk-size="16"/>${ofSites}
</distributed-cache>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
