import type { Logger } from 'pino'
import type { Client } from '../../../domains/clients/client.ts'
import { isObject, objectsOf } from '../../../domains/realms/client-policies/listed-objects.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Roles } from '../../../domains/roles/roles.ts'

/** What a request is, as far as conditions look at it. */
export interface PolicyRequest {
  /** Absent at the authorization endpoint. */
  readonly grantType?: string | undefined
  readonly scope?: string | undefined
}

type Configuration = Readonly<Record<string, unknown>>

interface Judged extends PolicyRequest {
  readonly realm: Realm
  readonly client: Client
  readonly roles: Pick<Roles, 'ofClient'>
}

type Condition = (judged: Judged, configuration: Configuration) => boolean | Promise<boolean>

/** Conditions of Keycloak. One that is not here counts as met, so that nobody gets by what it would have asked. */
const conditions: Readonly<Record<string, Condition>> = {
  'any-client': () => true,
  'client-roles': async ({ realm, client, roles }, configuration) => {
    const wanted = textsOf(configuration['roles'])
    const own = await roles.ofClient(realm.id, client.id)
    return own.some(({ name }) => wanted.includes(name))
  },
  'client-access-type': ({ client: { representation } }, configuration) => {
    const { publicClient, bearerOnly } = representation
    const type = bearerOnly ? 'bearer-only' : publicClient ? 'public' : 'confidential'
    return textsOf(configuration['type']).includes(type)
  },
  'client-type': ({ client: { representation } }, configuration) =>
    textsOf(configuration['type'] ?? configuration['protocol']).includes(
      representation.protocol ?? 'openid-connect',
    ),
  'grant-type': ({ grantType }, configuration) =>
    grantType !== undefined && textsOf(configuration['grant_types']).includes(grantType),
  'client-scopes': ({ client: { representation }, scope = '' }, configuration) => {
    const wanted = textsOf(configuration['scopes'])
    const asked = scope.split(' ')
    const { defaultClientScopes = [], optionalClientScopes = [] } = representation
    return wanted.some(
      (name) =>
        defaultClientScopes.includes(name) ||
        (optionalClientScopes.includes(name) && asked.includes(name)),
    )
  },
  // These ask who registers or changes a client, and say nothing about what the client does.
  'client-updater-context': () => false,
  'client-updater-source-groups': () => false,
  'client-updater-source-host': () => false,
  'client-updater-source-roles': () => false,
}

export interface ClientPolicyGuardDeps {
  readonly roles: Pick<Roles, 'ofClient'>
  readonly log: Pick<Logger, 'warn'>
}

/**
 * Client policies of a realm. Their executors are not there yet: a client that a policy is for is refused, rather than served
 * without what the policy asks of it.
 */
export class ClientPolicyGuard {
  readonly #deps: ClientPolicyGuardDeps

  constructor(deps: ClientPolicyGuardDeps) {
    this.#deps = deps
  }

  /** @returns the name of the policy that would have to be followed; null when there is none */
  async unmet(realm: Realm, client: Client, request: PolicyRequest): Promise<string | null> {
    for (const policy of objectsOf(realm.settings['clientPolicies'], 'policies')) {
      if (policy['enabled'] === false || !hasExecutors(realm, textsOf(policy['profiles']))) continue
      if (!(await this.#applies(realm, client, request, policy))) continue
      const name = String(policy['name'])
      this.#deps.log.warn(
        `Client ${client.clientId} of realm ${realm.name} was refused: the executors of policy ${name} are not there`,
      )
      return name
    }
    return null
  }

  /** All conditions have to be met, and there has to be one. */
  async #applies(
    realm: Realm,
    client: Client,
    request: PolicyRequest,
    policy: Configuration,
  ): Promise<boolean> {
    const asked = objectsOf(policy, 'conditions')
    const judged = { ...request, realm, client, roles: this.#deps.roles }
    for (const { condition, configuration } of asked) {
      const name = String(condition)
      const config = isObject(configuration) ? configuration : {}
      const known = Object.hasOwn(conditions, name) ? conditions[name] : undefined
      if (known === undefined) continue
      const met = await known(judged, config)
      const negated = config['is-negative-logic'] === true || config['is-negative-logic'] === 'true'
      if (met === negated) return false
    }
    return asked.length > 0
  }
}

/** Profiles that the realm does not define are those that every realm has: all of them ask for something. */
function hasExecutors(realm: Realm, names: readonly string[]): boolean {
  const own = objectsOf(realm.settings['clientProfiles'], 'profiles')
  return names.some((name) => {
    const profile = own.find((each) => each['name'] === name)
    return profile === undefined || objectsOf(profile, 'executors').length > 0
  })
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((text): text is string => typeof text === 'string')
}
