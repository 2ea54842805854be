import { createHash } from 'node:crypto'
import type { Client } from '../clients/client.ts'
import { globalClientProfiles } from '../realms/client-policies/global-client-profiles.ts'
import { isObject, objectsOf } from '../realms/client-policies/listed-objects.ts'
import type { Realm } from '../realms/realm.ts'
import { type RuleConfiguration, textsOf } from './rule-configuration.ts'

/** A condition or an executor with its configuration. */
export interface PolicyRule {
  readonly id: string
  readonly configuration: RuleConfiguration
}

/** A policy that is switched on and asks for something. */
export interface EnforcedPolicy {
  readonly name: string
  /** A condition that says nothing about an occasion counts as not met. */
  readonly strict: boolean
  readonly conditions: readonly PolicyRule[]
  readonly executors: readonly PolicyRule[]
}

/** Snapshots of realms are read once. */
const known = new WeakMap<Realm, readonly EnforcedPolicy[]>()
const digests = new WeakMap<readonly EnforcedPolicy[], string>()

/** @returns the policies of a realm in their order, without those that are switched off, for nobody or ask for nothing */
export function enforcedPolicies(realm: Realm): readonly EnforcedPolicy[] {
  let policies = known.get(realm)
  if (policies === undefined) {
    policies = read(realm)
    known.set(realm, policies)
  }
  return policies
}

/** @returns a text that is another one once a policy of the realm, or the client, has changed */
export function rulesVersion(realm: Realm, client: Pick<Client, 'ver'>): string {
  const policies = enforcedPolicies(realm)
  let digest = digests.get(policies)
  if (digest === undefined) {
    const whole = JSON.stringify(policies)
    digest = policies.length === 0 ? '' : createHash('sha256').update(whole).digest('base64url')
    digests.set(policies, digest)
  }
  return `${client.ver} ${digest}`
}

function read(realm: Realm): EnforcedPolicy[] {
  const own = objectsOf(realm.settings['clientProfiles'], 'profiles')
  return objectsOf(realm.settings['clientPolicies'], 'policies')
    .filter(({ enabled }) => enabled !== false)
    .map((policy) => ({
      name: String(policy['name']),
      strict: policy['mode'] === 'STRICT',
      conditions: rulesOf(policy, 'conditions', 'condition'),
      executors: textsOf(policy, 'profiles').flatMap((name) => {
        const profile =
          own.find((each) => each['name'] === name) ??
          globalClientProfiles.find((each) => each.name === name)
        return profile === undefined ? [] : rulesOf(profile, 'executors', 'executor')
      }),
    }))
    .filter(({ conditions, executors }) => conditions.length > 0 && executors.length > 0)
}

function rulesOf(holder: unknown, list: string, member: string): PolicyRule[] {
  return objectsOf(holder, list).map((rule) => {
    const { configuration } = rule
    return { id: String(rule[member]), configuration: isObject(configuration) ? configuration : {} }
  })
}
