import { isIP } from 'node:net'
import type { ProxyMapping } from '../http/outgoing-proxies.ts'
import type { OutgoingRules } from '../http/outgoing-requests.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import type { TrustedPeers } from './trusted-peers.ts'

/** Keycloak's option, and how it was spelled before its version 26.3. */
const mappingNames = [
  'spi-connections-http-client--default--proxy-mappings',
  'spi-connections-http-client-default-proxy-mappings',
]
const privateName = 'outgoing-private-addresses'
/** RFC 1918, RFC 4193: where the applications of an organization live. This machine itself is not among them. */
const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']

/**
 * Whom requests to addresses of realms may reach, and through which proxies: `spi-connections-http-client--default--proxy-mappings`,
 * else `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment, as Keycloak.
 * @throws SettingError
 */
export function outgoingRules(
  values: SettingValues,
  trusted: TrustedPeers,
  lookUp: (name: string) => string | undefined,
): OutgoingRules {
  const named = mappingNames.map((name) => values.text(name)).find((text) => text !== undefined)
  const proxies = named === undefined ? proxiesOfEnvironment(lookUp) : mappingsOf(named)
  return { trusted, privateAddresses: privateAddresses(values), proxies }
}

/** A server that calls itself `localhost` has its applications on the same machine. */
function privateAddresses(values: SettingValues): OutgoingRules['privateAddresses'] {
  const entries = values.list(privateName)
  if (entries.length === 0) return isThisMachine(values.text('hostname')) ? 'all' : networks
  if (entries.length === 1 && entries[0] === 'all') return 'all'
  if (entries.length === 1 && entries[0] === 'none') return []
  const wrong = entries.find((entry) => {
    const [address = '', bits = '0'] = entry.split('/')
    return isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > bitsOf(address)
  })
  if (wrong === undefined) return entries
  throw new SettingError(
    `Invalid value for option '--${privateName}': ${wrong}. Expected addresses, CIDR ranges, all or none`,
  )
}

function isThisMachine(hostname: string | undefined): boolean {
  if (hostname === undefined) return false
  const address = hostname.includes('://') ? hostname : `http://${hostname}`
  if (!URL.canParse(address)) return false
  const host = new URL(address).hostname
  return /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)
}

const bitsOf = (address: string) => (isIP(address) === 6 ? 128 : 32)

/** `pattern;proxy` or `pattern;NO_PROXY`, comma separated. */
function mappingsOf(text: string): ProxyMapping[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const at = entry.lastIndexOf(';')
      const [pattern, proxy] = [entry.slice(0, at), entry.slice(at + 1)]
      if (at < 0) throw wrongMapping(entry)
      return { hosts: hostsOf(pattern), proxy: proxy === 'NO_PROXY' ? null : proxyUrl(proxy) }
    })
}

function hostsOf(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'i')
  } catch {
    throw wrongMapping(pattern)
  }
}

function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw wrongMapping(text)
}

function wrongMapping(text: string): SettingError {
  return new SettingError(
    `Invalid value for option '--${mappingNames[0]}': ${text}. Expected pattern;http://proxy:port or pattern;NO_PROXY`,
  )
}

/** `NO_PROXY` names hosts and domains, each with everything below it. */
function proxiesOfEnvironment(lookUp: (name: string) => string | undefined): ProxyMapping[] {
  const given = (name: string) => lookUp(name) || lookUp(name.toLowerCase())
  const proxy = given('HTTPS_PROXY') ?? given('HTTP_PROXY')
  if (!proxy || !URL.canParse(proxy)) return []
  const direct = (given('NO_PROXY') ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^\*?\./, ''))
    .filter((name) => name !== '')
    .map((name) => ({
      hosts: new RegExp(`^(?:.+\\.)?${name.replace(/[^\w-]/g, '\\$&')}$`, 'i'),
      proxy: null,
    }))
  return [...direct, { hosts: /^/, proxy: new URL(proxy) }]
}
