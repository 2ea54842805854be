import { isIP } from 'node:net'
import { NetworkSettingRefused } from './discovery.ts'

/** One address of one network interface of this machine. */
export interface InterfaceAddress {
  readonly interfaceName: string
  readonly address: string
}

export interface BindAddressDeps {
  /** Addresses of the interfaces that are up, in the system's order. */
  readonly addresses: readonly InterfaceAddress[]
  /** Host names of an address; empty when it has none. */
  readonly namesOf: (address: string) => Promise<string[]>
  /** Addresses of a host name. */
  readonly addressesOf: (name: string) => Promise<string[]>
  /** Which kind of address is taken first where both match; IPv4 unless said otherwise. */
  readonly first?: 'ipv4' | 'ipv6'
}

type Test = (candidate: InterfaceAddress) => boolean | Promise<boolean>

const setting = 'cache-embedded-network-bind-address'
const defaultOrder = ['SITE_LOCAL', 'NON_LOOPBACK', 'LOOPBACK']

/**
 * The address to listen on, from Keycloak's (JGroups') vocabulary: an IP address or host name, `GLOBAL`, `SITE_LOCAL`,
 * `LINK_LOCAL`, `NON_LOOPBACK`, `LOOPBACK`, `match-interface:`, `match-address:`, `match-host:` with a regular
 * expression, or several of them separated by commas, the first that matches.
 * @param given undefined for the default: site-local, and what there is otherwise
 * @throws NetworkSettingRefused when what was given matches no address of this machine
 */
export async function resolveBindAddress(
  given: string | undefined,
  deps: BindAddressDeps,
): Promise<string> {
  for (const choice of given === undefined ? defaultOrder : alternatives(given)) {
    const address = await resolveChoice(choice, deps)
    if (address !== null) return address
  }
  if (given === undefined) return '127.0.0.1'
  const present = deps.addresses.map((each) => `${each.address} (${each.interfaceName})`).join(', ')
  throw new NetworkSettingRefused(
    `${setting}=${given} matches no address of this machine; it has ${present}`,
  )
}

/** Commas separate alternatives, but not inside a regular expression's braces: `eth{1,2}`. */
function alternatives(given: string): string[] {
  const parts = given.split(/,(?![^{]*\})/).map((part) => part.trim())
  return parts.filter((part) => part !== '')
}

async function resolveChoice(choice: string, deps: BindAddressDeps): Promise<string | null> {
  const test = testOf(choice, deps)
  if (test !== null) return firstMatch(test, deps)
  if (choice.toUpperCase() === 'GLOBAL') {
    return (await firstMatch(isGlobal, deps)) ?? firstMatch(isSiteLocal, deps)
  }
  if (isIP(choice) !== 0) return choice
  const resolved = await deps.addressesOf(choice).catch(() => [])
  return resolved[0] ?? null
}

function testOf(choice: string, deps: BindAddressDeps): Test | null {
  const match = /^match-(interface|address|host):(.*)$/i.exec(choice)
  if (match !== null) return patternTest(match[1] as string, match[2] as string, choice, deps)
  switch (choice.toUpperCase()) {
    case 'SITE_LOCAL':
      return isSiteLocal
    case 'LINK_LOCAL':
      return isLinkLocal
    case 'NON_LOOPBACK':
      return (candidate) => !isLoopback(candidate) && !isLinkLocalIpv6(candidate)
    case 'LOOPBACK':
      return isLoopback
    default:
      return null
  }
}

function patternTest(subject: string, source: string, choice: string, deps: BindAddressDeps): Test {
  const pattern = wholePattern(source, choice)
  if (subject.toLowerCase() === 'interface')
    return ({ interfaceName }) => pattern.test(interfaceName)
  if (subject.toLowerCase() === 'address') return ({ address }) => pattern.test(address)
  return async ({ address }) => (await deps.namesOf(address)).some((name) => pattern.test(name))
}

/** Java matches the whole text; a backslash before the star comes from documentation that guards it from shells. */
function wholePattern(source: string, choice: string): RegExp {
  try {
    return new RegExp(`^(?:${source.replaceAll('\\*', '*')})$`)
  } catch {
    throw new NetworkSettingRefused(`${setting}=${choice} is no regular expression`)
  }
}

async function firstMatch(
  test: Test,
  { addresses, first = 'ipv4' }: BindAddressDeps,
): Promise<string | null> {
  for (const candidate of oneKindFirst(addresses, first)) {
    if (await test(candidate)) return candidate.address
  }
  return null
}

function oneKindFirst(
  addresses: readonly InterfaceAddress[],
  first: 'ipv4' | 'ipv6',
): InterfaceAddress[] {
  const family = (wanted: number) => addresses.filter(({ address }) => isIP(address) === wanted)
  return first === 'ipv4' ? [...family(4), ...family(6)] : [...family(6), ...family(4)]
}

function isLoopback({ address }: InterfaceAddress): boolean {
  return address === '::1' || address.startsWith('127.')
}

function isLinkLocalIpv6({ address }: InterfaceAddress): boolean {
  return /^fe[89ab]/i.test(address)
}

function isLinkLocal(candidate: InterfaceAddress): boolean {
  return candidate.address.startsWith('169.254.') || isLinkLocalIpv6(candidate)
}

/** RFC 1918 and RFC 4193: private to one site. */
function isSiteLocal({ address }: InterfaceAddress): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(address)
}

function isGlobal(candidate: InterfaceAddress): boolean {
  return !isLoopback(candidate) && !isLinkLocal(candidate) && !isSiteLocal(candidate)
}
