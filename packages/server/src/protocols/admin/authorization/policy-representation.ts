import { typedMembers } from '../../../domains/authorization/policy-config.ts'
import type { Policy } from '../../../domains/authorization/resource-server.ts'

/** What every form of a policy's representation has. */
function common({ id, name, description, type, logic, decisionStrategy }: Policy) {
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    type,
    logic,
    decisionStrategy,
  }
}

/** @returns Keycloak's PolicyRepresentation, with the settings as they are kept */
export function authorizationPolicyRepresentation(policy: Policy) {
  return { ...common(policy), config: policy.config }
}

/** @returns the representation of the policy's own type: `UserPolicyRepresentation`, … */
export function typedPolicyRepresentation(policy: Policy) {
  return { ...common(policy), ...typedMembers(policy.type, policy.config) }
}
