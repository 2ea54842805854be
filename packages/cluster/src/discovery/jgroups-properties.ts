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
 * Reads Java system properties of the cluster network; the command line wins over `JAVA_OPTS_APPEND`, a later one over
 * an earlier one. Arguments that are no `-D` are left alone.
 * @throws NetworkSettingRefused for a port that is none
 */
export function parseJgroupsProperties(
  commandLine: readonly string[],
  javaOptsAppend: string | undefined,
): JgroupsProperties {
  const found: Record<string, string | number> = {}
  const ignored: string[] = []
  for (const argument of [...splitWords(javaOptsAppend ?? ''), ...commandLine]) {
    const match = /^-D(jgroups\.[\w.-]+)=(.*)$/s.exec(argument)
    if (match === null) continue
    const [, name, value] = match as unknown as [string, string, string]
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

/** Splits as a shell would: white space separates, quotes and backslashes keep together. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? []
  return words.map((word) =>
    word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_all, escaped, double, single) =>
      escaped !== undefined ? escaped : (double?.replace(/\\(.)/g, '$1') ?? single),
    ),
  )
}
