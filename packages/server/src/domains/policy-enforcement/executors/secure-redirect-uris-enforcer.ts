import { BlockList, isIP } from 'node:net'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ProposedClient } from '../policy-occasion.ts'
import { flagOf, type RuleConfiguration, textsOf } from '../rule-configuration.ts'
import { clientUrisOf } from './client-uris.ts'
import { type ExecutorDeps, on, type PolicyExecutor, saved } from './executor.ts'

const loopback4 = new BlockList()
loopback4.addSubnet('127.0.0.0', 8, 'ipv4')
/** The smallest port that an application chooses itself for a redirect to its own machine. */
const ephemeralPortMin = 1_024
const refused = (what: string) =>
  new ClientPolicyRefusal('invalid_request', `Invalid Redirect Uri: ${what}`, 400, true)

/** Redirect URIs are of the kinds that the policy allows, up to what OAuth 2.1 wants of them. */
export const secureRedirectUrisEnforcer: PolicyExecutor = {
  id: 'secure-redirect-uris-enforcer',
  changes: on(saved, async ({ proposed, realm }, configuration, deps) => {
    const uris = clientUrisOf(proposed)
    const registered = uris.get('redirectUris') ?? []
    if (usesRedirects(proposed) && registered.length === 0) throw refused('invalid uri')
    for (const uri of [...registered, ...(uris.get('postLogoutRedirectUris') ?? [])]) {
      await requireAllowed(uri, false, configuration, deps, realm.name)
    }
  }),
  calls: {
    // What the browser must not be sent to is told to the user.
    PRE_AUTHORIZATION_REQUEST: async ({ parameters, realm }, configuration, deps) => {
      const asked = parameters.get('redirect_uri')
      if (asked) await requireAllowed(asked, true, configuration, deps, realm.name)
    },
    AUTHORIZATION_REQUEST: async ({ redirectUri = '', realm }, configuration, deps) => {
      await requireAllowed(redirectUri, true, configuration, deps, realm.name)
    },
  },
}

function usesRedirects({ standardFlowEnabled, implicitFlowEnabled }: ProposedClient): boolean {
  return standardFlowEnabled !== false || implicitFlowEnabled === true
}

/**
 * @param asked whether it comes with a request, so that a port may stand in it that is not registered (RFC 8252 §7.3)
 * @throws ClientPolicyRefusal
 */
async function requireAllowed(
  uri: string,
  asked: boolean,
  configuration: RuleConfiguration,
  deps: Pick<ExecutorDeps, 'matches'>,
  realm: string,
): Promise<void> {
  if (flagOf(configuration, 'allow-open-redirect')) return
  const url = parsed(uri)
  if (url === null) throw refused('invalid uri')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  if (host === 'localhost' || (isIP(host) === 4 && loopback4.check(host))) {
    const allowed = flagOf(configuration, 'allow-ipv4-loopback-address')
    if (allowed && isLoopback(uri, url, asked, configuration)) return
    throw refused('invalid loopback address')
  }
  if (host === '::1') {
    const allowed = flagOf(configuration, 'allow-ipv6-loopback-address')
    if (allowed && isLoopback(uri, url, asked, configuration)) return
    throw refused('invalid loopback address')
  }
  if (!isWeb) {
    const allowed = flagOf(configuration, 'allow-private-use-uri-scheme')
    if (allowed && isPrivateUse(uri, url, configuration)) return
    throw refused('invalid private use scheme')
  }
  if (!(await isNormal(uri, url, configuration, deps, realm))) throw refused('invalid uri')
}

/** A wildcard at the end is none of a URL's own characters. */
function parsed(uri: string): URL | null {
  return URL.canParse(uri) ? new URL(uri) : null
}

function isLoopback(
  uri: string,
  url: URL,
  asked: boolean,
  configuration: RuleConfiguration,
): boolean {
  if (url.protocol === 'http:' && !flagOf(configuration, 'allow-http-scheme')) return false
  if (!isWellFormed(uri, url, configuration)) return false
  if (!flagOf(configuration, 'oauth-2-1-compliant')) return true
  if (url.hostname === 'localhost') return false
  return asked ? url.port === '' || Number(url.port) > ephemeralPortMin : url.port === ''
}

function isPrivateUse(uri: string, url: URL, configuration: RuleConfiguration): boolean {
  if (!isWellFormed(uri, url, configuration)) return false
  return !flagOf(configuration, 'oauth-2-1-compliant') || url.protocol.includes('.')
}

async function isNormal(
  uri: string,
  url: URL,
  configuration: RuleConfiguration,
  { matches }: Pick<ExecutorDeps, 'matches'>,
  realm: string,
): Promise<boolean> {
  const encrypted = url.protocol === 'https:'
  if (!encrypted && !flagOf(configuration, 'allow-http-scheme')) return false
  if (!encrypted && flagOf(configuration, 'oauth-2-1-compliant')) return false
  if (!isWellFormed(uri, url, configuration)) return false
  const domains = textsOf(configuration, 'allow-permitted-domains')
  if (domains.length === 0) return true
  const found = await Promise.all(domains.map((each) => matches(each, url.hostname, realm)))
  return found.includes(true)
}

/** No wildcard but one at the end of the path, where that is allowed; no fragment. */
function isWellFormed(uri: string, url: URL, configuration: RuleConfiguration): boolean {
  const strict =
    flagOf(configuration, 'oauth-2-0-compliant') || flagOf(configuration, 'oauth-2-1-compliant')
  if (uri.includes('*')) {
    const inPath = url.pathname.startsWith('/*') || url.pathname.startsWith('*')
    const once = uri.split('*').length === 2
    if (strict || !flagOf(configuration, 'allow-wildcard-context-path')) return false
    if (!inPath || !once) return false
  }
  return !(strict && uri.includes('#'))
}
