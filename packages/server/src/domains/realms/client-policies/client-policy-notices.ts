import { objectsOf } from './listed-objects.ts'

/** Members of a realm, or of a change of one. */
interface Given {
  readonly clientProfiles?: unknown
  readonly clientPolicies?: unknown
}

/**
 * What client profiles and policies ask for does not act yet, and is told to the operator when it is saved or imported.
 * @returns a line for the log for each profile with executors and each policy with conditions
 */
export function clientPolicyNotices({ clientProfiles, clientPolicies }: Given): string[] {
  const profiles = objectsOf(clientProfiles, 'profiles').flatMap((profile) => {
    const ids = objectsOf(profile, 'executors').map(({ executor }) => String(executor))
    return ids.length === 0
      ? []
      : [
          `executors of client profile ${profile['name']} are configuration only: ${ids.join(', ')}; clients that a policy asks them of are refused`,
        ]
  })
  const policies = objectsOf(clientPolicies, 'policies').flatMap((policy) => {
    const ids = objectsOf(policy, 'conditions').map(({ condition }) => String(condition))
    return ids.length === 0 || policy['enabled'] === false
      ? []
      : [
          `client policy ${policy['name']} is not enforced but refuses the clients that it is for: ${ids.join(', ')}`,
        ]
  })
  return [...profiles, ...policies]
}
