import { lookup, resolveSrv, reverse } from 'node:dns/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import {
  type AuthorityStore,
  ClusterCredentials,
  type ClusterLogger,
  type Discovery,
  DnsDiscovery,
  formatAddress,
  isPrivateAddress,
  type MeshTransport,
  MulticastDiscovery,
  meshLimits,
  NetworkSettingRefused,
  ownCredentials,
  PlainTransport,
  parseInitialHosts,
  resolveBindAddress,
  StaticDiscovery,
  TlsTransport,
} from '@holdfast/cluster'
import type { Clock } from '../shared/clock.ts'
import type { NetworkSettings } from './cluster-settings.ts'
import { siblingSocket, sweepSockets } from './sweep-sockets.ts'

/** How long after a new certificate authority was published every node has re-read it. */
const settleMs = 180_000

export interface ClusterNetworkDeps {
  readonly network: NetworkSettings | null
  readonly cluster: string
  readonly nodeId: string
  /** Which worker of this machine it is, from 0: each listens on a port of its own. */
  readonly worker: number
  /** Workers of this machine; with `cache=local` they speak over Unix sockets if there are several. */
  readonly workers: number
  readonly authorities: AuthorityStore
  readonly clock: Clock
  readonly log: ClusterLogger
}

/** Where this node listens and how it speaks; `transport` is null for a node on its own. */
export interface ClusterNetwork {
  readonly transport: MeshTransport | null
  /** The address in the view; null for a node on its own. */
  readonly address: string | null
  /** The address for nodes behind address translation, when it differs. */
  readonly externalAddress: string | null
  /** Set when certificates are generated and rotated here. */
  readonly credentials: ClusterCredentials | null
  readonly discovery: Discovery | null
}

/**
 * Prepares the node's place in the network from its settings; listens on nothing yet.
 * @throws NetworkSettingRefused, KeyStoreRefused: the message names the setting
 */
export async function prepareNetwork(deps: ClusterNetworkDeps): Promise<ClusterNetwork> {
  const { network, workers } = deps
  if (network !== null) return tcpNetwork(deps, network)
  const alone = {
    transport: null,
    address: null,
    externalAddress: null,
    credentials: null,
    discovery: null,
  }
  if (workers <= 1) return alone
  const path = siblingSocket(tmpdir(), deps.nodeId)
  await sweepSockets(tmpdir(), deps.clock.now())
  const transport = new PlainTransport({ path }, meshLimits.inboundConnectionsMax)
  return { ...alone, transport, address: `unix:${path}` }
}

async function tcpNetwork(
  deps: ClusterNetworkDeps,
  network: NetworkSettings,
): Promise<ClusterNetwork> {
  const host = await bindHost(network)
  const port = network.bindPort + deps.worker
  const { protection } = network
  if (protection.kind === 'none' && !isPrivateAddress(host)) {
    throw new NetworkSettingRefused(
      `cache-embedded-mtls-enabled=false is allowed on private addresses only; ${host} is none`,
    )
  }
  const external = externalAddress(network, host, port, deps.worker)
  const address = formatAddress(advertisedHost(host, network), port)
  const credentials =
    protection.kind === 'generated'
      ? generatedCredentials(deps, protection.rotationIntervalDays)
      : null
  const made = await meshCredentials(deps, network, credentials)
  const connectionsMax = meshLimits.inboundConnectionsMax
  const transport =
    made === null
      ? new PlainTransport({ host, port }, connectionsMax)
      : new TlsTransport({
          cluster: deps.cluster,
          host,
          port,
          credentials: made,
          connectionsMax,
          handshakeTimeoutMs: meshLimits.helloDeadlineMs,
        })
  const discovery = await openDiscovery(deps, network, host, external ?? address)
  return { transport, address, externalAddress: external, credentials, discovery }
}

async function bindHost({ bindAddress, family }: NetworkSettings): Promise<string> {
  return resolveBindAddress(bindAddress, {
    addresses: presentAddresses(),
    namesOf: (address) => reverse(address).catch(() => []),
    addressesOf,
    first: family === 'ipv6' ? 'ipv6' : 'ipv4',
  })
}

function presentAddresses() {
  return Object.entries(networkInterfaces()).flatMap(([interfaceName, addresses]) =>
    (addresses ?? []).map(({ address }) => ({ interfaceName, address })),
  )
}

async function addressesOf(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

/** A node that listens on every address tells others one that they can reach. */
function advertisedHost(host: string, { family }: Pick<NetworkSettings, 'family'>): string {
  if (host !== '0.0.0.0' && host !== '::') return host
  const addresses = presentAddresses().map(({ address }) => address)
  const outward = addresses.filter((address) => !/^(127\.|::1$|fe80:)/i.test(address))
  const wanted = (address: string) => address.includes(':') === (family === 'ipv6')
  return outward.find(wanted) ?? outward[0] ?? '127.0.0.1'
}

function externalAddress(
  network: NetworkSettings,
  host: string,
  port: number,
  worker: number,
): string | null {
  const { externalAddress: address, externalPort } = network
  if (address === undefined && externalPort === undefined) return null
  const outside = externalPort === undefined ? port : externalPort + worker
  return formatAddress(address ?? advertisedHost(host, network), outside)
}

function generatedCredentials(deps: ClusterNetworkDeps, rotationIntervalDays: number) {
  const { cluster, authorities, log, clock } = deps
  return new ClusterCredentials({
    cluster,
    store: authorities,
    log,
    wallClock: () => clock.now(),
    now: () => clock.monotonic(),
    rotationIntervalDays,
    settleMs,
  })
}

async function meshCredentials(
  { nodeId }: ClusterNetworkDeps,
  { protection }: NetworkSettings,
  generated: ClusterCredentials | null,
) {
  if (protection.kind === 'own') return ownCredentials(protection.keyStore, protection.trustStore)
  return generated === null ? null : generated.open(nodeId)
}

async function openDiscovery(
  { cluster, nodeId, clock, log }: ClusterNetworkDeps,
  network: NetworkSettings,
  host: string,
  address: string,
): Promise<Discovery | null> {
  const { stack, dnsQuery, initialHosts, bindPort } = network
  if (stack.discovery === 'dns' && dnsQuery !== undefined) {
    return new DnsDiscovery(dnsQuery, bindPort, { addressesOf, resolveSrv })
  }
  if (stack.discovery === 'static') {
    return new StaticDiscovery(parseInitialHosts(initialHosts ?? '', bindPort), addressesOf)
  }
  if (stack.discovery !== 'multicast') return null
  const multicast = new MulticastDiscovery({
    cluster,
    node: nodeId,
    address,
    bindAddress: advertisedHost(host, network),
    group: network.multicastAddress,
    port: network.multicastPort,
    log,
    now: () => clock.monotonic(),
  })
  await multicast.open()
  return multicast
}
