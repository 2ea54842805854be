import { lookup } from 'node:dns/promises'
import type { ClientRepresentation } from '../../../domains/clients/client.ts'
import type { Component, ProtocolMapper, Realm } from '../../../domains/realms/realm.ts'
import type { RegistrationAuth } from '../../../domains/tokens/registration-tokens.ts'
import { ownMember } from '../../../shared/own-member.ts'

const policyType = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
const originsPolicy = 'registration-web-origins'
const maxClientsDefault = 200
/** Names of trusted hosts that are looked up for one request. */
const lookUpsMax = 20

/** What a policy judges. */
export interface RegistrationRequest {
  readonly realm: Realm
  readonly client: ClientRepresentation
  /** The client as it is; null for a new one. */
  readonly present: Readonly<ClientRepresentation> | null
  /** Names of client scopes that the client would have; null where the request names none. */
  readonly scopes: readonly string[] | null
  /** Those that the request itself names: what its other words lead to is the server's. */
  readonly mappers: readonly ProtocolMapper[]
  readonly ipAddress: string
  /** Lets the new client begin disabled. */
  readonly disable: () => void
  /** How many clients the realm has, up to a bound. */
  readonly countClients: (max: number) => Promise<number>
}

/** A policy of the realm does not want the request. */
export class PolicyRefusal extends Error {}

type Judge = (
  request: RegistrationRequest,
  config: Component['config'],
) => string | null | Promise<string | null>

/** Each changes the client, or says what is wrong with Keycloak's words. */
const judges: Readonly<Record<string, Judge>> = {
  'trusted-hosts': trustedHosts,
  'max-clients': async ({ present, countClients }, config) => {
    if (present !== null) return null
    const max = Number(config['max-clients']?.[0] ?? maxClientsDefault)
    const count = await countClients(max)
    return count >= max ? `It's allowed to have max ${max} clients per realm` : null
  },
  'consent-required': ({ client, present }) => {
    if (present === null) client.consentRequired = true
    return present?.consentRequired && client.consentRequired === false
      ? 'Not permitted to update consentRequired to false'
      : null
  },
  scope: ({ client, present }) => {
    if (present === null) client.fullScopeAllowed = false
    return present?.fullScopeAllowed === false && client.fullScopeAllowed === true
      ? 'Not permitted to enable fullScopeAllowed'
      : null
  },
  'client-disabled': ({ disable, present }) => {
    if (present === null) disable()
    return null
  },
  'allowed-client-templates': ({ realm, scopes, present }, config) => {
    const { defaultDefaultClientScopes, defaultOptionalClientScopes } = realm.settings
    const allowed = new Set(config['allowed-client-scopes'] ?? [])
    if (config['allow-default-scopes']?.[0] !== 'false') {
      for (const name of [...defaultDefaultClientScopes, ...defaultOptionalClientScopes]) {
        allowed.add(name)
      }
    }
    const before = [
      ...(present?.defaultClientScopes ?? []),
      ...(present?.optionalClientScopes ?? []),
    ]
    const fits = (scopes ?? []).every((name) => allowed.has(name) || before.includes(name))
    return fits ? null : 'Not permitted to use specified clientScope'
  },
  'allowed-protocol-mappers': ({ mappers }, config) => {
    const allowed = config['allowed-protocol-mapper-types'] ?? []
    const fits = mappers.every(({ protocolMapper }) => allowed.includes(protocolMapper))
    return fits ? null : 'ProtocolMapper type not allowed'
  },
  // It says which pages may ask: `registrationOrigins`.
  [originsPolicy]: () => null,
}

/**
 * Lets the realm's policies judge a registration, and change what is registered.
 * @throws PolicyRefusal; a policy that is not known here refuses everything
 */
export async function applyPolicies(
  auth: RegistrationAuth,
  request: RegistrationRequest,
): Promise<void> {
  for (const { providerType, subType, providerId, name, config } of request.realm.components) {
    if (providerType !== policyType || subType !== auth) continue
    const judge = ownMember(judges, providerId)
    const problem = judge ? await judge(request, config) : `Unknown policy ${providerId}`
    if (problem !== null) {
      throw new PolicyRefusal(
        `Policy '${name ?? providerId}' rejected request to client-registration service. Details: ${problem}`,
      )
    }
  }
}

/** @returns the web origins whose pages may register clients and change them, by the realm's policies */
export function registrationOrigins({ components }: Realm, auth: RegistrationAuth): string[] {
  return components
    .filter(({ providerType, subType }) => providerType === policyType && subType === auth)
    .filter(({ providerId }) => providerId === originsPolicy)
    .flatMap(({ config }) => config['web-origins'] ?? [])
}

/** Where requests may come from, and where the addresses of a client may lead. Host names are never asked of the sender. */
async function trustedHosts(
  { client, ipAddress }: RegistrationRequest,
  config: Component['config'],
): Promise<string | null> {
  const trusted = (config['trusted-hosts'] ?? []).map((host) => host.trim().toLowerCase())
  if (config['host-sending-registration-request-must-match']?.[0] !== 'false') {
    if (!(await comesFrom(trusted, ipAddress))) return 'Host not trusted.'
  }
  if (config['client-uris-must-match']?.[0] === 'false') return null
  const { rootUrl, baseUrl, adminUrl, redirectUris = [], attributes = {} } = client
  const urls = [
    rootUrl,
    baseUrl,
    adminUrl,
    attributes['jwks.url'],
    attributes['backchannel.logout.url'],
    attributes['frontchannel.logout.url'],
    attributes['ciba.backchannel.client.notification.endpoint'],
    attributes['logoUri'],
    attributes['tosUri'],
    attributes['policyUri'],
  ]
  const isElsewhere = (url: string | undefined) => !leadsTo(trusted, url)
  if (urls.some(isElsewhere)) return "URL doesn't match any trusted host or trusted domain"
  if (redirectUris.some(isElsewhere)) return "URI doesn't match any trusted host or trusted domain"
  return null
}

function leadsTo(trusted: readonly string[], url: string | undefined): boolean {
  if (url === undefined || url === '' || url.startsWith('/')) return true
  const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : ''
  return trusted.some((pattern) => matches(pattern, host))
}

/** As in Keycloak a domain is among its own. */
function matches(pattern: string, host: string): boolean {
  if (host === '') return false
  if (!pattern.startsWith('*.')) return pattern === host
  return host === pattern.slice(2) || host.endsWith(pattern.slice(1))
}

async function comesFrom(trusted: readonly string[], ipAddress: string): Promise<boolean> {
  if (trusted.includes(ipAddress.toLowerCase())) return true
  const names = trusted.filter((host) => /^[a-z0-9.-]*[a-z][a-z0-9.-]*$/.test(host))
  for (const name of names.slice(0, lookUpsMax)) {
    try {
      const found = await lookup(name, { all: true })
      if (found.some(({ address }) => address === ipAddress)) return true
    } catch {
      // A name that nobody knows trusts nobody.
    }
  }
  return false
}
