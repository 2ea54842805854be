import type { GaugeOf } from './cluster-gauge.ts'
import type { Clustering } from './clustering.ts'
import type { MeshMeasures } from './node-mesh.ts'

type Traffic = MeshMeasures['traffic']

/**
 * What Keycloak's dashboards show of JGroups, as far as it means something here: what the connections between nodes carry,
 * who is suspected, who was refused. Names and units are those of Keycloak 26; the port is a TCP port of the mesh, whatever
 * the stack. Absent with `cache=local`, as there.
 */
export function registerMeshMetrics(
  { settings, membership, mesh, network }: Clustering,
  gauge: GaugeOf,
): void {
  if (mesh.measured() === null) return
  const labels = { cluster: settings.cluster }
  const one = (name: string, help: string, read: () => number) =>
    gauge(`vendor_jgroups_${name}`, help, ['cluster'], () => [[labels, read()]])
  const traffic = (name: string, help: string, read: (traffic: Traffic) => number) =>
    one(`tcp_get_num_${name}`, help, () => {
      const measured = mesh.measured()
      return measured === null ? 0 : read(measured.traffic)
    })
  registerTraffic(traffic)
  one('tcp_get_open_connections', 'Connections to and from members', () => {
    return mesh.measured()?.openConnections ?? 0
  })
  const { counters } = mesh
  one(
    'tcp_get_different_cluster_messages',
    'Connections refused because they are of another cluster',
    () => counters.otherClusters,
  )
  one(
    'tcp_get_different_version_messages',
    'Connections refused for want of a message version in common',
    () => counters.otherVersions,
  )
  one(
    'red_get_dropped_messages',
    'Messages to all that were not sent: their receiver is away or too slow',
    () => counters.droppedCasts,
  )
  one('fd_sock2_get_actual_bind_port', 'Port of the mesh, which also detects failures', () =>
    Number(/:(\d+)$/.exec(network.address ?? '')?.[1] ?? 0),
  )
  one('fd_sock2_get_num_suspected_members', 'Members that do not answer probes', () => {
    const inView = new Set(membership.view().members.map(({ id }) => id))
    return mesh
      .peers()
      .filter(({ id, state }) => inView.has(id) && (state === 'suspect' || state === 'unreachable'))
      .length
  })
  one('merge3_get_num_merge_events', 'Always 0: views never have to be merged', () => 0)
}

type TrafficGauge = (name: string, help: string, read: (traffic: Traffic) => number) => unknown

/** Unicasts are requests and answers, multicasts are hints to all; Keycloak names both twice. */
function registerTraffic(traffic: TrafficGauge): void {
  traffic('msgs_sent', 'Messages sent', (t) => t.unicastMessagesSent + t.castMessagesSent)
  traffic(
    'msgs_received',
    'Messages received',
    (t) => t.unicastMessagesReceived + t.castMessagesReceived,
  )
  traffic('bytes_sent', 'Bytes sent', (t) => t.unicastBytesSent + t.castBytesSent)
  traffic('bytes_received', 'Bytes received', (t) => t.unicastBytesReceived + t.castBytesReceived)
  for (const name of ['ucasts', 'ucast_msgs']) {
    traffic(`${name}_sent`, 'Requests and answers sent', (t) => t.unicastMessagesSent)
    traffic(`${name}_received`, 'Requests and answers received', (t) => t.unicastMessagesReceived)
  }
  traffic('ucast_bytes_sent', 'Bytes of requests and answers', (t) => t.unicastBytesSent)
  traffic('ucast_bytes_received', 'Bytes of requests and answers', (t) => t.unicastBytesReceived)
  for (const name of ['mcasts', 'mcast_msgs']) {
    traffic(`${name}_sent`, 'Hints sent, once per member', (t) => t.castMessagesSent)
    traffic(`${name}_received`, 'Hints received', (t) => t.castMessagesReceived)
  }
  traffic('mcast_bytes_sent', 'Bytes of hints', (t) => t.castBytesSent)
  traffic('mcast_bytes_received', 'Bytes of hints', (t) => t.castBytesReceived)
}
