import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

/**
 * @param attribute of a client that binds its tokens; `auto-configure` sets it
 * @param problem with a client that has it not
 */
export function requiredBinding(
  attribute: string,
  problem: string,
): NonNullable<PolicyExecutor['changes']> {
  return on(saved, ({ proposed }, configuration) => {
    if (flagOf(configuration, 'auto-configure')) {
      proposed.attributes = { ...proposed.attributes, [attribute]: 'true' }
    }
    if (proposed.attributes?.[attribute] === 'true') return
    throw new ClientPolicyRefusal('invalid_client_metadata', `Invalid client metadata: ${problem}`)
  })
}
