import type { Logger } from '../../log/logger.ts'
import { hasFeature } from '../realms/realm-features.ts'
import { ClientPolicyRefusal } from './client-policy-refusal.ts'
import type { ConditionDeps } from './conditions/condition.ts'
import { policyConditions } from './conditions/registry.ts'
import { type EnforcedPolicy, enforcedPolicies, type PolicyRule } from './enforced-policies.ts'
import type { ExecutorDeps } from './executors/executor.ts'
import { policyExecutors } from './executors/registry.ts'
import { isClientChange, type PolicyEffects, type PolicyOccasion } from './policy-occasion.ts'
import { flagOf } from './rule-configuration.ts'

export interface PolicyEnforcementDeps extends ConditionDeps, ExecutorDeps {
  readonly log: Pick<Logger, 'warn'>
}

const noEffects: PolicyEffects = Object.freeze({})

/**
 * Client policies at work: whoever registers or changes a client, and whatever a client asks for, is told here, and the
 * executors of every policy whose conditions are met have their say, in order.
 */
export class PolicyEnforcement {
  readonly #deps: PolicyEnforcementDeps

  constructor(deps: PolicyEnforcementDeps) {
    this.#deps = deps
  }

  /**
   * @returns what the rest of the request has to keep to
   * @throws ClientPolicyRefusal, with the error that Keycloak's executor has
   */
  async enforce(occasion: PolicyOccasion): Promise<PolicyEffects> {
    if (!hasFeature(occasion.realm, 'CLIENT_POLICIES')) return noEffects
    const policies = enforcedPolicies(occasion.realm)
    if (policies.length === 0) return noEffects
    const effects: PolicyEffects = {}
    for (const policy of policies) {
      if (!(await this.#applies(policy, occasion, effects))) continue
      for (const rule of policy.executors) await this.#execute(policy, rule, occasion, effects)
    }
    return effects
  }

  /** At least one condition has to be met and none may fail; those that say nothing are passed over, unless it is strict. */
  async #applies(
    policy: EnforcedPolicy,
    occasion: PolicyOccasion,
    effects: PolicyEffects,
  ): Promise<boolean> {
    let met = false
    for (const { id, configuration } of policy.conditions) {
      const condition = policyConditions.get(id)
      // One that nobody knows counts as met, so that nobody gets by what it would have asked.
      const vote = condition ? await condition(occasion, configuration, this.#deps, effects) : 'yes'
      if (vote === 'abstain') {
        if (policy.strict) return false
        continue
      }
      if ((vote === 'yes') === flagOf(configuration, 'is-negative-logic')) return false
      met = true
    }
    return met
  }

  async #execute(
    policy: EnforcedPolicy,
    { id, configuration }: PolicyRule,
    occasion: PolicyOccasion,
    effects: PolicyEffects,
  ): Promise<void> {
    const executor = policyExecutors.get(id)
    const told = `policy ${policy.name} of realm ${occasion.realm.name}`
    if (!executor) {
      this.#deps.log.warn(`Executor ${id} of ${told} does not exist: the request is refused`)
      throw new ClientPolicyRefusal(
        'server_error',
        'A client policy of this realm cannot be followed',
      )
    }
    if (isClientChange(occasion)) {
      await executor.changes?.[occasion.event]?.(occasion, configuration, this.#deps, effects)
    } else {
      await executor.calls?.[occasion.event]?.(occasion, configuration, this.#deps, effects)
    }
    await executor.always?.(occasion, configuration, this.#deps, effects)
  }
}
