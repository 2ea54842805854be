import type { Clustering } from './clustering.ts'

/**
 * What the admin console shows under "Provider info" for `connectionsInfinispan`: size and members of the view, how each
 * member looks from this node, and every cache. Keys are Keycloak's where it has them.
 */
export function operationalReport(clustering: Clustering): Readonly<Record<string, string>> {
  const { membership, mesh, settings, log } = clustering
  const view = membership.view()
  const report: Record<string, string> = {
    product: 'Holdfast',
    version: membership.self.version,
    clusterName: settings.cluster,
    nodeName: settings.nodeName,
    clusterSize: String(view.members.length),
    view: `[${view.members[0]?.name ?? ''}|${view.id}] [${view.members.map(({ name }) => name).join(', ')}]`,
  }
  for (const { name, state, address } of mesh.peers())
    report[`member:${name}`] = `${state} at ${address}`
  // A cache answers from memory only while the log is fresh, whatever its cache holds.
  const health = log.fresh() && membership.leaseValid() ? 'HEALTHY' : 'DEGRADED'
  for (const { name } of settings.caches) report[`${name}:Cache`] = health
  return report
}
