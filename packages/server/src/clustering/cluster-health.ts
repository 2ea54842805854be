import type { PeerStatus } from '@holdfast/cluster'
import type { CheckResult, HealthCheck } from '../http/management/health-checks.ts'
import type { Clustering } from './clustering.ts'

/**
 * The state of this node in its cluster. It is down while the node may not act as a member: its lease has ended, it was
 * evicted, its event loop stalls, or its clock is a minute off. Members that it cannot reach are shown and change nothing,
 * for the database decides; otherwise a cut between two nodes would take both out of service.
 */
export function clusterHealth(clustering: Clustering): HealthCheck {
  return { name: 'Keycloak cluster health check', check: () => stateOf(clustering) }
}

function stateOf(clustering: Clustering): CheckResult {
  const { membership, mesh, settings, discovery, watchdog, clockSkew } = clustering
  const view = membership.view()
  const leaseValid = membership.leaseValid()
  const stalled = watchdog?.stalled() === true
  const data: Record<string, string | number> = {
    cluster: settings.cluster,
    node: settings.nodeName,
    view: `[${view.members[0]?.name ?? ''}|${view.id}]`,
    members: view.members.map(({ name }) => name).join(', '),
    size: view.members.length,
  }
  if (!leaseValid) data['lease'] = 'ended'
  if (stalled) data['eventLoop'] = 'stalled'
  if (clockSkew.excessive) data['clockSkewSeconds'] = Math.round(clockSkew.skewMs / 1_000)
  for (const peer of mesh.peers()) data[`peer ${peer.name}`] = describe(peer)
  const strangers = discovery?.strangers ?? []
  if (strangers.length > 0) data['notInView'] = strangers.join(', ')
  return { up: leaseValid && !stalled && !clockSkew.excessive, data }
}

function describe({ state, address, aliveThrough, lastError }: PeerStatus): string {
  if (state === 'reachable') return `reachable at ${address}`
  const through = aliveThrough === null ? '' : ', but another member reaches it'
  const error = lastError === null ? '' : ` (${lastError})`
  return `${state} at ${address}${error}${through}`
}
