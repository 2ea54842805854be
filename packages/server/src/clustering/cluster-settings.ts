import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import {
  type CacheFile,
  type CacheSettings,
  cacheDefaults,
  effectiveCaches,
  type JgroupsProperties,
  jgroupsProperties,
  multicastDefaults,
  parseCacheFile,
  type Stack,
  type StoreFile,
  stackNamed,
} from '@holdfast/cluster'
import { type AddressFamily, addressFamily } from '../config/address-family.ts'
import { featureChoice } from '../config/feature-choice.ts'
import { SettingError } from '../config/setting-error.ts'
import type { SettingValues } from '../config/setting-values.ts'
import type { WorkerSlot } from '../config/sources.ts'

/** How the traffic between nodes is protected. */
export type MeshProtection =
  | { readonly kind: 'generated'; readonly rotationIntervalDays: number }
  | { readonly kind: 'own'; readonly keyStore: StoreFile; readonly trustStore: StoreFile }
  | { readonly kind: 'none' }

/** Where this node listens, and where others find it. */
export interface NetworkSettings {
  /** A keyword or an address; undefined = site-local, or what there is. */
  readonly bindAddress: string | undefined
  /** Which addresses of this machine are taken first. */
  readonly family: AddressFamily
  readonly bindPort: number
  readonly externalAddress: string | undefined
  readonly externalPort: number | undefined
  readonly stack: Stack
  readonly dnsQuery: string | undefined
  readonly initialHosts: string | undefined
  readonly multicastAddress: string
  readonly multicastPort: number
  readonly protection: MeshProtection
}

/** Everything of `cache-…` and `-Djgroups.…`, checked. */
export interface ClusterSettings {
  /** Nodes of one name on one database form a cluster. */
  readonly cluster: string
  readonly nodeName: string
  /** What cookies name as this machine's node; undefined = they name none. */
  readonly route: string | undefined
  /** Null with `cache=local`: this node listens on no cluster port. */
  readonly network: NetworkSettings | null
  readonly site: string | null
  readonly rack: string | null
  /** The host unless set: copies go to another machine where there is one, not to a sibling worker. */
  readonly machine: string | null
  readonly caches: readonly CacheSettings[]
  /** Whether userinfo and introspection may be answered from owners' copies of sessions. */
  readonly sessionCopies: boolean
  readonly histograms: boolean
  readonly warnings: readonly string[]
}

/** @returns the label `cache_manager` of Keycloak's metrics */
export function cacheContainerOf({ network }: ClusterSettings): string {
  return network === null ? 'DefaultCacheManager' : 'keycloak'
}

const bindPortDefault = 7_800
const spiPrefix = 'spi-cache-embedded--default--'
const attachRoute = ['infinispan', 'remote'].map(
  (id) => `spi-sticky-session-encoder--${id}--should-attach-route`,
)
const useCaches = 'spi-user-sessions--infinispan--use-caches'

/**
 * @param home directory that `conf/` is in
 * @throws SettingError, or an error of the cluster package, whose message names the setting and the mend
 */
export async function clusterSettings(
  values: SettingValues,
  home: string,
  worker?: WorkerSlot,
): Promise<ClusterSettings> {
  const file = await cacheFile(values, home)
  const spi = values.family(spiPrefix)
  const { caches, warnings } = effectiveCaches({
    maxCounts: maxCounts(values),
    file,
    mutate: values.flag('cache-config-mutate'),
    spi: spiCaches(spi),
    persistentSessions: featureChoice(values).has('PERSISTENT_USER_SESSIONS'),
  })
  const properties = jgroupsProperties(values.properties)
  const networked = values.text('cache') === 'ispn'
  const network = networked ? networkSettings(values, home, file, properties) : null
  const named = givenNodeName(values, file)
  const ownName = nodeName(named, worker)
  return {
    cluster: values.explicit('cache-embedded-cluster-name') ?? file?.cluster ?? 'ISPN',
    nodeName: ownName,
    route: networked && attachesRoute(values) ? (named ?? ownName) : undefined,
    network,
    site: spi.get('site-name') ?? file?.site ?? null,
    rack: spi.get('rack-name') ?? file?.rack ?? null,
    machine: spi.get('machine-name') ?? file?.machine ?? hostname(),
    caches,
    sessionCopies: sessionCopies(values),
    histograms: values.flag('cache-metrics-histograms-enabled'),
    warnings: [...warnings, ...networkWarnings(network, properties)],
  }
}

/** Keycloak's name; off unless asked for, other than there. */
function sessionCopies(values: SettingValues): boolean {
  const text = values.text(useCaches) ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw new SettingError(`${useCaches}=${text} is neither true nor false`)
}

async function cacheFile(values: SettingValues, home: string): Promise<CacheFile | null> {
  const named = values.explicit('cache-config-file')
  if (named === undefined) return null
  const path = resolve(home, 'conf', named)
  if (!existsSync(path)) throw new SettingError(`cache-config-file: ${path} does not exist`)
  const xml = readFileSync(path, 'utf8')
  if (values.list('cache-remote-host').length > 0 && /<(?:[\w.-]+:)?remote-store\b/.test(xml)) {
    throw new SettingError(
      `cache-config-file: ${path} has a remote-store beside the options 'cache-remote-…': take it out, they name the store`,
    )
  }
  return parseCacheFile(xml)
}

function maxCounts(values: SettingValues): Record<string, number> {
  const given: Record<string, number> = {}
  for (const { maxCountOption } of cacheDefaults) {
    const text = maxCountOption === null ? undefined : values.explicit(maxCountOption)
    if (maxCountOption !== null && text !== undefined) given[maxCountOption] = Number(text)
  }
  return given
}

/** `<cache>-max-count`, `<cache>-owners` and `<cache>-lifespan` (milliseconds) of the embedded cache SPI. */
function spiCaches(spi: ReadonlyMap<string, string>) {
  const caches: Record<string, { maxCount?: number; owners?: number; lifespanMs?: number }> = {}
  const fields = { 'max-count': 'maxCount', owners: 'owners', lifespan: 'lifespanMs' } as const
  for (const { settings } of cacheDefaults) {
    const dashed = settings.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    for (const [suffix, field] of Object.entries(fields)) {
      const text = spi.get(`${dashed}-${suffix}`)
      if (text === undefined) continue
      if (!/^-?\d{1,15}$/.test(text)) {
        throw new SettingError(`${spiPrefix}${dashed}-${suffix}=${text} is no whole number`)
      }
      caches[settings.name] = { ...caches[settings.name], [field]: Number(text) }
    }
  }
  return caches
}

/** Keycloak's, and like there on unless it says no. */
function attachesRoute(values: SettingValues): boolean {
  const name = attachRoute.find((each) => values.text(each) !== undefined)
  const text = name === undefined ? 'true' : values.text(name)
  if (text === 'true' || text === 'false') return text === 'true'
  throw new SettingError(`${name}=${text} is neither true nor false`)
}

function givenNodeName(values: SettingValues, file: CacheFile | null): string | undefined {
  const given = values.text('cache-embedded-node-name') ?? values.properties.get('jboss.node.name')
  return given ?? file?.nodeName ?? undefined
}

function nodeName(named: string | undefined, worker: WorkerSlot | undefined): string {
  // As JGroups makes them up: the host and a number that differs at each start.
  if (named === undefined) return `${hostname()}-${Math.floor(Math.random() * 65_536)}`
  // Every worker is a node of its own.
  return worker === undefined || worker.count === 1 ? named : `${named}-${worker.index}`
}

function networkSettings(
  values: SettingValues,
  home: string,
  file: CacheFile | null,
  properties: JgroupsProperties,
): NetworkSettings {
  const stack = stackNamed(
    values.text('cache-stack') ?? file?.stack ?? undefined,
    file?.stacks ?? [],
  )
  const dnsQuery = properties.dnsQuery ?? stack.dnsQuery
  if (stack.discovery === 'dns' && dnsQuery === undefined) {
    throw new SettingError(
      `cache-stack=${stack.name} needs -Djgroups.dns.query=<name of a headless service>`,
    )
  }
  const port = (name: string) => {
    const text = values.explicit(name)
    return text === undefined ? undefined : Number(text)
  }
  const initialHosts = properties.initialHosts ?? stack.initialHosts
  return {
    family: addressFamily(values),
    bindAddress: values.explicit('cache-embedded-network-bind-address') ?? properties.bindAddress,
    bindPort: port('cache-embedded-network-bind-port') ?? properties.bindPort ?? bindPortDefault,
    externalAddress:
      values.text('cache-embedded-network-external-address') ?? properties.externalAddress,
    externalPort: port('cache-embedded-network-external-port') ?? properties.externalPort,
    // A static list given for the tcp stack replaces its multicast.
    stack:
      initialHosts === undefined || stack.discovery === 'dns'
        ? stack
        : { ...stack, discovery: 'static' },
    dnsQuery,
    initialHosts,
    multicastAddress:
      properties.multicastAddress ?? stack.multicastAddress ?? multicastDefaults.address,
    multicastPort: properties.multicastPort ?? stack.multicastPort ?? multicastDefaults.port,
    protection: protection(values, home),
  }
}

function protection(values: SettingValues, home: string): MeshProtection {
  if (values.text('cache-embedded-mtls-enabled') === 'false') return { kind: 'none' }
  const keyStore = storeFile(values, home, 'key-store', 'cache-mtls-keystore.p12')
  const trustStore = storeFile(values, home, 'trust-store', 'cache-mtls-truststore.p12')
  if (keyStore !== null && trustStore !== null) return { kind: 'own', keyStore, trustStore }
  if (keyStore !== null || trustStore !== null) {
    const missing = keyStore === null ? 'key-store' : 'trust-store'
    throw new SettingError(
      `cache-embedded-mtls-${missing}-file is missing: own certificates need a key store and a trust store`,
    )
  }
  const days = Number(values.text('cache-embedded-mtls-rotation-interval-days') ?? 30)
  if (!(days > 0)) {
    throw new SettingError('cache-embedded-mtls-rotation-interval-days must be greater than 0')
  }
  return { kind: 'generated', rotationIntervalDays: days }
}

/** The file that was named, or the one of Keycloak's name under `conf/` if it exists. */
function storeFile(
  values: SettingValues,
  home: string,
  which: 'key-store' | 'trust-store',
  usual: string,
): StoreFile | null {
  const named = values.explicit(`cache-embedded-mtls-${which}-file`)
  const path = resolve(home, named ?? `conf/${usual}`)
  if (!existsSync(path)) {
    if (named === undefined) return null
    throw new SettingError(`cache-embedded-mtls-${which}-file: ${path} does not exist`)
  }
  const password = values.text(`cache-embedded-mtls-${which}-password`)
  return { path, content: readFileSync(path), password }
}

function networkWarnings(network: NetworkSettings | null, properties: JgroupsProperties): string[] {
  const ignored = properties.ignored.map((name) => `The property ${name} has no effect here`)
  const deviation = network?.stack.deviation
  if (deviation === undefined) return ignored
  return [`cache-stack=${network?.stack.name}: ${deviation}`, ...ignored]
}
