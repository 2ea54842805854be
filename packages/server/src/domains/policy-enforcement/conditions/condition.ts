import type { Roles } from '../../roles/roles.ts'
import type { Users } from '../../users/users.ts'
import type { PolicyEffects, PolicyOccasion } from '../policy-occasion.ts'
import type { RuleConfiguration } from '../rule-configuration.ts'

/** `abstain`: the condition says nothing about such an occasion. */
export type Vote = 'yes' | 'no' | 'abstain'

export interface ConditionDeps {
  readonly roles: Pick<Roles, 'ofClient'>
  readonly users: Pick<Users, 'memberships'>
}

/** One kind of condition: adding one is adding a function and a line in the registry. */
export type PolicyCondition = (
  occasion: PolicyOccasion,
  configuration: RuleConfiguration,
  deps: ConditionDeps,
  effects: PolicyEffects,
) => Vote | Promise<Vote>

export function voteOf(met: boolean): Vote {
  return met ? 'yes' : 'no'
}
