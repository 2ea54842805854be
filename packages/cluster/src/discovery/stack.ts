import { NetworkSettingRefused } from './discovery.ts'

/** How a stack finds addresses; data always travels over TCP. */
export type DiscoveryMethod = 'database' | 'dns' | 'static' | 'multicast'

/** A transport stack as it is carried out here. */
export interface Stack {
  readonly name: string
  readonly discovery: DiscoveryMethod
  /** Whether Keycloak allows `cache-embedded-mtls-enabled` with it. */
  readonly tls: boolean
  /** What differs from Keycloak's stack of this name, for one warning at the start. */
  readonly deviation?: string
  /** Of a custom stack: values that the XML gives. */
  readonly dnsQuery?: string
  readonly initialHosts?: string
  readonly multicastAddress?: string
  readonly multicastPort?: number
}

const viaDatabase = 'addresses come from the database instead, as with jdbc-ping'
const dataOverTcp = 'data travels over TCP'

const builtIn: readonly Stack[] = [
  { name: 'jdbc-ping', discovery: 'database', tls: true },
  { name: 'jdbc-ping-udp', discovery: 'database', tls: true, deviation: dataOverTcp },
  { name: 'kubernetes', discovery: 'dns', tls: true },
  { name: 'tcp', discovery: 'multicast', tls: true },
  { name: 'udp', discovery: 'multicast', tls: true, deviation: dataOverTcp },
  { name: 'ec2', discovery: 'database', tls: true, deviation: viaDatabase },
  { name: 'azure', discovery: 'database', tls: true, deviation: viaDatabase },
  { name: 'google', discovery: 'database', tls: true, deviation: viaDatabase },
]

/**
 * @param name `cache-stack`; undefined for the default, jdbc-ping
 * @param custom stacks of the cache configuration file
 * @throws NetworkSettingRefused for a name that neither knows
 */
export function stackNamed(name: string | undefined, custom: readonly Stack[]): Stack {
  const wanted = name ?? 'jdbc-ping'
  const stack = [...custom, ...builtIn].find((each) => each.name === wanted)
  if (stack !== undefined) return stack
  const known = [...builtIn, ...custom].map((each) => each.name).join(', ')
  throw new NetworkSettingRefused(`cache-stack=${wanted} is not known; known are ${known}`)
}
