import type { Realm } from '../../realms/realm.ts'
import { enforcedPolicies, type PolicyRule } from '../enforced-policies.ts'
import { flagOf, type RuleConfiguration, textsOf } from '../rule-configuration.ts'
import { hostOfAddress, trustedDomain } from './trusted-domain.ts'

export const metadataDocumentExecutor = 'client-id-metadata-document'
export const clientIdUriCondition = 'client-id-uri'

/** What an executor `client-id-metadata-document` allows. */
export interface DocumentPolicy {
  readonly allowsHttp: boolean
  /** Where addresses may lead; none: nowhere. */
  readonly trustedDomains: readonly string[]
  readonly sameDomain: boolean
  readonly requiredProperties: readonly string[]
  readonly confidentialOnly: boolean
}

/** @returns whether a client id is an address of one of the condition's schemes, below one of its domains */
export function isClientIdUri(clientId: string, configuration: RuleConfiguration): boolean {
  const host = hostOfAddress(clientId)
  if (host === null) return false
  const scheme = new URL(clientId).protocol.slice(0, -1)
  const schemes = textsOf(configuration, 'client-id-uri-scheme').map((each) => each.toLowerCase())
  const domains = textsOf(configuration, 'client-id-uri-allow-permitted-domains')
  return schemes.includes(scheme) && trustedDomain(host, domains) !== undefined
}

/**
 * What a realm's client policies say of a client whose id is the address of its metadata. Before there is such a client, only
 * conditions about its id can be met.
 * @returns undefined where no policy lets it in
 */
export function documentPolicyOf(realm: Realm, clientId: string): DocumentPolicy | undefined {
  for (const policy of enforcedPolicies(realm)) {
    const executor = policy.executors.find(({ id }) => id === metadataDocumentExecutor)
    if (executor === undefined) continue
    const { met, known } = verdictOf(policy.conditions, clientId)
    if (met && (known || !policy.strict)) return policyOf(executor.configuration)
  }
  return undefined
}

/** @returns whether any realm policy is about metadata documents */
export function takesMetadataDocuments(realm: Realm): boolean {
  return enforcedPolicies(realm).some(({ executors }) =>
    executors.some(({ id }) => id === metadataDocumentExecutor),
  )
}

function verdictOf(conditions: readonly PolicyRule[], clientId: string) {
  let met = false
  let known = true
  for (const { id, configuration } of conditions) {
    if (id !== clientIdUriCondition && id !== 'any-client') {
      known = false
      continue
    }
    const holds = id === 'any-client' || isClientIdUri(clientId, configuration)
    if (holds === flagOf(configuration, 'is-negative-logic')) return { met: false, known }
    met = true
  }
  return { met, known }
}

function policyOf(configuration: RuleConfiguration): DocumentPolicy {
  const listed = (name: string) => textsOf(configuration, name).filter((text) => text.trim() !== '')
  return {
    allowsHttp: flagOf(configuration, 'cimd-allow-http-scheme'),
    trustedDomains: listed('cimd-allow-permitted-domains'),
    sameDomain: flagOf(configuration, 'cimd-restrict-same-domain'),
    requiredProperties: listed('cimd-required-properties'),
    confidentialOnly: flagOf(configuration, 'only-allow-confidential-client'),
  }
}
