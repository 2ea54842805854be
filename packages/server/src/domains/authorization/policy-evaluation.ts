import {
  type EvaluationDeps,
  type Identity,
  isMet,
  isOwnerConditionMet,
  Undecided,
} from './policy-conditions.ts'
import type {
  DecisionStrategy,
  OwnerPolicy,
  Policy,
  ProtectedResource,
  ResourceServer,
} from './resource-server.ts'

export type Effect = 'PERMIT' | 'DENY'

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

/** What the owner of a resource has granted to who asks, by permission tickets. */
export interface SharedScopes {
  readonly scopeIds: ReadonlySet<string>
  /** A resource without scopes as a whole. */
  readonly whole: boolean
}

/** How deep policies may apply other policies. */
const depthMax = 20

/** What a policy says, and how many levels of others lie below it. */
interface Said {
  readonly effect: Effect
  readonly height: number
}

/**
 * Decides what somebody may do with a resource (Keycloak's authorization services). What no permission is about is denied
 * while policies are enforced, a permission without policies permits nothing, and policies that apply each other deny.
 */
export class PolicyEvaluation {
  readonly #server: ResourceServer
  readonly #identity: Identity
  readonly #deps: EvaluationDeps
  readonly #said = new Map<string, Said>()
  readonly #results = new Map<string, PermissionResult>()
  readonly #places: ReadonlyMap<string, number>

  constructor(server: ResourceServer, identity: Identity, deps: EvaluationDeps) {
    this.#server = server
    this.#places = new Map(server.policies.map(({ id }, at) => [id, at]))
    this.#identity = identity
    this.#deps = deps
  }

  /**
   * @param scopeIds that are asked for; empty = all of the resource, and those of its type that it inherits
   * @param shared what the owner has granted; counts where the resource lets its owner decide
   */
  async of(
    resource: ProtectedResource,
    scopeIds: readonly string[],
    shared?: SharedScopes,
  ): Promise<ResourceResult> {
    const asked = scopeIds.length > 0 ? scopeIds : scopesOf(this.#server, resource)
    const parents = parentsOf(this.#server, resource)
    const permissions: PermissionResult[] = []
    for (const permission of this.#server.policies) {
      if (!appliesTo(permission, resource, asked, parents)) continue
      permissions.push(await this.resultOf(permission))
    }
    const owners = await this.#ownersDecisions(resource)
    const counted = this.#withoutOverridden(resource, permissions)
    const nobodySays = permissions.length === 0 && owners.length === 0
    const allowed = (id: string | null): boolean => {
      const covers = ({ scopeIds: covered }: { readonly scopeIds: readonly string[] }) =>
        id === null ? covered.length === 0 : covered.includes(id)
      const byOwner = owners.filter(({ policy }) => covers(policy))
      if (byOwner.some(({ met }) => met)) return true
      if (resource.ownerManagedAccess && shared) {
        if (id === null ? shared.whole : shared.scopeIds.has(id)) return true
      }
      const effects = counted
        .filter(
          ({ permission }) => id === null || permission.type === 'resource' || covers(permission),
        )
        .map(({ effect }) => effect)
      return this.#decide([...effects, ...byOwner.map(() => 'DENY' as const)], nobodySays)
    }
    const allowedScopeIds = asked.filter(allowed)
    const permitted = asked.length > 0 ? allowedScopeIds.length > 0 : allowed(null)
    return { resource, effect: permitted ? 'PERMIT' : 'DENY', permissions, allowedScopeIds }
  }

  /** @returns whether a scope is granted by itself, where no resource has it */
  async ofScope(scopeId: string): Promise<boolean> {
    const results: PermissionResult[] = []
    for (const permission of this.#server.policies) {
      const { type, resourceIds, scopeIds, config } = permission
      const bound = resourceIds.length > 0 || config['defaultResourceType'] !== undefined
      if (type !== 'scope' || bound || !scopeIds.includes(scopeId)) continue
      results.push(await this.resultOf(permission))
    }
    const effects = results.map(({ effect }) => effect)
    return this.#decide(effects, effects.length === 0)
  }

  /** @returns whether a permission permits, whatever it is about */
  async permits(permission: Policy): Promise<boolean> {
    return (await this.resultOf(permission)).effect === 'PERMIT'
  }

  /** What a permission says, whatever it is about. A permission with a policy of which nobody knows whether it is met denies, however its logic turns. */
  async resultOf(permission: Policy): Promise<PermissionResult> {
    const result = this.#results.get(permission.id) ?? (await this.#resultOf(permission))
    this.#results.set(permission.id, result)
    return result
  }

  async #resultOf(permission: Policy): Promise<PermissionResult> {
    try {
      const parts = await this.#policiesOf(permission, 0)
      const policies = parts.map(({ policy, effect }) => ({ policy, effect }))
      const effects = policies.map(({ effect }) => effect)
      const effect = decided(permission.decisionStrategy, effects)
      return { permission, policies, effect: turned(permission, effect) }
    } catch (error) {
      if (!(error instanceof Undecided)) throw error
      return { permission, policies: [], effect: 'DENY' }
    }
  }

  /** What the resource's owner has written down; the owner passes each of it. */
  async #ownersDecisions(resource: ProtectedResource) {
    if (!resource.ownerManagedAccess) return []
    const policies = this.#server.ownerPolicies.filter((each) => each.resourceId === resource.id)
    return await Promise.all(
      policies.map(async (policy) => ({ policy, met: await this.#isOwnersMet(resource, policy) })),
    )
  }

  async #isOwnersMet(resource: ProtectedResource, policy: OwnerPolicy): Promise<boolean> {
    if (resource.ownerId === this.#identity.id) return true
    const effects = await Promise.all(
      policy.conditions.map(async (each) =>
        (await isOwnerConditionMet(each, this.#identity)) ? ('PERMIT' as const) : ('DENY' as const),
      ),
    )
    return turned(policy, decided(policy.decisionStrategy, effects)) === 'PERMIT'
  }

  /** What is said of a resource by name overrides what is said of its type. */
  #withoutOverridden(resource: ProtectedResource, results: readonly PermissionResult[]) {
    const named = ({ permission }: PermissionResult) =>
      permission.resourceIds.includes(resource.id) &&
      (permission.type === 'resource' || resource.ownerId !== this.#server.clientUuid)
    if (!results.some((result) => result.effect === 'PERMIT' && named(result))) return results
    const isTyped = ({ permission: { resourceIds, config } }: PermissionResult) =>
      !resourceIds.includes(resource.id) &&
      (resourceIds.length > 0 || config['defaultResourceType'] !== undefined)
    return results.filter((result) => result.effect === 'PERMIT' || !isTyped(result))
  }

  #decide(effects: readonly Effect[], nobodySays: boolean): boolean {
    const { policyEnforcementMode, decisionStrategy } = this.#server.settings
    if (policyEnforcementMode === 'DISABLED') return true
    if (effects.length === 0) return policyEnforcementMode === 'PERMISSIVE' && nobodySays
    return decided(decisionStrategy, effects) === 'PERMIT'
  }

  async #policiesOf({ policyIds }: Policy, depth: number) {
    const places = [...new Set(policyIds)].flatMap((id) => this.#places.get(id) ?? [])
    const applied = places
      .toSorted((a, b) => a - b)
      .flatMap((at) => this.#server.policies[at] ?? [])
    const effects: { readonly policy: Policy; readonly effect: Effect; readonly height: number }[] =
      []
    // One after the other: what two policies apply is asked once.
    for (const policy of applied) {
      effects.push({ policy, ...(await this.#known(policy, depth + 1)) })
    }
    return effects
  }

  /** What a policy says, asked once for everything that applies it: policies that apply two others each double with each level. */
  async #known(policy: Policy, depth: number): Promise<Said> {
    const present = this.#said.get(policy.id)
    if (depth + (present?.height ?? 0) > depthMax) throw new Undecided()
    const said = present ?? (await this.#saidOf(policy, depth))
    this.#said.set(policy.id, said)
    return said
  }

  async #saidOf(policy: Policy, depth: number): Promise<Said> {
    if (policy.type === 'aggregate') {
      const parts = await this.#policiesOf(policy, depth)
      const effects = parts.map(({ effect }) => effect)
      const height = Math.max(0, ...parts.map((part) => part.height + 1))
      return { effect: turned(policy, decided(policy.decisionStrategy, effects)), height }
    }
    const isPermitted = await isMet(policy, this.#identity, this.#deps)
    return { effect: turned(policy, isPermitted ? 'PERMIT' : 'DENY'), height: 0 }
  }
}

/** Resources of the resource server itself that a user's resource of the same type inherits from. */
function parentsOf(server: ResourceServer, { type, ownerId }: ProtectedResource) {
  if (type === undefined || ownerId === server.clientUuid) return []
  return server.resources.filter((each) => each.type === type && each.ownerId === server.clientUuid)
}

/** @returns the scopes of a resource with those that it inherits */
export function scopesOf(server: ResourceServer, resource: ProtectedResource): string[] {
  const inherited = parentsOf(server, resource).flatMap(({ scopeIds }) => scopeIds)
  return [...new Set([...resource.scopeIds, ...inherited])]
}

function appliesTo(
  { type, resourceIds, scopeIds, config }: Policy,
  resource: ProtectedResource,
  asked: readonly string[],
  parents: readonly ProtectedResource[],
): boolean {
  const ofType = resource.type !== undefined && config['defaultResourceType'] === resource.type
  const inherited = parents.some(({ id }) => resourceIds.includes(id))
  const named = resourceIds.includes(resource.id) || ofType || inherited
  if (type === 'resource') return named
  if (type !== 'scope' || !scopeIds.some((id) => asked.includes(id))) return false
  return resourceIds.length === 0 || named
}

function decided(strategy: DecisionStrategy, effects: readonly Effect[]): Effect {
  const permits = effects.filter((effect) => effect === 'PERMIT').length
  const denies = effects.length - permits
  if (strategy === 'AFFIRMATIVE') return permits > 0 ? 'PERMIT' : 'DENY'
  if (strategy === 'CONSENSUS') return permits > denies ? 'PERMIT' : 'DENY'
  return permits > 0 && denies === 0 ? 'PERMIT' : 'DENY'
}

function turned({ logic }: Pick<Policy, 'logic'>, effect: Effect): Effect {
  if (logic === 'POSITIVE') return effect
  return effect === 'PERMIT' ? 'DENY' : 'PERMIT'
}
