import { listOf } from './policy-config.ts'
import type {
  DecisionStrategy,
  Policy,
  ProtectedResource,
  ResourceServer,
} from './resource-server.ts'

export type Effect = 'PERMIT' | 'DENY'

/** Who asks, and when. */
export interface Identity {
  readonly userId: string
  readonly clientUuid: string
  /** Everything held, composites included. */
  readonly roleIds: ReadonlySet<string>
  /** Groups that the user is directly in. */
  readonly groups: readonly { readonly id: string; readonly path: string }[]
  /** Client scopes that were granted. */
  readonly clientScopeIds: ReadonlySet<string>
  /** What tokens would say of the user, by name of the claim. */
  readonly claims: Readonly<Record<string, readonly string[]>>
  /** Of the request: address, time, …, and what was given beside it. */
  readonly context: Readonly<Record<string, readonly string[]>>
  readonly now: Date
}

export interface EvaluationDeps {
  /** Whether a pattern of an administrator matches all of a text. */
  readonly matches: (pattern: string, text: string) => Promise<boolean>
  /** @returns paths of groups by id */
  readonly groupPath: (id: string) => Promise<string | undefined>
}

/** What a permission says of a request, and what its policies say. */
export interface PermissionResult {
  readonly permission: Policy
  readonly effect: Effect
  readonly policies: readonly { readonly policy: Policy; readonly effect: Effect }[]
}

/** What is decided of a resource. */
export interface ResourceResult {
  readonly resource: ProtectedResource
  readonly effect: Effect
  readonly permissions: readonly PermissionResult[]
  /** Those of the scopes asked for that are granted. */
  readonly allowedScopeIds: readonly string[]
}

/** How deep policies may apply other policies. */
const depthMax = 20

/**
 * Decides what somebody may do with a resource (Keycloak's authorization services). What no permission is about is denied
 * while policies are enforced, a permission without policies permits nothing, and policies that apply each other deny.
 */
export class PolicyEvaluation {
  readonly #server: ResourceServer
  readonly #identity: Identity
  readonly #deps: EvaluationDeps

  constructor(server: ResourceServer, identity: Identity, deps: EvaluationDeps) {
    this.#server = server
    this.#identity = identity
    this.#deps = deps
  }

  /** @param scopeIds that are asked for; empty = all of the resource */
  async of(resource: ProtectedResource, scopeIds: readonly string[]): Promise<ResourceResult> {
    const asked = scopeIds.length > 0 ? scopeIds : resource.scopeIds
    const permissions: PermissionResult[] = []
    for (const permission of this.#server.policies) {
      if (!appliesTo(permission, resource, asked)) continue
      const policies = await this.#policiesOf(permission, 0)
      const effects = policies.map(({ effect }) => effect)
      const effect = decided(permission.decisionStrategy, effects)
      permissions.push({ permission, policies, effect: turned(permission, effect) })
    }
    const decide = (of: readonly PermissionResult[]) => this.#decide(of.map(({ effect }) => effect))
    const allowedScopeIds = asked.filter(
      (id) =>
        decide(
          permissions.filter(
            ({ permission: { type, scopeIds: covered } }) =>
              type === 'resource' || covered.includes(id),
          ),
        ) === 'PERMIT',
    )
    const whole = asked.length === 0 ? decide(permissions) : 'DENY'
    const effect = asked.length > 0 && allowedScopeIds.length > 0 ? 'PERMIT' : whole
    return { resource, effect, permissions, allowedScopeIds }
  }

  #decide(effects: readonly Effect[]): Effect {
    const { policyEnforcementMode, decisionStrategy } = this.#server.settings
    if (policyEnforcementMode === 'DISABLED') return 'PERMIT'
    if (effects.length === 0) return policyEnforcementMode === 'PERMISSIVE' ? 'PERMIT' : 'DENY'
    return decided(decisionStrategy, effects)
  }

  async #policiesOf({ policyIds }: Policy, depth: number) {
    const applied = this.#server.policies.filter(({ id }) => policyIds.includes(id))
    return await Promise.all(
      applied.map(async (policy) => ({ policy, effect: await this.#effectOf(policy, depth + 1) })),
    )
  }

  async #effectOf(policy: Policy, depth: number): Promise<Effect> {
    if (depth > depthMax) return 'DENY'
    if (policy.type === 'aggregate') {
      const parts = await this.#policiesOf(policy, depth)
      const effects = parts.map(({ effect }) => effect)
      return turned(policy, decided(policy.decisionStrategy, effects))
    }
    return turned(policy, (await this.#isMet(policy)) ? 'PERMIT' : 'DENY')
  }

  async #isMet({ type, config }: Policy): Promise<boolean> {
    const { userId, clientUuid, roleIds, clientScopeIds, now } = this.#identity
    switch (type) {
      case 'user':
        return listOf(config['users']).includes(userId)
      case 'client':
        return listOf(config['clients']).includes(clientUuid)
      case 'role':
        return holds(listOf(config['roles']), roleIds)
      case 'client-scope':
        return holds(listOf(config['clientScopes']), clientScopeIds)
      case 'group':
        return await this.#isInGroup(listOf(config['groups']))
      case 'time':
        return isWithin(config, now)
      case 'regex':
        return await this.#matches(config)
      default:
        return false
    }
  }

  async #isInGroup(groups: readonly unknown[]): Promise<boolean> {
    for (const group of groups as { id?: string; extendChildren?: boolean }[]) {
      if (this.#identity.groups.some(({ id }) => id === group.id)) return true
      if (!group.extendChildren || group.id === undefined) continue
      const path = await this.#deps.groupPath(group.id)
      if (path && this.#identity.groups.some((each) => each.path.startsWith(`${path}/`)))
        return true
    }
    return false
  }

  async #matches({ targetClaim = '', pattern = '', targetContextAttributes }: Policy['config']) {
    const { claims, context } = this.#identity
    const values = (targetContextAttributes === 'true' ? context : claims)[targetClaim] ?? []
    const [first] = values
    return first !== undefined && (await this.#deps.matches(pattern, first))
  }
}

function appliesTo(
  { type, resourceIds, scopeIds, config }: Policy,
  resource: ProtectedResource,
  asked: readonly string[],
): boolean {
  const ofType = resource.type !== undefined && config['defaultResourceType'] === resource.type
  if (type === 'resource') return resourceIds.includes(resource.id) || ofType
  if (type !== 'scope' || !scopeIds.some((id) => asked.includes(id))) return false
  return resourceIds.length === 0 || resourceIds.includes(resource.id) || ofType
}

function decided(strategy: DecisionStrategy, effects: readonly Effect[]): Effect {
  const permits = effects.filter((effect) => effect === 'PERMIT').length
  const denies = effects.length - permits
  if (strategy === 'AFFIRMATIVE') return permits > 0 ? 'PERMIT' : 'DENY'
  if (strategy === 'CONSENSUS') return permits > denies ? 'PERMIT' : 'DENY'
  return permits > 0 && denies === 0 ? 'PERMIT' : 'DENY'
}

function turned({ logic }: Policy, effect: Effect): Effect {
  if (logic === 'POSITIVE') return effect
  return effect === 'PERMIT' ? 'DENY' : 'PERMIT'
}

/** One of them, and all that are required. */
function holds(wanted: readonly unknown[], held: ReadonlySet<string>): boolean {
  const entries = wanted as { id?: string; required?: boolean }[]
  if (entries.some(({ id = '', required }) => required && !held.has(id))) return false
  return entries.some(({ id = '' }) => held.has(id))
}

/** `yyyy-MM-dd HH:mm:ss` bounds, and ranges of single fields; what is no time is not met. */
function isWithin(config: Policy['config'], now: Date): boolean {
  const { nbf, noa } = config
  if (nbf && !(Date.parse(nbf.replace(' ', 'T')) <= now.getTime())) return false
  if (noa && !(now.getTime() < Date.parse(noa.replace(' ', 'T')))) return false
  const fields = [
    ['dayMonth', now.getDate()],
    ['month', now.getMonth() + 1],
    ['year', now.getFullYear()],
    ['hour', now.getHours()],
    ['minute', now.getMinutes()],
  ] as const
  return fields.every(([name, value]) => {
    const from = config[name]
    if (!from) return true
    const to = config[`${name}End`] || from
    return Number(from) <= value && value <= Number(to)
  })
}
