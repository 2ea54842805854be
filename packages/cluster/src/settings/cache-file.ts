import type * as FastXmlParser from 'fast-xml-parser'
import type { DiscoveryMethod, Stack } from '../discovery/stack.ts'
import { CacheSettingRefused, type CacheType } from './cache-names.ts'

/** One cache as the configuration file gives it; null where it is silent. */
interface FileCache {
  readonly name: string
  readonly type: CacheType
  readonly owners: number | null
  readonly maxCount: number | null
  readonly lifespanMs: number | null
  readonly maxIdleMs: number | null
}

/** What `--cache-config-file` says. */
export interface CacheFile {
  /** The stack that `<transport>` names; null when it names none. */
  readonly stack: string | null
  /** `<transport cluster="…">` and `node-name`. */
  readonly cluster: string | null
  readonly nodeName: string | null
  /** Topology hints of `<transport>`. */
  readonly site: string | null
  readonly rack: string | null
  readonly machine: string | null
  readonly stacks: readonly Stack[]
  readonly caches: readonly FileCache[]
}

/** Files are small; a larger one is a mistake. */
const cacheFileBytesMax = 1_048_576

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
}

/**
 * Reads Infinispan's XML as far as it means something here. Names are taken without their namespace prefix; schema
 * versions are not checked.
 * @throws CacheSettingRefused that names the element or attribute which cannot be honoured
 */
export async function parseCacheFile(xml: string): Promise<CacheFile> {
  // Loaded when there is a file: it costs a start without one too much.
  return fileOf(xml, await import('fast-xml-parser'))
}

function fileOf(xml: string, library: typeof FastXmlParser): CacheFile {
  if (Buffer.byteLength(xml) > cacheFileBytesMax) {
    throw new CacheSettingRefused(`the cache configuration file is over ${cacheFileBytesMax} bytes`)
  }
  const valid = library.XMLValidator.validate(xml)
  if (valid !== true) {
    const { msg, line } = valid.err
    throw new CacheSettingRefused(`the cache configuration file is no XML: line ${line}: ${msg}`)
  }
  const root = elementsOf(new library.XMLParser(parserOptions).parse(xml) as RawNode[])[0]
  if (root?.name !== 'infinispan') throw refused(root?.name ?? 'nothing', 'the root is infinispan')
  only(root, [], ['jgroups', 'cache-container'], ['xsi:schemaLocation', 'schemaLocation'])
  const container = child(root, 'cache-container')
  if (container === undefined) throw new CacheSettingRefused('the file has no <cache-container>')
  only(
    container,
    ['name', 'statistics', 'default-cache'],
    ['transport', 'metrics', 'global-state', 'jmx', 'serialization', ...cacheElements.keys()],
  )
  const transport = child(container, 'transport')
  if (transport)
    only(
      transport,
      ['stack', 'cluster', 'node-name', 'site', 'rack', 'machine', 'lock-timeout'],
      [],
    )
  const attribute = (name: string) => transport?.attributes[name] ?? null
  return {
    stack: attribute('stack'),
    cluster: attribute('cluster'),
    nodeName: attribute('node-name'),
    site: attribute('site'),
    rack: attribute('rack'),
    machine: attribute('machine'),
    stacks: root.children.filter(({ name }) => name === 'jgroups').flatMap(stacksOf),
    caches: container.children.filter(({ name }) => cacheElements.has(name)).map(cacheOf),
  }
}

type RawNode = Record<string, RawNode[] | Record<string, string> | string>

const parserOptions = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
} as const

function elementsOf(nodes: readonly RawNode[]): Element[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text')
    if (name === undefined) return []
    const attributes = (node[':@'] ?? {}) as Record<string, string>
    return [{ name, attributes, children: elementsOf(node[name] as RawNode[]) }]
  })
}

const cacheElements = new Map<string, CacheType>([
  ['local-cache', 'local'],
  ['local-cache-configuration', 'local'],
  ['invalidation-cache', 'invalidation'],
  ['invalidation-cache-configuration', 'invalidation'],
  ['replicated-cache', 'replicated'],
  ['replicated-cache-configuration', 'replicated'],
  ['distributed-cache', 'distributed'],
  ['distributed-cache-configuration', 'distributed'],
])

/** Attributes and elements of a cache that change nothing here, because what they ask for holds anyway. */
const harmlessAttributes = [
  'statistics',
  'mode',
  'simple-cache',
  'segments',
  'remote-timeout',
  'start',
]
const harmlessElements = ['encoding', 'locking', 'state-transfer', 'transaction']

function cacheOf(element: Element): FileCache {
  const type = cacheElements.get(element.name) as CacheType
  const distributed = type === 'distributed' ? ['owners'] : []
  only(
    element,
    ['name', ...distributed, ...harmlessAttributes],
    ['memory', 'expiration', ...harmlessElements],
  )
  const { name } = element.attributes
  if (name === undefined) throw refused(element.name, 'it needs a name')
  const memory = child(element, 'memory')
  if (memory) only(memory, ['max-count', 'when-full', 'storage'], [])
  const { 'when-full': whenFull, storage } = memory?.attributes ?? {}
  if (whenFull !== undefined && whenFull !== 'REMOVE')
    throw refused(`memory when-full=${whenFull}`, name)
  if (storage !== undefined && storage !== 'HEAP') throw refused(`memory storage=${storage}`, name)
  const expiration = child(element, 'expiration')
  if (expiration) only(expiration, ['lifespan', 'max-idle', 'interval'], [])
  return {
    name,
    type,
    owners: numberOf(element, 'owners'),
    maxCount: memory ? positive(numberOf(memory, 'max-count')) : null,
    lifespanMs: expiration ? positive(durationOf(expiration, 'lifespan')) : null,
    maxIdleMs: expiration ? positive(durationOf(expiration, 'max-idle')) : null,
  }
}

const discoveryProtocols = new Map<string, DiscoveryMethod>([
  ['TCPPING', 'static'],
  ['MPING', 'multicast'],
  ['PING', 'multicast'],
  ['DNS_PING', 'dns'],
  ['dns.DNS_PING', 'dns'],
  ['JDBC_PING', 'database'],
  ['JDBC_PING2', 'database'],
])

/** A custom stack: which discovery it uses. Its other protocols are the grid's inner workings and have none here. */
function stacksOf(jgroups: Element): Stack[] {
  only(jgroups, ['transport'], ['stack', 'stack-file'])
  if (child(jgroups, 'stack-file'))
    throw refused('stack-file', 'write the stack into the file itself')
  return jgroups.children.map((stack) => {
    const { name, extends: base } = stack.attributes
    if (name === undefined) throw refused('stack', 'it needs a name')
    const protocol = stack.children.find((each) => discoveryProtocols.has(each.name))
    const inherited: DiscoveryMethod =
      base === 'kubernetes' ? 'dns' : base === 'tcp' || base === 'udp' ? 'multicast' : 'database'
    const { initial_hosts, dns_query, mcast_addr, mcast_port } = protocol?.attributes ?? {}
    return {
      name,
      discovery: protocol ? (discoveryProtocols.get(protocol.name) as DiscoveryMethod) : inherited,
      tls: true,
      ...given('initialHosts', initial_hosts),
      ...given('dnsQuery', dns_query),
      ...given('multicastAddress', mcast_addr),
      ...(placeholder(mcast_port) === undefined
        ? {}
        : { multicastPort: Number(placeholder(mcast_port)) }),
    }
  })
}

function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  const text = placeholder(value)
  return (text === undefined ? {} : { [key]: text }) as { [key in K]?: string }
}

/** `${property:default}` means its default here; a property that is set wins anyway, later. */
function placeholder(value: string | undefined): string | undefined {
  const match = /^\$\{[^:}]*(?::([^}]*))?\}$/.exec(value ?? '')
  return match ? match[1] : value
}

function child(element: Element, name: string): Element | undefined {
  return element.children.find((each) => each.name === name)
}

/** @throws CacheSettingRefused for the first attribute or child that is not listed */
function only(
  element: Element,
  attributes: readonly string[],
  children: readonly string[],
  alsoAttributes: readonly string[] = [],
): void {
  for (const name of Object.keys(element.attributes)) {
    const namespace = name === 'xmlns' || name.startsWith('xmlns:')
    if (namespace || attributes.includes(name) || alsoAttributes.includes(name)) continue
    throw refused(`attribute ${name} of <${element.name}>`, element.attributes['name'] ?? '')
  }
  for (const { name } of element.children) {
    if (!children.includes(name))
      throw refused(`<${name}> in <${element.name}>`, element.attributes['name'] ?? '')
  }
}

function numberOf(element: Element, name: string): number | null {
  const text = element.attributes[name]
  if (text === undefined) return null
  if (/^-?\d{1,12}$/.test(text)) return Number(text)
  throw refused(`${name}="${text}" of <${element.name}>`, 'it is no whole number')
}

const unitsMs: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

function durationOf(element: Element, name: string): number | null {
  const text = element.attributes[name]
  if (text === undefined) return null
  const match = /^(-?\d{1,15})(ms|s|m|h|d)?$/.exec(text)
  if (match !== null) return Number(match[1]) * (unitsMs[match[2] ?? ''] as number)
  throw refused(`${name}="${text}" of <${element.name}>`, 'it is no duration')
}

/** -1 and 0 mean "no limit" in Infinispan. */
function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null
}

function refused(what: string, why: string): CacheSettingRefused {
  const detail = why === '' ? '' : ` (${why})`
  return new CacheSettingRefused(`cache-config-file: ${what} cannot be honoured${detail}`)
}
