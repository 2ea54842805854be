import type { PermissionResult } from '../../../domains/authorization/policy-evaluation.ts'
import type { Policy, ResourceServer } from '../../../domains/authorization/resource-server.ts'
import { authorizationPolicyRepresentation } from './policy-representation.ts'

/** @returns what a permission says, with what its policies say */
export function permissionRepresentation(server: ResourceServer, result: PermissionResult) {
  const { permission, effect, policies } = result
  const brief = (policy: Policy) => ({
    ...authorizationPolicyRepresentation({ ...policy, config: {} }),
    resources: [],
    scopes: server.scopes.filter(({ id }) => policy.scopeIds.includes(id)).map(({ name }) => name),
  })
  return {
    policy: brief(permission),
    status: effect,
    associatedPolicies: policies.map((each) => ({
      policy: brief(each.policy),
      status: each.effect,
      associatedPolicies: [],
      scopes: [],
    })),
    scopes: [],
  }
}
