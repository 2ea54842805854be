import { NetworkSettingRefused } from './discovery.ts'

/** What operators set with `-Djgroups.…`, on the command line or in `JAVA_OPTS_APPEND`. */
export interface JgroupsProperties {
  readonly bindAddress?: string
  readonly bindPort?: number
  readonly externalAddress?: string
  readonly externalPort?: number
  readonly dnsQuery?: string
  readonly multicastAddress?: string
  readonly multicastPort?: number
  /** `host[port],host[port]` of the static list. */
  readonly initialHosts?: string
  /** Properties named `jgroups.…` that have no effect here; worth a warning each. */
  readonly ignored: readonly string[]
}

const names = {
  'jgroups.bind.address': 'bindAddress',
  'jgroups.bind_addr': 'bindAddress',
  'jgroups.bind.port': 'bindPort',
  'jgroups.external_addr': 'externalAddress',
  'jgroups.external_port': 'externalPort',
  'jgroups.dns.query': 'dnsQuery',
  'jgroups.mcast_addr': 'multicastAddress',
  'jgroups.mcast_port': 'multicastPort',
  'jgroups.tcpping.initial_hosts': 'initialHosts',
} as const

const ports: readonly string[] = ['bindPort', 'externalPort', 'multicastPort']

/**
 * Reads the cluster network's settings from Java system properties (`-Djgroups.…`).
 * @throws NetworkSettingRefused for a port that is none
 */
export function jgroupsProperties(properties: ReadonlyMap<string, string>): JgroupsProperties {
  const found: Record<string, string | number> = {}
  const ignored: string[] = []
  for (const [name, value] of properties) {
    if (!name.startsWith('jgroups.')) continue
    const key = (names as Record<string, string>)[name]
    if (key === undefined) ignored.push(name)
    else found[key] = ports.includes(key) ? portOf(name, value) : value
  }
  return { ...found, ignored }
}

function portOf(name: string, value: string): number {
  const port = Number(value)
  if (/^\d{1,5}$/.test(value) && port > 0 && port <= 65_535) return port
  throw new NetworkSettingRefused(`-D${name}=${value} is no port; give a number from 1 to 65535`)
}
