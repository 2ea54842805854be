import type { Patterns } from '../../../patterns/patterns.ts'
import { attributeValues } from '../../users/attribute-values.ts'
import type { Users } from '../../users/users.ts'
import { configPatternProblem } from '../changes/require-usable-config.ts'
import { FlowFailure } from '../engine/flow-failure.ts'
import type { Condition } from '../engine/step.ts'

export interface UserAttributeDeps {
  readonly patterns: Pick<Patterns, 'verdict'>
  readonly users: Pick<Users, 'memberships'>
}

/**
 * Matches users whose attribute has the expected value, or has it not when `not` is on. With `include_group_attributes` the
 * attributes of the groups that the user is directly in count too.
 *
 * Of a pattern that cannot be used, or that takes too long, nobody knows whom it means: the login ends, since a sub-flow that
 * is passed over may be the second factor.
 */
export function userAttribute({ patterns, users }: UserAttributeDeps): Condition {
  return {
    id: 'conditional-user-attribute',
    async matches({ realm, execution, user }) {
      if (user === null) return false
      const problem = configPatternProblem(execution.config)
      if (problem !== null) {
        throw FlowFailure.unavailable(`conditional-user-attribute with a bad pattern (${problem})`)
      }
      const name = execution.config['attribute_name'] ?? ''
      const ofGroups =
        execution.config['include_group_attributes'] === 'true'
          ? (await users.memberships(user)).groups.flatMap(({ attributes }) =>
              attributeValues(attributes, name),
            )
          : []
      const values = [...attributeValues(user.attributes, name), ...ofGroups]
      const expected = execution.config['attribute_expected_value'] ?? ''
      const place = { realm: realm.name, setting: 'conditional-user-attribute' }
      const holds =
        execution.config['regex'] === 'true'
          ? await anyOf(values, async (value) => {
              const verdict = await patterns.verdict(expected, value, place)
              if (verdict !== undefined) return verdict
              throw FlowFailure.unavailable('conditional-user-attribute with a pattern without end')
            })
          : values.includes(expected)
      return holds !== (execution.config['not'] === 'true')
    },
  }
}

async function anyOf(
  values: readonly string[],
  holds: (value: string) => Promise<boolean>,
): Promise<boolean> {
  for (const value of values) if (await holds(value)) return true
  return false
}
