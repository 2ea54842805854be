import type { AdminTrace } from '../../events/admin-event.ts'
import { ModelError } from '../model-error.ts'
import type { JsonObject, Realm } from '../realm.ts'
import type { Realms } from '../realms.ts'
import { globalClientProfiles } from './global-client-profiles.ts'
import { policyConditionIds, profileExecutorIds } from './policy-provider-ids.ts'

/** Most profiles or policies of a realm, most entries of one, and longest name, in characters. */
const entriesMax = 200
const partsMax = 100
const nameLengthMax = 255
/** Longest configuration of one rule or condition as JSON, in characters. */
const configurationLengthMax = 20_000

/** A part of a profile (`executor`) or policy (`condition`) as it is given. */
export interface GivenPart {
  readonly executor?: string | undefined
  readonly condition?: string | undefined
  readonly configuration?: JsonObject | undefined
}

export interface GivenProfile {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly executors?: readonly GivenPart[] | undefined
}

export interface GivenPolicy {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly enabled?: boolean | undefined
  readonly mode?: string | undefined
  readonly conditions?: readonly GivenPart[] | undefined
  readonly profiles?: readonly string[] | undefined
}

const modes: ReadonlySet<string | undefined> = new Set([undefined, 'DEFAULT', 'STRICT'])
const invalid = (message: string) => new ModelError('invalid', message)

/**
 * Client profiles and policies of realms: checked, kept, listed and exported. What they ask for is for `PolicyEnforcement`.
 */
export class ClientPolicies {
  readonly #realms: Pick<Realms, 'change'>

  constructor(realms: Pick<Realms, 'change'>) {
    this.#realms = realms
  }

  /** @throws ModelError `invalid` in Keycloak's words */
  async setProfiles(
    realm: Realm,
    profiles: readonly GivenProfile[],
    trace: AdminTrace,
  ): Promise<void> {
    await this.#set(realm, 'clientProfiles', keptProfiles(profiles), trace)
  }

  /** @throws ModelError `invalid` in Keycloak's words */
  async setPolicies(
    realm: Realm,
    policies: readonly GivenPolicy[],
    trace: AdminTrace,
  ): Promise<void> {
    await this.#set(realm, 'clientPolicies', keptPolicies(policies, realm.settings), trace)
  }

  async #set(
    realm: Realm,
    member: 'clientPolicies' | 'clientProfiles',
    value: unknown,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#realms.change(
      realm.id,
      (row) => ({ ...row, settings: { ...row.settings, [member]: value } }),
      trace,
    )
  }
}

/**
 * @returns the profiles as a realm keeps them
 * @throws ModelError `invalid` in Keycloak's words
 */
export function keptProfiles(profiles: readonly GivenProfile[]) {
  const named = (name?: string) => globalClientProfiles.some((each) => each.name === name)
  requireNames(profiles, {
    missing: 'client profile without its name not allowed.',
    twice: 'proposed client profile name duplicated.',
  })
  for (const { name, executors = [] } of profiles) {
    if (named(name)) {
      throw invalid(`Proposed profile name '${name}' is duplicated as a global profile`)
    }
    if (executors.length > partsMax || !executors.every(isKnownExecutor)) {
      throw invalid(
        'proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.',
      )
    }
  }
  return { profiles: profiles.map(present) }
}

/**
 * @param settings of the realm, with the profiles that the policies may name
 * @returns the policies as a realm keeps them
 * @throws ModelError `invalid` in Keycloak's words
 */
export function keptPolicies(
  policies: readonly GivenPolicy[],
  settings: Readonly<Record<string, unknown>>,
) {
  requireNames(policies, {
    missing: 'client policy without name not allowed',
    twice: 'proposed client policy name duplicated',
  })
  const own = listOf(settings['clientProfiles'], 'profiles') as { name?: unknown }[]
  const known = new Set([...own, ...globalClientProfiles].map(({ name }) => String(name)))
  for (const { name, conditions = [], profiles = [], mode } of policies) {
    const condition = conditions.find((each) => !isKnownCondition(each))
    if (condition || conditions.length > partsMax) {
      throw invalid(`Policy ${name} contains invalid condition ${condition?.condition}`)
    }
    const profile = profiles.find((each) => !known.has(each))
    if (profile !== undefined || profiles.length > partsMax) {
      throw invalid(`Policy ${name} contains invalid profile ${profile}`)
    }
    if (!modes.has(mode)) throw invalid(`Policy ${name} has invalid mode`)
  }
  const absent = { enabled: false, conditions: [], profiles: [] }
  return { policies: policies.map((policy) => ({ ...absent, ...present(policy) })) }
}

/** @returns the client profiles of a realm, without the global ones */
export function profilesOf(realm: Realm): unknown[] {
  return listOf(realm.settings['clientProfiles'], 'profiles')
}

/** @returns the client policies of a realm */
export function policiesOf(realm: Realm): unknown[] {
  return listOf(realm.settings['clientPolicies'], 'policies')
}

function listOf(holder: unknown, member: string): unknown[] {
  const list = (holder as Record<string, unknown> | undefined)?.[member]
  return Array.isArray(list) ? list : []
}

function requireNames(
  given: readonly { readonly name?: string | undefined }[],
  texts: { missing: string; twice: string },
): void {
  if (given.length > entriesMax) throw invalid(`More than ${entriesMax} entries`)
  const names = new Set<string>()
  for (const { name } of given) {
    if (!name) throw invalid(texts.missing)
    if (name.length > nameLengthMax) throw invalid('The name is too long')
    if (names.has(name)) throw invalid(texts.twice)
    names.add(name)
  }
}

function isKnownExecutor({ executor, configuration }: GivenPart): boolean {
  return (
    profileExecutorIds.includes(executor ?? '') &&
    configuration !== undefined &&
    isBounded(configuration)
  )
}

/** A condition without settings has its defaults. */
function isKnownCondition({ condition, configuration = {} }: GivenPart): boolean {
  return policyConditionIds.includes(condition ?? '') && isBounded(configuration)
}

function isBounded(configuration: JsonObject): boolean {
  return JSON.stringify(configuration).length <= configurationLengthMax
}

/** Without members that are left out. */
function present<T extends object>(given: T): Partial<T> {
  const members = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as Partial<T>
}
